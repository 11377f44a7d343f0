import Bytes
import Model
import TestKit

/// A contractor's CI job ran migrations that nobody reviewed, beside the traffic of an application.
struct DemoCase {
  let reading = MemoryCase("shop-2026-11-20")
  private let source: String
  private static let noon = Int64(1_795_140_843_000_000_000)  // 2026-11-20T02:14:03Z
  private var random: UInt64 = 42

  static func at(_ seconds: Double) -> Timestamp {
    Timestamp(nanoseconds: noon + Int64(seconds * 1_000_000) * 1000)
  }

  init() {
    source = reading.addSource("captures/db1-2026-11-20.pcapng", packets: 48_210, from: Self.at(0), until: Self.at(598))
    reading.addSource("evidence.tar.gz!day1/db1-mirror.pcap", packets: 12_004, from: Self.at(2), until: Self.at(590))
    reading.storedSources[1].isComplete = false
    reading.storedSources[1].note = "the last packet is cut after 54 of 1,514 bytes"
    migration()
    pool()
    tunnel()
    reading.settle()
    reading.storedAnomalies = [
      StoredAnomaly(
        id: "an-1", sourceID: source, sessionID: "pg-pool2", packet: 40_122, offset: nil, code: "tcp-overlap-conflict",
        detail: "two packets bring different bytes for the same place: 9f3c2e10 and b19e77a2", time: Self.at(402)),
      StoredAnomaly(
        id: "an-2", sourceID: source, sessionID: nil, packet: 48_209, offset: nil, code: "packet-truncated",
        detail: "the packet is cut after 54 of 1,514 bytes", time: Self.at(597)),
    ]
  }

  var verdict: Verdict {
    let card = reading.storedActions.first { $0.text.contains("ADD COLUMN card_pan") }
    let finding = card.map {
      Finding(
        id: "f-1", rule: "card-data", severity: .critical, sessionID: $0.sessionID, actionID: $0.id,
        title: "A column for payment card numbers was added to customers",
        detail: "Names like card_pan hold primary account numbers, which must not be stored unprotected.",
        controls: ["PCI 3.5.1", "CC8.1", "A.8.32"])
    }
    return ReportsTests.verdict(
      reading,
      incompleteness: [
        "1,247,104 bytes of session pg-pool2 were not captured", "session tls-1 is encrypted and no key is at hand",
      ], findings: [finding].compactMap(\.self)
    ) { action in
      if action.sessionID.hasPrefix("pg-pool") { return .allowed }
      if action.text.contains("CREATE INDEX") { return .approved }
      if action.text.contains("DO $$") { return .undecidable }
      return action.text.contains("DROP TABLE") ? .denied : .unapproved
    }
  }

  private func session(
    _ id: String, _ protocolName: String = "postgres", user: String?, application: String?, client: String,
    from: Double, until: Double, parent: String? = nil
  ) {
    reading.storedSessions.append(
      Session(
        id: id, parentID: parent, protocolName: protocolName, client: client, server: "10.2.0.5:5432", user: user,
        target: user == nil ? nil : "shop", application: application, startedAt: Self.at(from), endedAt: Self.at(until),
        bytesIn: UInt64((until - from) * 812), bytesOut: UInt64((until - from) * 9120), sourceID: source))
  }

  @discardableResult
  private func act(
    _ session: String, _ at: Double, _ verb: String, _ text: String, _ effect: Effect, _ resources: [Resource] = [],
    ms: Double = 3, status: Action.Status = .ok, code: String? = nil, message: String? = nil, rows: Int? = nil,
    columns: [String] = [], parameters: String? = nil, kind: String = "sql", transaction: Action.Transaction? = nil
  ) -> String {
    let sequence = reading.storedActions.count { $0.sessionID == session } + 1
    let id = "\(session).\(sequence)"
    reading.storedActions.append(
      Action(
        id: id, sessionID: session, sequence: sequence, startedAt: Self.at(at),
        firstResponseAt: Self.at(at + ms / 2000),
        endedAt: Self.at(at + ms / 1000), kind: kind, verb: verb, text: text, parameters: parameters,
        resources: resources, effect: effect, status: status, code: code, message: message, rowCount: rows,
        bytesIn: UInt64(text.utf8.count), bytesOut: 120, fingerprint: SHA256.digest(of: verb + text).hex,
        transaction: transaction, sourceID: source, packet: UInt64(at * 80) + 11, columns: columns))
    return id
  }

