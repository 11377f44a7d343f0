import Model

extension Action {
  /// It is a request with heads, or one of those that come with it, and no statement of a database session.
  var isCall: Bool { hasHead || hasRecords || ["http", "exec", "shell", "git", "forward"].contains(kind) }

  /// It was undone, refused or never ran. A server that failed (5xx), or a program that did, may have done something.
  var isWithoutEffect: Bool {
    guard isCall else { return hasNoLastingEffect }
    guard status == .error || status == .denied else { return false }
    return code.map { $0.utf8.count == 3 && $0.hasPrefix("4") } ?? false
  }
}

extension Identity {
  /// What of it differs from its session: `as deploy, on api.internal`; nil when nothing does.
  func difference(from session: Session) -> String? {
    let facts: [(String, String?, String?)] = [
      ("as", user, session.user), ("on", target, session.target), ("with", application, session.application),
    ]
    let words = facts.compactMap { word, value, known in value.flatMap { $0 == known ? nil : "\(word) \($0)" } }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }
}
