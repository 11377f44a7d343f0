/// Makes captured text harmless to look at: characters that hide, reorder or control are shown as visible marks.
///
/// Control characters become their names (`⟨NUL⟩`, `⟨ESC⟩`), line feed and tab `↵` and `⇥` where they cannot stay,
/// and all other invisible ones their number (`⟨U+202E⟩`).
/// The marks are plain characters and no elements, so that hostile text never changes the structure of a page.
struct VisibleText {
  /// What becomes of line breaks.
  enum Shape {
    /// Tab and line feed are kept: for preformatted blocks.
    case block
    /// Tab and line feed become marks: for titles, labels and attributes.
    case line
  }

  /// Where the marked text goes, which says what must be escaped besides.
  enum Place {
    /// Between the tags of an element, or inside a quoted attribute value.
    case html
    /// Nowhere in particular: measured, cut or searched first.
    case plain
  }

  /// ECMA-48's names of C0. Not the control pictures of U+2400: few fonts have them.
  private static let controlNames = [
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI", "DLE",
    "DC1",
    "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
  ]
  private static let hexadecimal = Array("0123456789ABCDEF".utf8)

  /// Appends `text`, marked and escaped, as UTF-8. Cost is linear; nothing is looked up for ASCII.
  static func append(_ text: some StringProtocol, shape: Shape, place: Place, to bytes: inout [UInt8]) {
    for scalar in text.unicodeScalars {
      if scalar.value < 0x80 {
        appendASCII(UInt8(truncatingIfNeeded: scalar.value), shape: shape, place: place, to: &bytes)
      } else if isHidden(scalar) {
        appendNumber(of: scalar, to: &bytes)
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

  /// The marked text as a string, not yet escaped.
  static func marked(_ text: some StringProtocol, shape: Shape = .line) -> String {
    var bytes: [UInt8] = []
    append(text, shape: shape, place: .plain, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func appendASCII(_ byte: UInt8, shape: Shape, place: Place, to bytes: inout [UInt8]) {
    switch byte {
    case 0x09 where shape == .block, 0x0A where shape == .block: bytes.append(byte)
    case 0x09: bytes.append(contentsOf: "⇥".utf8)
    case 0x0A: bytes.append(contentsOf: "↵".utf8)
    case 0..<0x20: bytes.append(contentsOf: "⟨\(controlNames[Int(byte)])⟩".utf8)
    case 0x7F: bytes.append(contentsOf: "⟨DEL⟩".utf8)
    case UInt8(ascii: "&") where place == .html: bytes.append(contentsOf: "&amp;".utf8)
    case UInt8(ascii: "<") where place == .html: bytes.append(contentsOf: "&lt;".utf8)
    case UInt8(ascii: ">") where place == .html: bytes.append(contentsOf: "&gt;".utf8)
    case UInt8(ascii: "\"") where place == .html: bytes.append(contentsOf: "&quot;".utf8)
    case UInt8(ascii: "'") where place == .html: bytes.append(contentsOf: "&#39;".utf8)
    default: bytes.append(byte)
    }
  }

  private static func appendNumber(of scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "⟨U+".utf8)
    let digitCount = scalar.value > 0xFFFFF ? 6 : scalar.value > 0xFFFF ? 5 : 4
    for place in (0..<digitCount).reversed() {
      bytes.append(hexadecimal[Int(scalar.value >> UInt32(place * 4)) & 15])
    }
    bytes.append(contentsOf: "⟩".utf8)
  }

  /// Whether a scalar shows nothing by itself, or changes how its neighbours are shown.
  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xA1...0xAC, 0xAE...0x34E, 0x4E00...0x9FFF, 0xAC00...0xD7A3: return false
    case 0x80...0x9F, 0x2028, 0x2029: return true
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
    // Non-characters and code points that nobody assigned have no glyph to be recognised by.
    case .unassigned: return true
    case .spaceSeparator: return scalar.value != 0x20
    default: return scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}

extension UTF8 {
  /// U+FFFD.
  fileprivate static var encodedReplacementCharacter: Unicode.UTF8.EncodedScalar {
    UTF8.encode("\u{FFFD}") ?? UTF8.EncodedScalar()
  }
}
