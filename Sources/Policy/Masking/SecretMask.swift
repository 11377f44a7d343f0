import Bytes
import Model

/// Takes the secrets out of texts and keeps their keyed hashes.
///
/// A text stays as it was laid out: a value becomes `[redacted]`. In content that is no text a secret is overwritten by
/// as many asterisks, so that lengths within the format still hold.
struct SecretMask {
  static let replacement = Redaction.mark
  /// JSON within strings of JSON is followed so deep.
  private static let nestingLimit = 4

  private let hasher: SecretHasher
  private(set) var hashes: [String] = []
  /// Of what a secret was part that was first met there.
  private(set) var places: [String: SecretSighting.Place] = [:]
  /// Of what the secrets are part that are met from now on.
  var place: SecretSighting.Place?
  private var seen: Set<String> = []
  /// Secrets that are looked for everywhere else.
  private var known = SecretSweep()

  init(hasher: SecretHasher) { self.hasher = hasher }

  /// Remembers a secret.
  mutating func keep(_ secret: [UInt8], isKnownEverywhere: Bool = true) {
    guard !secret.isEmpty, secret != Array(SecretMask.replacement.utf8) else { return }
    let hash = hasher.hash(secret.span)
    guard seen.insert(hash).inserted else { return }
    hashes.append(hash)
    places[hash] = place
    if isKnownEverywhere, SecretMask.replacement.firstRange(of: String(decoding: secret, as: UTF8.self)) == nil {
      known.add(secret)
    }
  }

  mutating func keep(_ secret: some StringProtocol) { keep(Array(secret.utf8)) }

  /// Takes note of a secret and gives what stands in its place.
  mutating func hide(_ secret: some StringProtocol) -> String {
    keep(secret)
    return SecretMask.replacement
  }

  // MARK: Text

  /// The text without secrets that are known by their shape or by the name before them.
  mutating func text(_ text: String, readsNames: Bool = true) -> String {
    guard SecretTriggers.mayHold(text.utf8Span.span, isText: true) else { return text }
    let bytes = Array(text.utf8)
    let ranges = SecretScan.find(in: bytes, readsNames: readsNames)
    return ranges.isEmpty ? text : String(decoding: replace(ranges, in: bytes, isText: true), as: UTF8.self)
  }

  mutating func bytes(_ bytes: [UInt8], isText: Bool) -> [UInt8] {
    replace(SecretScan.find(in: bytes), in: bytes, isText: isText)
  }

  mutating func replace(_ ranges: [Range<Int>], in bytes: [UInt8], isText: Bool) -> [UInt8] {
    for range in ranges where range.upperBound <= bytes.count { keep(Array(bytes[range])) }
    return SecretMask.cover(ranges, of: bytes, isText: isText)
  }

  private static func cover(_ ranges: [Range<Int>], of bytes: [UInt8], isText: Bool) -> [UInt8] {
    guard !ranges.isEmpty else { return bytes }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var position = 0
    for range in ranges where range.lowerBound >= position && range.upperBound <= bytes.count {
      out += bytes[position..<range.lowerBound]
      if isText {
        out += replacement.utf8
      } else {
        out += repeatElement(UInt8(ascii: "*"), count: range.count)
      }
      position = range.upperBound
    }
    return out + bytes[position...]
  }

  // MARK: Forms and URLs

  /// A query or form without the values whose names tell secrets.
  mutating func form(_ text: some StringProtocol) -> String {
    var parts: [String] = []
    for pair in text.split(separator: "&", omittingEmptySubsequences: false) {
      guard let equals = pair.firstIndex(of: "=") else {
        parts.append(self.text(String(pair)))
        continue
      }
      let value = pair[pair.index(after: equals)...]
      let plain = PercentCoding.decode(value, plusIsSpace: true)
      let name = PercentCoding.decode(pair[..<equals], plusIsSpace: true)
      let shown = self.text(String(pair[..<equals]))
      if SecretNames.isSecret(name, in: .form), !value.isEmpty {
        keep(plain)
        if plain != value { keep(value) }
        parts.append(shown + "=" + SecretMask.replacement)
        continue
      }
      if name.lowercased() == "x-amz-credential" {
        parts.append(String(pair))
        continue
      }
      let masked = nested(plain, depth: 0)
      parts.append(shown + "=" + (masked == plain ? String(value) : PercentCoding.encode(masked)))
    }
    return parts.joined(separator: "&")
  }

