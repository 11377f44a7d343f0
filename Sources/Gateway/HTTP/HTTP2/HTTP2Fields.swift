import NIOHPACK

/// The fields of one header section, read as narrowly as RFC 9113 §8.2 and §8.3 have it: what is taken here is the same message in
/// HTTP/1.1.
struct HTTP2Fields {
  enum Section { case request, response, trailers }

  private(set) var method: String?
  private(set) var scheme: String?
  private(set) var authority: String?
  private(set) var path: String?
  private(set) var status: Int?
  private(set) var fields: [WireField] = []

  /// - Throws: `HTTPFault` at the first field that cannot be.
  init(_ headers: HPACKHeaders, _ section: Section) throws(HTTPFault) {
    fields.reserveCapacity(headers.count)
    for (name, value, _) in headers {
      guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
        throw .malformed("a control character stands in a field")
      }
      if name.utf8.first == UInt8(ascii: ":") {
        guard fields.isEmpty else { throw .malformed("a pseudo-header field stands behind a field") }
        try pseudo(name, value, section)
      } else {
        try regular(name, value)
      }
    }
  }

  private mutating func pseudo(_ name: String, _ value: String, _ section: Section) throws(HTTPFault) {
    switch (section, name) {
    case (.request, ":method"): try set(\.method, value)
    case (.request, ":scheme"): try set(\.scheme, value)
    case (.request, ":authority"): try set(\.authority, value)
    case (.request, ":path"): try set(\.path, value)
    case (.response, ":status"):
      guard status == nil, value.utf8.count == 3, let number = WireLines.number(value), (100...999).contains(number)
      else { throw .malformed(":status is no status, or stands there twice") }
      status = Int(number)
    default: throw .malformed("there is a pseudo-header field that may not be there")
    }
  }

  private mutating func set(_ slot: WritableKeyPath<Self, String?>, _ value: String) throws(HTTPFault) {
    guard self[keyPath: slot] == nil else { throw .malformed("a pseudo-header field stands there twice") }
    self[keyPath: slot] = value
  }

  private mutating func regular(_ name: String, _ value: String) throws(HTTPFault) {
    guard !name.isEmpty, name.utf8.allSatisfy({ WireLines.isToken($0) && !(0x41...0x5A).contains($0) }) else {
      throw .malformed("a field's name is no token in lower case")
    }
    guard !HPACKHeaders.connectionFields.contains(name) else {
      throw .malformed("a field speaks of the connection")
    }
    if name == "te", value.lowercased() != "trailers" { throw .malformed("te is more than trailers") }
    guard value.utf8.first.map(WireLines.isBlank) != true, value.utf8.last.map(WireLines.isBlank) != true else {
      throw .malformed("white space stands around a field's value")
    }
    fields.append(WireField(name, value))
  }
}
