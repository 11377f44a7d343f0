import CPGQuery

/// PostgreSQL's own grammar, by libpg_query.
enum SQLGrammar {
  /// Bytes of a statement that the grammar is asked about. Long chains of operators cost stack; with this limit and
  /// `GrammarThread.stackSize` the deepest possible one was measured to survive.
  static let textLimit = 128 << 10
  enum Answer: Sendable {
    /// The parse trees as JSON.
    case tree(String)
    case refused(reason: String)
  }

  /// Parses a text; on a thread of its own, because of the stack that it may need.
  static func parse(_ text: String) -> Answer {
    GrammarThread.shared.run {
      let result = unsafe pg_query_parse(text)
      defer { unsafe pg_query_free_parse_result(result) }
      if let error = unsafe result.error {
        return .refused(reason: unsafe error.pointee.message.map { unsafe String(cString: $0) } ?? "syntax error")
      }
      return unsafe result.parse_tree.map { .tree(unsafe String(cString: $0)) } ?? .refused(reason: "no parse tree")
    }
  }

  /// The fingerprint of a text, hexadecimal; equal for texts that differ in constants only.
  static func fingerprint(_ text: String) -> String? {
    GrammarThread.shared.run {
      let result = unsafe pg_query_fingerprint(text)
      defer { unsafe pg_query_free_fingerprint_result(result) }
      guard unsafe result.error == nil else { return nil }
      return unsafe result.fingerprint_str.map { unsafe String(cString: $0) }
    }
  }
}