  /// A request target or reference: its path, query and fragment.
  mutating func url(_ url: String) -> String {
    guard let mark = url.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return path(url) }
    let tail = url[url.index(after: mark)...]
    if url[mark] == "#" { return path(String(url[..<mark])) + "#" + form(tail) }
    let parts = tail.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let query = form(parts.first ?? "")
    let fragment = parts.count > 1 ? "#" + form(parts[1]) : ""
    return path(String(url[..<mark])) + "?" + query + fragment
  }

  private mutating func path(_ path: String) -> String {
    let plain = PercentCoding.decode(path)
    let masked = text(plain)
    if masked == plain { return path }
    return plain == path ? masked : PercentCoding.encode(masked).replacing("%2F", with: "/").replacing("%3A", with: ":")
  }

  // MARK: JSON

  /// What is secret beyond what names and shapes tell.
  struct Sealing {
    /// Members `data` and `stringData` of any object: Kubernetes Secrets, answers of Vault.
    var data = false
    /// Every value: what is written to Vault.
    var everything = false
  }

  /// JSON without its secrets; nil when it is no JSON.
  mutating func json(_ bytes: [UInt8], _ sealing: Sealing = Sealing(), depth: Int = 0) -> [UInt8]? {
    guard depth < SecretMask.nestingLimit, let documents = JSONValue.documents(in: bytes), !documents.isEmpty else {
      return nil
    }
    var edits: [(range: Range<Int>, text: String)] = []
    for document in documents { walk(document, sealing.everything, sealing, depth, &edits) }
    guard !edits.isEmpty else { return bytes }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var position = 0
    for edit in edits where edit.range.lowerBound >= position {
      out += bytes[position..<edit.range.lowerBound]
      out += Array(JSONWriter.quoted(edit.text).utf8)
      position = edit.range.upperBound
    }
    return out + bytes[position...]
  }

  /// What the value's name tells, `isSecret`, holds for all scalars beneath.
  private mutating func walk(
    _ value: JSONValue, _ isSecret: Bool, _ sealing: Sealing, _ depth: Int,
    _ edits: inout [(range: Range<Int>, text: String)]
  ) {
    switch value.content {
    case .string(let text):
      guard !text.isEmpty else { return }
      if isSecret {
        keepParts(of: text)
        edits.append((value.range, hide(text)))
      } else {
        let masked = nested(text, depth: depth)
        if masked != text { edits.append((value.range, masked)) }
      }
    case .number(let text): if isSecret { edits.append((value.range, hide(text))) }
    case .bool, .null: return
    case .array(let elements): for element in elements { walk(element, isSecret, sealing, depth, &edits) }
    case .object(let members): walk(members, of: value, isSecret, sealing, depth, &edits)
    }
  }

  private mutating func walk(
    _ members: [JSONValue.Member], of value: JSONValue, _ isSecret: Bool, _ sealing: Sealing, _ depth: Int,
    _ edits: inout [(range: Range<Int>, text: String)]
  ) {
    var sealing = sealing
    // Names may repeat, and readers differ in which they take.
    let isSecretObject = members.contains { member in
      member.name == "kind" && (member.value.string == "Secret" || member.value.string == "SecretList")
    }
    if isSecretObject { sealing.data = true }
    // A name beside its value: variables of containers, parameters of AWS.
    let name = (value["name"] ?? value["Name"] ?? value["key"] ?? value["Key"])?.string ?? ""
    let namesSecret = value["Type"]?.string == "SecureString" || SecretNames.isSecret(name, in: .json)
    let isGrant = value["grant_type"] != nil
    for member in members {
      let shown = text(member.name, readsNames: false)
      if shown != member.name { edits.append((member.nameRange, shown)) }
      var hides = isSecret || SecretNames.isSecret(member.name, in: isGrant ? .form : .json)
      if sealing.data, member.name == "data" || member.name == "stringData" { hides = true }
      if namesSecret, member.name == "value" || member.name == "Value" { hides = true }
      walk(member.value, hides, sealing, depth, &edits)
    }
  }

  /// The secrets within a secret: in base 64, as members of an object, behind names. They are what is used later.
  private mutating func keepParts(of text: String) {
    guard text.utf8.count < 65_536 else { return }
    var plain = text
    if text.utf8.count >= 8, let bytes = Base64.decode(text), !bytes.isEmpty,
      bytes.span.isUTF8, bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A || $0 == 0x0D })
    {
      plain = String(decoding: bytes, as: UTF8.self)
      keep(plain)
    }
    if let first = plain.utf8.first, first == UInt8(ascii: "{"), let object = JSONValue.document(in: Array(plain.utf8))
    {
      for member in object.members.prefix(64) {
        guard let value = member.value.scalar, !value.isEmpty else { continue }
        if SecretNames.isSecret(member.name, in: .json) {
          keep(value)
        } else if ["user", "username"].contains(member.name.lowercased()) {
          // A name is no secret, and is used as one holds it.
          keep(Array(value.utf8), isKnownEverywhere: false)
        }
      }
      return
    }
    let bytes = Array(plain.utf8)
    for range in SecretScan.find(in: bytes) where range.upperBound <= bytes.count { keep(Array(bytes[range])) }
  }

  /// A string that may be JSON itself, as in Kubernetes' last-applied-configuration.
  private mutating func nested(_ text: String, depth: Int) -> String {
    if let first = text.utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
      let masked = json(Array(text.utf8), depth: depth + 1)
    {
      return String(decoding: masked, as: UTF8.self)
    }
    return self.text(text)
  }

  // MARK: Secrets that are known by now

  /// The text without any secret that was found anywhere in the call.
  func sweep(_ text: String) -> String {
    guard !known.isEmpty, text.utf8.count >= SecretSweep.shortest else { return text }
    let bytes = Array(text.utf8)
    let swept = sweep(bytes, isText: true)
    return swept == bytes ? text : String(decoding: swept, as: UTF8.self)
  }

  func sweep(_ bytes: [UInt8], isText: Bool) -> [UInt8] {
    SecretMask.cover(known.ranges(in: bytes), of: bytes, isText: isText)
  }
}
