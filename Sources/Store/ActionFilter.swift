import GRDB
public import Model

/// Which actions to list; every set field narrows.
public struct ActionFilter: Sendable {
  public var session: String?
  public var changesOnly = false
  public var effects: [Effect] = []
  public var statuses: [Action.Status] = []
  public var kinds: [String] = []
  public var verb: String?
  /// Part of a resource's name.
  public var resource: String?
  /// Part of the text.
  public var text: String?
  public var user: String?
  public var since: Timestamp?
  public var until: Timestamp?
  public var limit: Int?

  public init(session: String? = nil) { self.session = session }
}

/// The SQL of a filter.
struct ActionQuery {
  /// The view `actions` and what else an `Action` holds.
  static let select = """
    SELECT s.id || '.' || (a.n & 4294967295) AS id, s.id AS session_id,
      CASE WHEN a.parent_seq IS NOT NULL THEN s.id || '.' || a.parent_seq END AS parent_id,
      a.n & 4294967295 AS seq, a.started_ns, a.started_ns + a.ended_after_ns AS ended_ns,
      a.started_ns + a.first_after_ns AS first_response_ns, t.kind, t.verb, coalesce(a.text, t.text) AS text,
      a.parameters, t.resources, t.effect,
      CASE a.status WHEN 0 THEN 'ok' WHEN 1 THEN 'error' WHEN 2 THEN 'denied' ELSE 'incomplete' END AS status,
      a.code, a.message, a.rows, a.bytes_in, a.bytes_out, t.fingerprint, t.unfiltered, a.inferred,
      CASE WHEN a.segment IS NOT NULL THEN coalesce(g.outcome, 'committed') END AS "transaction",
      src.id AS source_id, a.packet, c.columns AS column_list, a.request IS NOT NULL AS has_request,
      (a.response IS NOT NULL OR a.response_inline IS NOT NULL) AS has_response,
      CASE WHEN a.identity IS NULL THEN s.user ELSE i.user END AS user,
      CASE WHEN a.identity IS NULL THEN s.target ELSE i.target END AS target,
      CASE WHEN a.identity IS NULL THEN s.application ELSE i.application END AS application,
      k.head IS NOT NULL AS has_head, k.records IS NOT NULL AS has_records,
      d.subject_sha256 AS masked_subject
    FROM action a JOIN session s ON s.n = a.n >> 32 JOIN statement t ON t.n = a.statement
      LEFT JOIN source src ON src.n = a.source LEFT JOIN segment g ON g.session = s.n AND g.segment = a.segment
      LEFT JOIN result_columns c ON c.n = a.columns LEFT JOIN identity i ON i.n = a.identity
      LEFT JOIN call k ON k.n = a.n LEFT JOIN masked_action d ON d.n = a.n
    """

  var sql: String
  var arguments: StatementArguments

  /// `sessionNumber` is the row of `filter.session`, which narrows by the primary key.
  init(_ filter: ActionFilter, sessionNumber: Int64?) {
    var conditions: [String] = []
    var values: [(any DatabaseValueConvertible)?] = []
    func add(_ condition: String, _ more: (any DatabaseValueConvertible)?...) {
      conditions.append(condition)
      values += more
    }
    func list(_ column: String, _ names: [String]) {
      guard !names.isEmpty else { return }
      conditions.append("\(column) IN (\(names.map { _ in "?" }.joined(separator: ",")))")
      values += names
    }
    if let sessionNumber { add("a.n BETWEEN ? AND ?", sessionNumber << 32, (sessionNumber + 1) << 32 - 1) }
    if filter.changesOnly { conditions.append("a.change = 1") }
    list("t.effect", filter.effects.map(\.rawValue))
    list("t.kind", filter.kinds)
    if !filter.statuses.isEmpty {
      conditions.append("a.status IN (\(filter.statuses.map { String($0.number) }.joined(separator: ",")))")
    }
    if let verb = filter.verb { add("t.verb = ? COLLATE NOCASE", verb) }
    if let resource = filter.resource { add("instr(lower(t.resources), lower(?)) > 0", resource) }
    if let text = filter.text { add("instr(lower(coalesce(a.text, t.text)), lower(?)) > 0", text) }
    if let user = filter.user { add("CASE WHEN a.identity IS NULL THEN s.user ELSE i.user END = ?", user) }
    if let since = filter.since { add("a.started_ns >= ?", since.nanoseconds) }
    if let until = filter.until { add("a.started_ns < ?", until.nanoseconds) }
    sql = ActionQuery.select
    if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
    sql += sessionNumber == nil ? " ORDER BY a.started_ns, a.n" : " ORDER BY a.n"
    if let limit = filter.limit {
      sql += " LIMIT ?"
      values.append(limit)
    }
    arguments = StatementArguments(values)
  }
}
