import Model

/// Sorts the fields of a header section and checks what RFC 9113 §8.2 and §8.3 demand of it.
///
/// A section that breaks the rules is malformed, and a peer must refuse it (§8.1.1); as evidence it is kept.
struct HTTP2FieldCheck {
  enum Section: String {
    case request
    case response
    case trailers
  }

  private(set) var method: String?
  private(set) var scheme: String?
  private(set) var authority: String?
  private(set) var path: String?
  private(set) var `protocol`: String?
  private(set) var status: Int?
  /// All but the pseudo-header fields that a head has a place for.
  private(set) var fields: [HeaderField] = []
  /// What was wrong, at most one line a kind.
  private(set) var faults: [String] = []
  private var isPseudoOver = false

  /// Where fields may be missing (`isPartial`), nothing is said of those that must be there.
  init(_ all: [HeaderField], _ section: Section, isPartial: Bool) {
    fields.reserveCapacity(all.count)
    for field in all {
      if field.name.utf8.first == UInt8(ascii: ":") { pseudo(field, section) } else { regular(field) }
    }
    guard !isPartial else { return }
    switch section {
    case .request: checkRequest()
    case .response: if status == nil { fault("a response without :status") }
    case .trailers: break
    }
  }

  private mutating func pseudo(_ field: HeaderField, _ section: Section) {
    if isPseudoOver { fault("\(field.name) after a regular field") }
    switch (section, field.name) {
    case (.request, ":method"): set(\.method, field)
    case (.request, ":scheme"): set(\.scheme, field)
    case (.request, ":authority"): set(\.authority, field)
    case (.request, ":path"): set(\.path, field)
    case (.request, ":protocol"): set(\.`protocol`, field)
    case (.response, ":status"):
      let digits = field.value.utf8
      guard status == nil, digits.count == 3, let number = Int(field.value), (100...999).contains(number) else {
        fault(status == nil ? ":status \(field.value.debugDescription)" : ":status twice")
        fields.append(field)
        return
      }
      status = number
    default:
      fault("\(field.name) in \(section == .trailers ? "trailers" : "a \(section.rawValue)")")
      fields.append(field)
    }
  }

  private mutating func set(_ slot: WritableKeyPath<Self, String?>, _ field: HeaderField) {
    if self[keyPath: slot] == nil {
      self[keyPath: slot] = field.value
    } else {
      fault("\(field.name) twice")
      fields.append(field)
    }
  }

  private mutating func regular(_ field: HeaderField) {
    isPseudoOver = true
    fields.append(field)
    // §8.2.1: names are lower-case and visible; values have no NUL, CR or LF, by which a field could become two when the
    // message is brought to HTTP/1.
    var isName = !field.name.isEmpty
    for byte in field.name.utf8 where byte <= 0x20 || byte >= 0x7F || byte == 0x3A || (0x41...0x5A).contains(byte) {
      isName = false
    }
    if !isName { fault("a field named \(field.name.debugDescription)") }
    for byte in field.value.utf8 where byte == 0 || byte == 0x0A || byte == 0x0D {
      fault("a control character in the value of \(field.name)")
      break
    }
    switch field.name {
    // §8.2.2: fields that speak of the connection.
    case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade":
      fault("the connection-specific field \(field.name)")
    case "te" where field.value.lowercased() != "trailers": fault("te: \(field.value)")
    default: break
    }
  }

  private mutating func checkRequest() {
    guard let method else { return fault("a request without :method") }
    if method == "CONNECT", `protocol` == nil {
      // §8.5.
      if authority == nil { fault("CONNECT without :authority") }
      if scheme != nil || path != nil { fault("CONNECT with :scheme or :path") }
      return
    }
    if `protocol` != nil, method != "CONNECT" { fault(":protocol with \(method)") }
    if scheme == nil { fault("a request without :scheme") }
    guard let path else { return fault("a request without :path") }
    if !path.hasPrefix("/"), !(path == "*" && method == "OPTIONS"), scheme == "http" || scheme == "https" {
      fault(":path \(path.isEmpty ? "that is empty" : path.debugDescription)")
    }
  }

  private mutating func fault(_ text: String) {
    if faults.count < 8, !faults.contains(text) { faults.append(text) }
  }
}
