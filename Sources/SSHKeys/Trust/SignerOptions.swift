/// The options of a line of the allowed signers (ssh-keygen(1)): names without regard to case, values in quotes.
struct SignerOptions {
  var isAuthority = false
  var namespaces: [UInt8]?
  var validAfter: UInt64?
  var validBefore: UInt64?
  var hasLocalTime = false

  init() {}

  init(_ text: ArraySlice<UInt8>) throws(LineFault) {
    var rest = text
    while !rest.isEmpty {
      if Self.skip("cert-authority", &rest) {
        isAuthority = true
      } else if Self.skip("namespaces=", &rest) {
        guard namespaces == nil else { throw LineFault("namespaces given twice") }
        namespaces = try Self.quoted(&rest)
      } else if Self.skip("valid-after=", &rest) {
        guard validAfter == nil else { throw LineFault("valid-after given twice") }
        validAfter = try time(try Self.quoted(&rest), "valid-after")
      } else if Self.skip("valid-before=", &rest) {
        guard validBefore == nil else { throw LineFault("valid-before given twice") }
        validBefore = try time(try Self.quoted(&rest), "valid-before")
      }
      guard let next = rest.first else { break }
      guard next == UInt8(ascii: ",") else { throw LineFault("unknown option, or no key") }
      rest = rest.dropFirst()
      guard !rest.isEmpty else { throw LineFault("nothing after a comma") }
    }
    if let validAfter, let validBefore, validBefore <= validAfter {
      throw LineFault("valid-before is not after valid-after")
    }
  }

  private static func skip(_ name: StaticString, _ rest: inout ArraySlice<UInt8>) -> Bool {
    let name = Array("\(name)".utf8)
    guard rest.count >= name.count,
      rest.prefix(name.count).elementsEqual(name, by: { lowercase($0) == $1 })
    else { return false }
    rest = rest.dropFirst(name.count)
    return true
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  /// A value in quotes, in which `\"` is a quote.
  private static func quoted(_ rest: inout ArraySlice<UInt8>) throws(LineFault) -> [UInt8] {
    guard rest.first == UInt8(ascii: "\"") else { throw LineFault("missing start quote") }
    rest = rest.dropFirst()
    var value: [UInt8] = []
    while let byte = rest.first, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\"), rest.dropFirst().first == UInt8(ascii: "\"") { rest = rest.dropFirst() }
      if let taken = rest.popFirst() { value.append(taken) }
    }
    guard rest.popFirst() != nil else { throw LineFault("missing end quote") }
    return value
  }

  private mutating func time(_ text: [UInt8], _ name: String) throws(LineFault) -> UInt64 {
    // A time of zero is how ssh-keygen says that there is none.
    guard let time = SignerTime(text), time.seconds > 0 else { throw LineFault("invalid \(name)") }
    if !time.isUTC { hasLocalTime = true }
    return time.seconds
  }
}
