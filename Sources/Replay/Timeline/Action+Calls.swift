public import Model

extension Action {
  /// It is a request with heads, or one of those that come with it, and no statement of a database session.
  public var isCall: Bool { hasHead || hasRecords || ["http", "exec", "shell", "git", "forward"].contains(kind) }
}

extension Identity {
  /// What of it differs from its session: `as deploy, on api.internal`; nil when nothing does.
  public func difference(from session: Session) -> String? {
    let facts: [(String, String?, String?)] = [
      ("as", user, session.user), ("on", target, session.target), ("with", application, session.application),
    ]
    let words = facts.compactMap { word, value, known in value.flatMap { $0 == known ? nil : "\(word) \($0)" } }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }
}
