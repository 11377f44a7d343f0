public import Model

/// A contractor's CI job ran migrations that nobody reviewed, beside an application, an encrypted session, and a client
/// that sends hostile text.
public struct ContractorStory {
  public static let ci = "ses-420c56280bb6"
  public static let application = "ses-22967d8098a0"
  public static let encrypted = "ses-0ecd9e07b26f"
  public static let hostile = "ses-d14015e10089"

  public let story = MemoryCase("shop-2026-11-20")
  private let sourceID = "src-1e63427406e66c08"

  /// Seconds after 2026-11-20T02:14:00Z.
  public static func at(_ seconds: Double) -> Timestamp {
    Timestamp(nanoseconds: 1_795_140_840_000_000_000 + Int64((seconds * 1_000_000).rounded()) * 1000)
  }

  public init() {
    story.add(
      Source(
        id: sourceID, path: "evidence.tar.gz!day1/db1.pcapng", kind: "pcapng",
        sha256: String(repeating: "1e63427406e66c08", count: 4), byteCount: 1_048_576, packetCount: 1976,
        firstAt: Self.at(0), lastAt: Self.at(598), isComplete: false, integrity: "unsigned",
        note: "the last packet is cut after 54 of 1,514 bytes"))
    migration()
    checkout()
    tunnel()
    attack()
  }

  private func session(
    _ id: String, user: String?, application: String?, client: String, from: Double, until: Double
  ) -> Session {
    Session(
      id: id, protocolName: "postgres", client: client, server: "10.20.0.5:5432", user: user,
      target: user == nil ? nil : "shop", application: application, startedAt: Self.at(from), endedAt: Self.at(until),
      bytesIn: 2341, bytesOut: 2951, sourceID: sourceID)
  }

  private func migration() {
    var ci = SessionScript(
      story,
      session(
        Self.ci, user: "svc_migrate", application: "ci-runner migrate 0042", client: "10.20.2.17:46606", from: 72.5,
        until: 293.8))
    ci.act(Self.at(72.523), "LOGIN", "login as svc_migrate by scram-sha-256", .session, took: 3.8, kind: "login")
    ci.act(
      Self.at(72.527), "SELECT",
      "SELECT column_name, data_type, is_nullable\n  FROM information_schema.columns\n"
        + " WHERE table_name = 'customers'", .read, [Resource("read", "table", "information_schema.columns")],
      took: 7.596, rows: 4,
      response: .rows(
        [("column_name", "name"), ("data_type", "varchar"), ("is_nullable", "varchar")],
        [["id", "integer", "NO"], ["name", "text", "YES"], ["email", "text", nil], ["NULL", "text", "YES"]]))
    ci.act(Self.at(102.898), "BEGIN", "BEGIN", .session, took: 0.246, transaction: .rolledBack)
    ci.act(
      Self.at(102.899), "ALTER TABLE", "ALTER TABLE customers ADD COLUMN card_pan varchar(16) NOT NULL", .schema,
      [Resource("alter", "table", "customers"), Resource("add", "column", "customers.card_pan")], took: 0.612,
      status: .error, code: "23502",
      message: "ERROR: column \"card_pan\" of relation \"customers\" contains null values",
      transaction: .rolledBack)
    ci.act(
      Self.at(102.9), "SELECT", "SELECT 1", .read, took: 0.1, status: .error, code: "25P02",
      message: "ERROR: current transaction is aborted, commands ignored until end of transaction block",
      transaction: .rolledBack)
    ci.act(Self.at(102.901), "ROLLBACK", "ROLLBACK", .session, took: 0.123, transaction: .rolledBack)
    ci.act(Self.at(157.959), "BEGIN", "BEGIN", .session, took: 0.325)
    ci.act(
      Self.at(157.96), "ALTER TABLE",
      "ALTER TABLE customers\n  ADD COLUMN card_pan text,\n  ADD COLUMN card_expiry text",
      .schema,
      [
        Resource("alter", "table", "customers"), Resource("add", "column", "customers.card_pan"),
        Resource("add", "column", "customers.card_expiry"),
      ], took: 40.612)
    ci.act(Self.at(158.2), "COMMIT", "COMMIT", .session, took: 0.247)
    ci.act(
      Self.at(189.07), "UPDATE",
      "UPDATE customers SET card_pan = '4111111111111111', card_expiry = '12/29' WHERE id <= 50",
      .write, [Resource("write", "table", "customers"), Resource("write", "column", "customers.card_pan")],
      took: 5812.4,
      rows: 50)
    ci.act(
      Self.at(208.5), "UPDATE", "UPDATE customers SET city = upper(city)", .write,
      [Resource("write", "table", "customers")], rows: 200, isUnfiltered: true)
    ci.act(
      Self.at(264.5), "GRANT", "GRANT SELECT ON customers TO reporting", .privilege,
      [Resource("grant", "table", "customers"), Resource("alter", "role", "reporting")], took: 0.74)
    ci.act(
      Self.at(280.1), "DROP TABLE", "DROP TABLE IF EXISTS schema_lock", .schema,
      [Resource("drop", "table", "schema_lock")],
      message: "NOTICE: table \"schema_lock\" does not exist, skipping")
    ci.act(
      Self.at(281), "SELECT", "SELECT * FROM vault", .read, [Resource("read", "table", "vault")], status: .error,
      code: "42P01",
      message: "ERROR: relation \"vault\" does not exist; detail: It is not here.; hint: Perhaps you meant \"vaults\".")
    ci.act(
      Self.at(283), "COPY", "COPY customers (id, name, email) FROM STDIN", .write,
      [Resource("write", "table", "customers")], kind: "copy", rows: 3,
      request: .text("901\tAda\tada@example.com\n902\tGrace\t\\N\n903\tLinus\\tT\tl@example.com\n"))
  }

