/// A form (application/x-www-form-urlencoded) as lines of `name = value`.
enum FormText {
  /// Pairs, decoded; what is no pair is a name without a value.
  static func pairs(_ text: some StringProtocol, limit: Int = .max) -> [(name: String, value: String?)] {
    var pairs: [(name: String, value: String?)] = []
    for part in Substring(text).unicodeScalars.split(separator: "&") where pairs.count < limit {
      guard let sign = part.firstIndex(of: "=") else {
        pairs.append((decoded(Substring(part)), nil))
        continue
      }
      pairs.append((decoded(Substring(part[..<sign])), decoded(Substring(part[part.index(after: sign)...]))))
    }
    return pairs
  }

  /// `+` is a blank and `%41` a byte (WHATWG URL §5.1); what is no encoding stays as it is.
  static func decoded(_ text: Substring) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return String(text) }
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "%"), place + 2 < bytes.count, let high = digit(bytes[place + 1]),
        let low = digit(bytes[place + 2])
      {
        out.append(high << 4 | low)
        place += 3
        continue
      }
      out.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
      place += 1
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.flatMap { byte < 0x80 ? UInt8($0) : nil }
  }

  /// Lines of at most `limit` bytes, and whether some were left out.
  static func text(of form: String, limit: Int) -> (text: String, isShortened: Bool) {
    var text = ""
    for pair in pairs(form) {
      guard text.utf8.count < limit else { return (text, true) }
      if !text.isEmpty { text += "\n" }
      // A line break in a value must not look like another pair.
      text += oneLine(pair.name) + (pair.value.map { " = " + oneLine($0) } ?? "")
    }
    return (text, false)
  }

  private static func oneLine(_ text: String) -> String {
    text.unicodeScalars.contains("\n") ? text.replacing("\r\n", with: "⏎").replacing("\n", with: "⏎") : text
  }
}
