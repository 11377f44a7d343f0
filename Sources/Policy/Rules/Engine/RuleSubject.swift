import Bytes
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

  /// The simple commands of a command line, each with its program and arguments; those within others included.
  private(set) var commands: [[String]] = []
  /// Statements of SQL: its own, those of a command line (`psql -c`), or what was typed into a database's client.
  private(set) var statements: [String] = []

  init(
    action: Action, session: Session, prompt: PromptFacts? = nil, hasTranscripts: Bool = false
  ) {
    (self.action, self.session, self.prompt) = (action, session, prompt)
    self.hasTranscripts = hasTranscripts
  }

  /// Reads `commands` and `statements` out of the text. Its secrets are gone, so no key is needed.
  mutating func readCommands() {
    (commands, statements) = ([], [])
    switch action.kind {
    case "sql", "copy": statements = [action.text]
    case "shell" where action.verb == action.verb.uppercased():
      // Typed into a client of a database, of which the verb is SQL's.
      if action.verb != "SHELL" { statements = [action.text] }
    case "exec", "shell":
      let parts = ShellClassifier(secrets: SecretHasher(key: [])).classify(action.text).parts
      commands = parts.map(\.words)
      for part in parts { if case .sql(_, let nested)? = part.nested { statements += nested.map(\.text) } }
    default: break
    }
  }

  /// Commands whose program is one of these, without the folder that it is called by.
  func commands(of programs: Set<String>) -> [[String]] {
    commands.filter { words in words.first.map { programs.contains(Self.program($0)) } ?? false }
  }

  static func program(_ word: String) -> String { String(word.split(separator: "/").last ?? "") }

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
