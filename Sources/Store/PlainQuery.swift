/// A query as a person types it, in FTS5's syntax: `git-receive-pack OR a.b` becomes `"git-receive-pack" OR "a.b"`.
///
/// Used where FTS5 does not understand the query itself, for a hyphen, a dot or a quote mean something there. Phrases in
/// quotes, `AND`, `OR`, `NOT` between words and a `*` at the end of one keep their meaning (SQLite's FTS5 documentation, 3).
struct PlainQuery {
  private static let operators: Set<Substring> = ["AND", "OR", "NOT"]

  let text: String

  init(_ query: String) {
    let parts = Self.parts(query)
    var out: [String] = []
    var isOperand = false
    for (index, part) in parts.enumerated() {
      let isLast = index + 1 == parts.count
      if isOperand, !isLast, Self.operators.contains(part), !Self.operators.contains(parts[index + 1]) {
        out.append(String(part))
        isOperand = false
      } else if let phrase = Self.phrase(part) {
        out.append(phrase)
        isOperand = true
      }
    }
    if !isOperand, !out.isEmpty { out.removeLast() }
    text = out.joined(separator: " ")
  }

  /// Words and phrases, the latter with their quotation marks.
  private static func parts(_ query: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = query[...]
    while true {
      rest = rest.drop { $0.isWhitespace }
      guard let first = rest.first else { return parts }
      var part = rest.prefix { !$0.isWhitespace }
      if first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") { part = rest[...end] }
      parts.append(part)
      rest = rest[part.endIndex...]
    }
  }

  private static func phrase(_ part: Substring) -> String? {
    // Nothing of it would be in the index.
    guard part.contains(where: { $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
    let isPrefix = part.hasSuffix("*")
    return "\"" + part.filter { $0 != "\"" } + "\"" + (isPrefix ? "*" : "")
  }
}