  private mutating func migration() {
    let s = "pg-mig1"
    session(s, user: "svc_migrate", application: "psql", client: "10.2.0.17:51044", from: 50, until: 420)
    act(s, 50.1, "LOGIN", "login as svc_migrate (scram-sha-256)", .session, kind: "login")
    act(
      s, 61, "SELECT", "SELECT version FROM schema_migrations ORDER BY version DESC LIMIT 1", .read,
      [Resource("read", "table", "schema_migrations")], rows: 1, columns: ["version"])
    act(s, 104.2, "BEGIN", "BEGIN", .session, transaction: .committed)
    act(
      s, 104.312, "ALTER TABLE", "ALTER TABLE customers ADD COLUMN card_pan text", .schema,
      [Resource("alter", "table", "public.customers"), Resource("add", "column", "public.customers.card_pan")],
      ms: 41, transaction: .committed)
    act(
      s, 104.401, "ALTER TABLE", "ALTER TABLE customers\n  ADD COLUMN card_expiry date,\n  ADD COLUMN card_name text",
      .schema,
      [
        Resource("alter", "table", "public.customers"), Resource("add", "column", "public.customers.card_expiry"),
        Resource("add", "column", "public.customers.card_name"),
      ], ms: 22, transaction: .committed)
    act(
      s, 118, "UPDATE",
      "UPDATE customers c SET card_pan = p.pan, card_expiry = p.expiry\n  FROM payments p WHERE p.customer_id = c.id",
      .write, [Resource("write", "table", "public.customers"), Resource("read", "table", "public.payments")], ms: 812,
      rows: 48_211, transaction: .committed)
    act(s, 119.2, "COMMIT", "COMMIT", .session, transaction: .committed)
    act(
      s, 240, "CREATE INDEX", "CREATE INDEX CONCURRENTLY customers_email_idx ON customers (lower(email))", .schema,
      [Resource("create", "index", "customers_email_idx"), Resource("alter", "table", "public.customers")], ms: 2210)
    act(s, 268, "BEGIN", "BEGIN", .session, transaction: .rolledBack)
    act(
      s, 268.1, "DROP TABLE", "DROP TABLE audit_log", .schema, [Resource("drop", "table", "audit_log")],
      transaction: .rolledBack)
    act(s, 271, "ROLLBACK", "ROLLBACK", .session, transaction: .rolledBack)
    act(
      s, 290, "ALTER TABLE", "ALTER TABLE orders ADD COLUMN card_token text REFERENCES vault(token)", .schema,
      [Resource("alter", "table", "orders"), Resource("add", "column", "orders.card_token")], status: .error,
      code: "42P01", message: "relation \"vault\" does not exist")
    act(s, 331, "DO", "DO $$ BEGIN PERFORM refresh_cards(); END $$", .unknown, ms: 90)
    act(
      s, 392.5, "GRANT", "GRANT SELECT ON customers TO reporting", .privilege,
      [Resource("grant", "table", "public.customers")])
    act(s, 419.9, "TERMINATE", "terminate", .session, kind: "session")
  }

  private mutating func next(_ below: Int) -> Int {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(random >> 33) % below
  }

  private mutating func pool() {
    for connection in 1...3 {
      let s = "pg-pool\(connection)"
      session(
        s, user: "app", application: "checkout", client: "10.2.0.2\(connection):40\(connection)22",
        from: Double(connection) * 2, until: 596)
      act(s, Double(connection) * 2 + 0.1, "LOGIN", "login as app (scram-sha-256)", .session, kind: "login")
      for step in 0..<90 {
        let at = 12 + Double(step) * 6.4 + Double(next(600)) / 100
        if connection == 2, at > 396, at < 432 { continue }
        let customer = next(48_000)
        if step % 19 == 7 {
          act(
            s, at, "INSERT", "INSERT INTO orders (customer_id, total) VALUES ($1, $2) RETURNING id", .write,
            [Resource("write", "table", "orders")], rows: 1, columns: ["id"],
            parameters: "[\"\(customer)\",\"\(next(400)).90\"]", transaction: .committed)
          continue
        }
        let id = act(
          s, at, "SELECT", "SELECT id, email, name FROM customers WHERE id = $1", .read,
          [Resource("read", "table", "public.customers")], ms: 0.4 + Double(next(30)) / 10, rows: 1,
          columns: ["id", "email", "name"], parameters: "[\"\(customer)\"]")
        if let place = reading.storedActions.firstIndex(where: { $0.id == id }) {
          reading.storedActions[place].hasResponsePayload = true
          reading.responses[id] = StoredPayload.rows(
            ["id", "email", "name"],
            [["\(customer)", "p\(customer)@example.com", customer % 7 == 0 ? nil : "Person \(customer)"]])
        }
      }
    }
    reading.storedGaps.append(
      StoredGap(
        sessionID: "pg-pool2", direction: .fromServer, at: Self.at(396), until: Self.at(430), byteCount: 1_247_104,
        reason: .notCaptured))
    if let place = reading.storedSessions.firstIndex(where: { $0.id == "pg-pool2" }) {
      reading.storedSessions[place].isComplete = false
      reading.storedSessions[place].reason = "gap of 1,247,104 bytes from the server"
    }
    act(
      "pg-pool2", 396, "SELECT", "SELECT * FROM orders WHERE placed > now() - interval '1 day'", .read,
      [Resource("read", "table", "orders")], status: .incomplete, message: "gap of 1,247,104 bytes in the response")
  }

  private mutating func tunnel() {
    session("tls-1", "tls", user: nil, application: nil, client: "10.2.0.40:33210", from: 150, until: 470)
    if let place = reading.storedSessions.firstIndex(where: { $0.id == "tls-1" }) {
      reading.storedSessions[place].isEncrypted = true
    }
    session(
      "pg-rep", user: "reporting", application: "metabase", client: "10.2.0.31:60112", from: 400, until: 560)
    session(
      "pg-rep-child", user: "reporting", application: "metabase worker", client: "10.2.0.31:60113", from: 430,
      until: 500,
      parent: "pg-rep")
    act(
      "pg-rep", 405, "SELECT", "SELECT count(*) FROM orders", .read, [Resource("read", "table", "orders")], rows: 1,
      columns: ["count"])
    let id = act(
      "pg-rep-child", 441, "SELECT", "SELECT id, email, card_pan FROM customers LIMIT 500", .read,
      [Resource("read", "table", "public.customers")], ms: 18, rows: 500, columns: ["id", "email", "card_pan"])
    if let place = reading.storedActions.firstIndex(where: { $0.id == id }) {
      reading.storedActions[place].hasResponsePayload = true
      reading.responses[id] = StoredPayload.rows(
        ["id", "email", "card_pan"], (1...500).map { ["\($0)", "p\($0)@example.com", "4111 •••• •••• 1111"] })
    }
  }
}
