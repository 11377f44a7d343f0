/// JSON that another part wrote, made fit for a data block of the page.
///
/// Outside its strings JSON is ASCII without these characters, so each stands in a string and can be written by number
/// (RFC 8259 §7).
struct EmbeddedJSON {
  let bytes: [UInt8]

  init(_ document: [UInt8]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(document.count + document.count / 8)
    for scalar in String(decoding: document, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      // `<`, `>` and `&` because of the HTML parser.
      case 0x3C, 0x3E, 0x26, 0x7F: Self.escape(UInt16(scalar.value), to: &bytes)
      // White space between values, which our writers do not make.
      case 0..<0x20: bytes.append(0x20)
      case 0x20..<0x7F: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      case _ where VisibleText.isHidden(scalar):
        for unit in String(scalar).utf16 { Self.escape(unit, to: &bytes) }
      default: bytes.append(contentsOf: String(scalar).utf8)
      }
    }
    self.bytes = bytes
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func escape(_ value: UInt16, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "\\u".utf8)
    for place in (0..<4).reversed() { bytes.append(digits[Int(value >> UInt16(place * 4)) & 15]) }
  }
}
