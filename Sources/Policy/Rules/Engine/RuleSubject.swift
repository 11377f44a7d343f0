import Model

/// An action as rules see it.
struct RuleSubject: Sendable {
  var action: Action
  var session: Session
  /// The prompt behind it; nil when none is known.
  var prompt: PromptFacts?
  /// Whether the case has transcripts at all, so that having no prompt says something.
  var hasTranscripts = false
  /// What the policy says; nil for what is not judged.
  var decision: Decision?
  /// What the server returned, where a rule looks at it.
  var response: StoredPayload?

  /// It succeeded, or nobody knows that it did not, and was not taken back.
  var isLasting: Bool { !action.hasNoLastingEffect && action.status != .denied && action.status != .error }
  /// Of the client's end: `10.0.0.5`.
  var clientHost: String { RuleSubject.host(session.client) }

  static func host(_ endpoint: String) -> String {
    endpoint.lastIndex(of: ":").map { String(endpoint[..<$0]) } ?? endpoint
  }

  /// The words of the text outside of quotes, in lower case: for SQL.
  var words: [String] { SQLShape.words(of: action.text).first ?? [] }

  /// Whether it touches such a thing.
  func touches(_ access: Set<String>, _ kind: String) -> Bool {
    action.resources.contains { access.contains($0.access) && $0.kind == kind }
  }
}
