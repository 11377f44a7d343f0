public import Model

/// What earlier statements of a session mean for later ones.
public struct SQLContext: Sendable {
  /// Names that are remembered, of each kind.
  static let limit = 1_000

  /// A statement that was prepared by SQL (`PREPARE`).
  struct Prepared: Sendable {
    var classification: Classification
    /// It calls something that is not PostgreSQL's own, which planning it may call too.
    var callsUnknown: Bool
  }

  var prepared: [String: Prepared] = [:]
  /// What fetching from a cursor does, by its name; those that SQL declared.
  var cursors: [String: Effect] = [:]
  /// A schema was set that is searched before pg_catalog: a familiar name may be somebody's own. It stays so for the rest of
  /// the session, for a rollback can bring such a path back.
  var isShadowed = false
  /// What was made here under a name of PostgreSQL's, or has something that writes behind it: `function lower`,
  /// `type text`, `operator =`, `table v`.
  var planted: Set<String> = []

  /// Nobody sees the answers before the next statement is judged. What is prepared may then fail because the name is in use,
  /// and `EXECUTE` runs what had it before: a name that was given twice means nothing any more.
  public var isAhead = false
  /// How often each name was given; only kept ahead of the answers.
  private var namings: [String: Int] = [:]

  public init() {}

  /// A name was given to a statement, by the protocol (PostgreSQL's Parse) or by `PREPARE`.
  public mutating func note(naming name: String) {
    guard isAhead else { return }
    if namings.count >= SQLContext.limit, namings[name] == nil {
      prepared = [:]
      return
    }
    namings[name, default: 0] += 1
    if namings[name] != 1 { prepared[name] = nil }
  }

  /// Whether it is known what has the name.
  func isSettled(_ name: String) -> Bool { !isAhead || namings[name] == 1 }

  /// Nothing came before that lets a text mean something else than it does elsewhere.
  public var isPlain: Bool { !isShadowed && planted.isEmpty }

  mutating func plant(_ names: some Sequence<String>) {
    for name in names where planted.count < SQLContext.limit { planted.insert(name) }
    if planted.count >= SQLContext.limit { isShadowed = true }
  }

  /// What the session began with, or what the server says of it: a parameter of start-up or a ParameterStatus.
  public mutating func learn(setting: String, value: String) {
    switch setting.lowercased() {
    case "search_path": if SQLContext.shadows(SQLContext.path(value)) { isShadowed = true }
    case "options":
      // `-c search_path=app,pg_catalog`, `--search_path=…`: spaces within are escaped, so that a name after
      // pg_catalog's cannot be told from its place; that it is named at all is enough.
      let words = value.lowercased()
      if words.contains("search_path") || words.contains("search-path"), words.contains("pg_catalog") {
        isShadowed = true
      }
    default: break
    }
  }

  /// The schemas of a list as `set_config` takes it.
  static func path(_ text: String) -> [String] {
    text.split(separator: ",").map { part in
      let name = part.trimmingPrefix { $0.isWhitespace }
      let quoted = name.hasPrefix("\"")
      let bare = String(name.reversed().drop { $0.isWhitespace }.reversed()).replacing("\"", with: "")
      return quoted ? bare : bare.lowercased()
    }
  }

  /// Whether something is searched before pg_catalog, which comes first where it is not named.
  static func shadows(_ path: [String]) -> Bool {
    guard let place = path.firstIndex(of: "pg_catalog") else { return false }
    return place > 0
  }
}

/// One statement of a text.
public struct ClassifiedStatement: Sendable {
  /// UTF-8 offsets of the statement in the text, without blanks around it and the semicolon.
  public var range: Range<Int>
  public var form: StatementForm
  /// UTF-8 offsets of secrets, in order: a password's literal, or the part of a connection string after `password=`.
  public var redactions: [Range<Int>]
  /// The constants, with spaces between.
  public var constants: [UInt8]

  public var classification: Classification { form.classification }
}
