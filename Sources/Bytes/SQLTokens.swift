/// Where tokens of SQL end that may hold what looks like others (PostgreSQL §4.1).
public enum SQLTokens {
  private static let quote = UInt8(ascii: "'")
  private static let doubleQuote = UInt8(ascii: "\"")
  private static let dollar = UInt8(ascii: "$")

  /// Whether a byte may stand within a name or number.
  public static func isWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte >= 0x80 || isDigit(byte) || (0x41...0x5A).contains(byte & 0xDF)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Behind a comment that begins here, its newline left.
  public static func comment(_ text: [UInt8], at start: Int) -> Int? {
    guard start + 1 < text.count else { return nil }
    if text[start] == UInt8(ascii: "-"), text[start + 1] == UInt8(ascii: "-") {
      return text[start...].firstIndex(of: 0x0A) ?? text.count
    }
    guard text[start] == UInt8(ascii: "/"), text[start + 1] == UInt8(ascii: "*") else { return nil }
    var depth = 0
    var index = start
    while index + 1 < text.count {
      if text[index] == UInt8(ascii: "/"), text[index + 1] == UInt8(ascii: "*") {
        depth += 1
        index += 2
      } else if text[index] == UInt8(ascii: "*"), text[index + 1] == UInt8(ascii: "/") {
        depth -= 1
        index += 2
        if depth == 0 { return index }
      } else {
        index += 1
      }
    }
    return text.count
  }

  /// Behind a string, a quoted name or a dollar quotation that begins here.
  public static func quoted(_ text: [UInt8], at start: Int) -> Int? {
    guard start < text.count else { return nil }
    switch text[start] {
    case quote:
      let before = start > 0 ? text[start - 1] | 0x20 : 0
      let escapes = before == UInt8(ascii: "e") && (start < 2 || !isWord(text[start - 2]))
      return end(text, from: start + 1, quote, escapes: escapes)
    case doubleQuote: return end(text, from: start + 1, doubleQuote, escapes: false)
    case dollar:
      if start > 0, isWord(text[start - 1]) { return nil }
      return dollarQuoted(text, at: start)
    default: return nil
    }
  }

  private static func end(_ text: [UInt8], from start: Int, _ mark: UInt8, escapes: Bool) -> Int {
    var index = start
    while index < text.count {
      if escapes, text[index] == UInt8(ascii: "\\") {
        index += 2
      } else if text[index] == mark {
        guard index + 1 < text.count, text[index + 1] == mark else { return index + 1 }
        index += 2
      } else {
        index += 1
      }
    }
    return text.count
  }

  private static func dollarQuoted(_ text: [UInt8], at start: Int) -> Int? {
    var close = start + 1
    guard close < text.count, !isDigit(text[close]) else { return nil }
    while close < text.count, isWord(text[close]) { close += 1 }
    guard close < text.count, text[close] == dollar else { return nil }
    let tag = text[start...close]
    var index = close + 1
    while let next = text[min(index, text.count)...].firstIndex(of: dollar) {
      if text[next...].starts(with: tag) { return next + tag.count }
      index = next + 1
    }
    return text.count
  }
}
