public import Model

/// The histories of all databases of a case.
public struct SchemaHistories {
  /// Where a database is.
  public struct Database: Sendable, Hashable {
    /// `host:port`, as captures show it.
    public var server: String
    public var name: String

    /// `shop on 10.0.0.5:5432`.
    public var title: String { "\(name) on \(server)" }

    /// Whether it is meant by `shop` or `10.0.0.5:5432/shop`.
    public func isNamed(_ text: String) -> Bool { text == name || text == "\(server)/\(name)" }
  }

  private let known: [SchemaObject]
  private let sessions: [String: Session]
  private let settings: (String) throws -> [(name: String, value: String)]
  private var found: [Database: SchemaHistory] = [:]
  private var begun: Set<String> = []

  /// - Parameters:
  ///   - sessions: those of the case.
  ///   - known: what a catalog has, where one is at hand: it tells where names without a schema stand.
  ///   - settings: what a session began with, by its id.
  public init(
    sessions: [Session], known: [SchemaObject] = [],
    settings: @escaping (String) throws -> [(name: String, value: String)]
  ) {
    self.sessions = Dictionary(sessions.map { ($0.id, $0) }) { first, _ in first }
    self.known = known
    self.settings = settings
  }

  /// Takes the next action in order of time.
  public mutating func receive(_ action: Action) throws {
    guard let session = sessions[action.sessionID], session.protocolName == "postgres" else { return }
    let database = Database(server: session.server, name: action.identity.target ?? session.target ?? "?")
    if begun.insert("\(action.sessionID) \(database.name)").inserted {
      found[database, default: SchemaHistory(known: known)]
        .begin(session: session.id, user: session.user, settings: try settings(session.id))
    }
    found[database]?.receive(action)
  }

  /// Ends them, and gives those in which something was done or tried, by server and name.
  public mutating func finish() -> [(database: Database, history: SchemaHistory)] {
    for database in found.keys { found[database]?.finish() }
    return found.filter { !$0.value.isEmpty }.map { (database: $0.key, history: $0.value) }
      .sorted { ($0.database.name, $0.database.server) < ($1.database.name, $1.database.server) }
  }
}
