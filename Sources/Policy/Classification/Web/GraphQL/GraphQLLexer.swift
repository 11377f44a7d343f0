/// The tokens of a GraphQL document (§2.1).
struct GraphQLLexer {
  enum Token: Hashable {
    case name(String)
    /// `{`, `(`, `:`, `@`, …
    case mark(Character)
    case spread
    /// A number or string.
    case value
  }

  /// A document with more is not read.
  private static let countLimit = 100_000

  private var tokens: [Token] = []
  private var position = 0

  /// Nil when the text has something that GraphQL has not.
  init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      guard tokens.count < GraphQLLexer.countLimit else { return nil }
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","): rest = rest.dropFirst()
      case 0xEF where rest.starts(with: [0xEF, 0xBB, 0xBF]): rest = rest.dropFirst(3)
      case UInt8(ascii: "#"): rest = rest.drop { $0 != 0x0A && $0 != 0x0D }
      case UInt8(ascii: "\""):
        guard GraphQLLexer.string(&rest) else { return nil }
        tokens.append(.value)
      case UInt8(ascii: "."):
        guard rest.starts(with: [0x2E, 0x2E, 0x2E]) else { return nil }
        rest = rest.dropFirst(3)
        tokens.append(.spread)
      case UInt8(ascii: "-"), 0x30...0x39:
        rest = rest.drop { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        tokens.append(.value)
      case let byte where GraphQLLexer.isName(byte):
        let name = rest.prefix(while: GraphQLLexer.isName)
        tokens.append(.name(String(decoding: name, as: UTF8.self)))
        rest = rest.dropFirst(name.count)
      case let byte where "!$&():=@[]{|}".utf8.contains(byte):
        tokens.append(.mark(Character(Unicode.Scalar(byte))))
        rest = rest.dropFirst()
      default: return nil
      }
    }
  }

  func peek() -> Token? { position < tokens.count ? tokens[position] : nil }
  mutating func skip() { position += 1 }

  mutating func next() -> Token? {
    guard position < tokens.count else { return nil }
    position += 1
    return tokens[position - 1]
  }

  /// Passes over `"…"` or `"""…"""`.
  private static func string(_ rest: inout ArraySlice<UInt8>) -> Bool {
    let quotes: [UInt8] = [0x22, 0x22, 0x22]
    let isBlock = rest.starts(with: quotes)
    rest = rest.dropFirst(isBlock ? 3 : 1)
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\\"):
        // In a block only `\"""` is an escape.
        if !isBlock { rest = rest.dropFirst() } else if rest.starts(with: quotes) { rest = rest.dropFirst(3) }
      case UInt8(ascii: "\""):
        guard isBlock else { return true }
        if rest.starts(with: [0x22, 0x22]) {
          rest = rest.dropFirst(2)
          return true
        }
      case 0x0A, 0x0D: if !isBlock { return false }
      default: break
      }
    }
    return false
  }

  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
    default: false
    }
  }
}
