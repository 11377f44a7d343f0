import Bytes

/// The alphabets of RFC 9110 §5.6.
enum HTTPText {
  /// `tchar`: what methods and field names are made of.
  static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  static func isToken(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices where !isToken(bytes[index]) { return false }
    return !bytes.isEmpty
  }

  /// Optional white space: SP and HTAB.
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  @_lifetime(copy bytes)
  static func trimmed(_ bytes: Span<UInt8>) -> Span<UInt8> {
    var start = 0
    var end = bytes.count
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return bytes.extracting(start..<end)
  }

  /// Bytes that are no UTF-8 are read as ISO 8859-1 (RFC 9110 §5.5).
  static func string(_ bytes: Span<UInt8>) -> String {
    if let text = bytes.validString { return text }
    var text = String.UnicodeScalarView()
    for index in bytes.indices { text.append(Unicode.Scalar(bytes[index])) }
    return String(text)
  }

  /// The elements of a comma-separated list (RFC 9110 §5.6.1), trimmed, empty ones left out. Quoted commas do not part.
  static func list(_ values: [String]) -> [String] {
    var elements: [String] = []
    for value in values {
      var element = ""
      var isQuoted = false
      var isEscaped = false
      for character in value.unicodeScalars {
        if character == ",", !isQuoted {
          elements.append(element)
          element = ""
          continue
        }
        if character == "\"", !isEscaped { isQuoted.toggle() }
        isEscaped = character == "\\" && isQuoted && !isEscaped
        element.unicodeScalars.append(character)
      }
      elements.append(element)
    }
    return elements.map(trimmed).filter { !$0.isEmpty }
  }

  /// Without SP and HTAB at the ends, and nothing else: what other white space hides is worth seeing.
  static func trimmed(_ text: String) -> String {
    var rest = text.unicodeScalars[...]
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return String(rest)
  }
}
