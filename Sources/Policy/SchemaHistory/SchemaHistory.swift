public import Model

/// The history of one database's schema: what each column, index, constraint and grant is now, and which actions made it so.
///
/// Actions come in order of time. What is done when: a statement counts from when it ended, for one that waits for a lock
/// acts after the one that holds it.
public struct SchemaHistory {
  /// What an action did that was undone, or never ran.
  public struct Attempt: Sendable, Hashable {
    public var actionID: String
    public var at: Timestamp
    public var resources: [Resource]
    public var outcome: Action.Transaction?
  }

  /// An action that ran code whose text does not show what it does: it may have changed the schema.
  public struct Unread: Sendable, Hashable {
    public var actionID: String
    public var at: Timestamp
    public var verb: String
  }

  /// Attempts and unread actions that are kept, of each.
  static let listLimit = 100_000

  private(set) var state: SchemaState
  public private(set) var attempts: [Attempt] = []
  public private(set) var unread: [Unread] = []
  private var sessions: [String: SchemaSession] = [:]
  private var waiting: [Action] = []

  /// - Parameter known: what is there now, where somebody knows: it tells where names without a schema stand.
  public init(known: [SchemaObject] = []) {
    state = SchemaState(known: KnownPlaces(known))
  }

  /// What each object is now, or was when it was dropped, with all that was done to it; ordered by place and kind.
  public var entries: [SchemaEntry] { state.entries() }

  /// More was made than is kept.
  public var isCut: Bool { state.hasReachedLimit }

  /// Nothing was done or tried.
  public var isEmpty: Bool { attempts.isEmpty && unread.isEmpty && state.items.allSatisfy(\.changes.isEmpty) }

  /// The effects of actions that matter: what changes schemas, and the settings that names depend on.
  public static let effects: [Effect] = [.schema, .privilege, .session, .unknown]

  /// Takes what the session began with, before its first action: the start-up parameters and what the server reported.
  public mutating func begin(session id: String, user: String?, settings: [(name: String, value: String)]) {
    let path = settings.first { $0.name.lowercased() == "search_path" }?.value
    if let version = settings.first(where: { $0.name == "server_version" })?.value,
      let major = Int(version.prefix { $0.isNumber })
    {
      state.majorVersion = major
    }
    sessions[id] = SchemaSession(path: path.map { SQLContext.path($0) }, login: user)
  }

  /// Takes the next action.
  public mutating func receive(_ action: Action) {
    guard action.kind == "sql", SchemaHistory.effects.contains(action.effect) else { return }
    while let first = waiting.first, end(of: first) <= action.startedAt {
      waiting.removeFirst()
      take(first)
    }
    // Few overlap: in order of their ends.
    let place = waiting.lastIndex { end(of: $0) <= end(of: action) }.map { $0 + 1 } ?? 0
    waiting.insert(action, at: place)
  }

  /// Takes what is still waiting for those before it.
  public mutating func finish() {
    for action in waiting { take(action) }
    waiting = []
  }

  private func end(of action: Action) -> Timestamp { action.endedAt ?? action.startedAt }

  private mutating func take(_ action: Action) {
    // A failed statement did nothing, whatever became of its transaction.
    let isFailed = action.status == .error || action.status == .denied
    if action.hasNoLastingEffect || isFailed, action.effect != .session {
      // A failed CREATE INDEX CONCURRENTLY leaves an index behind.
      if action.status == .error, action.verb == "CREATE INDEX" { return takeFailedIndex(action) }
      if action.effect == .schema || action.effect == .privilege, attempts.count < SchemaHistory.listLimit {
        attempts.append(
          Attempt(
            actionID: action.id, at: action.startedAt, resources: action.resources, outcome: action.transaction))
      }
      return
    }
    if action.effect == .session, !SchemaHistory.mayMatter(action.verb) || action.transaction == .notRun { return }
    guard !isFailed else { return }
    guard action.effect == .unknown else { return apply(action) }
    if ["DO", "CALL", "EXECUTE", "UNKNOWN", "COMMIT PREPARED"].contains(action.verb),
      unread.count < SchemaHistory.listLimit
    {
      unread.append(Unread(actionID: action.id, at: action.startedAt, verb: action.verb))
    }
  }

  /// Statements of effect `session` that decide what names mean.
  private static func mayMatter(_ verb: String) -> Bool {
    ["SET", "RESET", "SELECT", "DISCARD", "COMMIT", "ROLLBACK", "PREPARE TRANSACTION"].contains(verb)
  }

  private mutating func takeFailedIndex(_ action: Action) {
    // It had begun when it failed: a duplicate, a deadlock, a time limit, a cancel.
    guard ["23505", "40P01", "57014", "55P03"].contains(action.code ?? "") else { return }
    for statement in SchemaHistory.statements(action.text) where statement["IndexStmt"]["concurrent"].bool {
      state.createIndex(statement["IndexStmt"], cause(action), isInvalid: true)
    }
  }

  private func cause(_ action: Action) -> SchemaCause {
    let session = sessions[action.sessionID] ?? SchemaSession(path: nil, login: action.identity.user)
    return SchemaCause(
      actionID: action.id, sessionID: action.sessionID, at: action.startedAt,
      isUndecided: action.status == .incomplete || action.transaction == .undecided, source: Array(action.text.utf8),
      role: session.role ?? action.identity.user, path: session.path, notice: action.message)
  }

  private mutating func apply(_ action: Action) {
    for statement in SchemaHistory.statements(action.text) {
      guard let (type, content) = statement.typed else { continue }
      if action.effect == .session || action.effect == .privilege, action.transaction != .rolledBack {
        sessions[action.sessionID, default: SchemaSession(path: nil, login: action.identity.user)]
          .receive(type, content)
      }
      if action.effect != .session { state.apply(statement, cause(action)) }
    }
  }

  /// The statements of an action's text; none where the grammar refuses it.
  static func statements(_ text: String) -> [TreeNode] {
    guard text.utf8.count <= SQLGrammar.textLimit, !text.utf8.contains(0),
      case .tree(let json) = SQLGrammar.parse(text),
      let statements = TreeNode.statements(json)
    else { return [] }
    return statements.map(\.node)
  }

  /// Applies a statement of a script, which nobody ran in a session that was captured.
  mutating func apply(script node: TreeNode, source: [UInt8], label: String, _ session: inout SchemaSession) {
    guard let (type, content) = node.typed else { return }
    session.receive(type, content)
    state.apply(
      node,
      SchemaCause(
        actionID: label, sessionID: label, at: .epoch, isUndecided: false, source: source, role: session.role,
        path: session.path, notice: nil))
  }
}