  private func checkout() {
    var shop = SessionScript(
      story,
      session(
        Self.application, user: "shop", application: "shop-checkout", client: "10.20.1.12:42470", from: 3, until: 590))
    shop.act(Self.at(3.1), "LOGIN", "login as shop by scram-sha-256", .session, kind: "login")
    for order in 0..<40 {
      let at = 10 + Double(order) * 12.5
      shop.act(
        Self.at(at), "INSERT", "INSERT INTO orders (customer_id, total) VALUES ($1, $2) RETURNING id", .write,
        [Resource("write", "table", "orders")], took: 0.8, rows: 1, parameters: "[\"\(order * 7)\",\"\(order).90\"]",
        response: .rows([("id", "int4")], [["\(1000 + order)"]]))
    }
    shop.act(
      Self.at(520), "SELECT", "SELECT * FROM orders", .read, [Resource("read", "table", "orders")], took: nil,
      status: .incomplete, message: "gap of 1448 bytes in the response", transaction: nil)
    story.storedGaps.append(
      StoredGap(
        sessionID: Self.application, direction: .fromServer, at: Self.at(520.4), until: Self.at(554.4), byteCount: 1448,
        reason: .notCaptured))
    shop.act(
      Self.at(555), "SELECT", "SELECT id, total FROM orders ORDER BY id", .read, [Resource("read", "table", "orders")],
      rows: 5000,
      response: .rows(
        [("id", "int4"), ("total", "numeric")], (0..<40).map { ["\(1000 + $0)", "\($0).90"] }))
    story.storedAnomalies.append(
      StoredAnomaly(
        id: "ano-1", sourceID: sourceID, sessionID: Self.application, packet: 1412, offset: nil,
        code: "tcp-overlap-conflict", detail: "two packets bring different bytes for the same place", time: Self.at(402)
      ))
  }

  private func tunnel() {
    var session = session(
      Self.encrypted, user: nil, application: nil, client: "10.20.3.31:37152", from: 295, until: 317)
    session.protocolName = "tls"
    session.isEncrypted = true
    session.isComplete = false
    session.reason = "opaque: tls, 5292 bytes not looked into"
    story.add(session)
  }

  private func attack() {
    var session = session(
      Self.hostile, user: "dba\u{1b}[2J", application: "psql\u{202e}lqsp", client: "10.20.3.21:58586", from: 295.5,
      until: 310)
    session.isComplete = false
    session.reason = "the capture ended before the connection did"
    var dba = SessionScript(story, session)
    for (index, text) in Hostile.statements.enumerated() {
      dba.act(
        Self.at(296 + Double(index) / 10), "UPDATE", text, .write, [Resource("write", "table", text)],
        status: index % 2 == 0 ? .ok : .error, code: index % 2 == 0 ? nil : "42601",
        message: index % 2 == 0 ? nil : "ERROR: \(text)", rows: 4, parameters: "[\"\\u001b]0;x\\u0007\",null]",
        transaction: .undecided,
        response: index % 2 == 0 ? .rows([(text, "text")], [[text], [nil], ["日本語"], ["e\u{301}"]]) : nil)
    }
  }

  /// A verdict that decides each change of the case.
  public func verdict(
    overall: Verdict.Overall? = nil, incompleteness: [String] = ["1,448 bytes were not captured"],
    decide: (Action) -> Decision.Outcome = ContractorStory.usual
  ) -> Verdict {
    var decisions: [String: Decision] = [:]
    for action in story.storedActions where action.isChange {
      let outcome = decide(action)
      decisions[action.id] = Decision(
        actionID: action.id, outcome: outcome,
        rule: outcome == .allowed ? "application-writes" : action.effect.rawValue,
        reason: "\(action.effect.rawValue) changes: \(outcome.rawValue)")
    }
    let bad = story.storedActions.first { decisions[$0.id]?.outcome == .unapproved }
    let finding = bad.map {
      Finding(
        id: "fnd-1", rule: "schema", severity: .high, sessionID: $0.sessionID, actionID: $0.id,
        title: "A column for card numbers was added", detail: "Nobody approved it.", controls: ["CC8.1", "A.8.32"])
    }
    let isClean = decisions.values.allSatisfy(\.isAcceptable)
    return Verdict(
      overall: overall ?? (isClean ? .clean : .unapproved), policyName: "production.yaml",
      policySHA256: String(repeating: "ab", count: 32), decisions: decisions, findings: [finding].compactMap(\.self),
      incompleteness: incompleteness)
  }

  /// The application may write; one of the CI job's changes was approved, the rest was not.
  public static func usual(_ action: Action) -> Decision.Outcome {
    if action.sessionID == application { return .allowed }
    if action.verb == "GRANT" { return .approved }
    if action.isUnfiltered { return .denied }
    return action.verb == "COPY" ? .undecidable : .unapproved
  }
}
