/// Reads the values of an action's `parameters`: a JSON array of strings and nulls.
public enum ParameterValues {
  /// The values, nil for NULL; nil when the text is not such an array.
  public static func read(_ json: String) -> [String?]? {
    var reader = Reader(rest: Substring(json).unicodeScalars)
    return reader.array()
  }

  private struct Reader {
    var rest: Substring.UnicodeScalarView

    mutating func array() -> [String?]? {
      guard take("[") else { return nil }
      var values: [String?] = []
      if take("]") { return isAtEnd ? values : nil }
      while true {
        guard let value = value() else { return nil }
        values.append(value)
        if take(",") { continue }
        return take("]") && isAtEnd ? values : nil
      }
    }

    private var isAtEnd: Bool {
      mutating get {
        skipBlanks()
        return rest.isEmpty
      }
    }

    private mutating func value() -> String?? {
      if take("\"") { return string().map { .some($0) } }
      for letter in "null".unicodeScalars {
        guard rest.first == letter else { return nil }
        rest.removeFirst()
      }
      return .some(nil)
    }

    private mutating func skipBlanks() {
      while let next = rest.first, next == " " || next == "\n" || next == "\t" || next == "\r" { rest.removeFirst() }
    }

    /// Whether `scalar` came next, after blanks; it is consumed, and the blanks after it.
    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
      skipBlanks()
      guard rest.first == scalar else { return false }
      rest.removeFirst()
      if scalar != "\"" { skipBlanks() }
      return true
    }

    /// The rest of a string whose opening quote is consumed.
    private mutating func string() -> String? {
      var text = String.UnicodeScalarView()
      while let next = rest.popFirst() {
        switch next {
        case "\"": return String(text)
        case "\\":
          guard let scalar = escape() else { return nil }
          text.append(scalar)
        case let plain where plain.value >= 0x20: text.append(plain)
        default: return nil
        }
      }
      return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
      switch rest.popFirst() {
      case "n": return "\n"
      case "t": return "\t"
      case "r": return "\r"
      case "b": return "\u{8}"
      case "f": return "\u{c}"
      case "u": return unicode()
      case let other? where other == "\"" || other == "\\" || other == "/": return other
      default: return nil
      }
    }

    private mutating func unicode() -> Unicode.Scalar? {
      guard let unit = unit() else { return nil }
      guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) }
      guard rest.popFirst() == "\\", rest.popFirst() == "u", let low = self.unit(), (0xDC00..<0xE000).contains(low)
      else { return nil }
      return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    }

    private mutating func unit() -> UInt32? {
      var value: UInt32 = 0
      for _ in 0..<4 {
        guard let digit = rest.popFirst().flatMap({ Character($0).hexDigitValue }) else { return nil }
        value = value << 4 | UInt32(digit)
      }
      return value
    }
  }
}
