import Bytes
import Foundation
import GRDB
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Values that rules mean, of a real server: none is in what the client gets, in the recording or in the log.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct MaskedSessionTests {
  static let policy = """
    version: 1
    rules: [{ id: all, when: {}, then: allow }]
    default: allow
    masking:
      - { id: numbers, columns: ["*.ssn"], action: hash }
      - { id: dates, columns: [staff.born], action: partial }
      - { id: money, types: [money], action: "null" }
      - { id: data, detect: [email, payment-card, ip-address], action: partial }
    """

  static let table = """
    CREATE TABLE staff (id int8 PRIMARY KEY, ssn text UNIQUE, email text NOT NULL DEFAULT 'kim.lee@shop.example',
      card int8, born date NOT NULL DEFAULT '1984-07-02', peer inet, note text, pay money, name text);
    INSERT INTO staff VALUES
      (1, '536-22-8711', 'rosa.diaz@shop.example', 4111111111111111, '1971-03-09', '203.0.113.77',
        E'card 5555555555554444,\\tand "mail"\\nto otto.weber@shop.example', 7331.25, 'Rosa Diaz'),
      (2, '536-22-8712', 'lin.chen@shop.example', 378282246310005, '1990-12-24', '2001:db8:4711:8::77',
        repeat('x', 70000) || ' mia.koch@shop.example', 9119.75, 'Lin Chen');
    CREATE VIEW shown AS SELECT id, email AS mail, ssn FROM staff;
    """

  /// Whatever of the table must be nowhere.
  static let values = [
    "536-22-8711", "536-22-8712", "rosa.diaz", "ROSA.DIAZ", "lin.chen", "LIN.CHEN", "kim.lee", "4111111111111111",
    "378282246310005", "1971-03-09", "1990-12-24", "203.0.113.77", "2001:db8:4711:8::77", "5555555555554444",
    "otto.weber", "mia.koch", "7331.25", "9119.75", "7,331.25", "9,119.75",
  ]

  /// Their forms in PostgreSQL's binary format, and as `repr` shows them.
  static func forms(_ value: String) -> [[UInt8]] {
    var forms = [Array(value.utf8), Array(Array(value.utf8).hex.utf8)]
    if let number = UInt64(value.replacing(",", with: "")), number > 1 << 32 {
      var writer = ByteWriter()
      writer.write(number)
      forms.append(writer.bytes)
    }
    return forms
  }

  static func check(_ bytes: [UInt8], _ place: String, _ values: [String] = values) {
    let data = Data(bytes)
    for value in values where forms(value).contains(where: { data.range(of: Data($0)) != nil }) {
      Issue.record("\(value) is in \(place)")
    }
  }

  static func everything(in folder: URL) -> [UInt8] {
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return names.flatMap { Array(FileManager.default.contents(atPath: folder.appending(path: $0).path) ?? Data()) }
  }

  private static let hasPython = FileManager.default.isExecutableFile(atPath: RunningGateway.python)

  @Test(.enabled(if: hasPython, "scripts/setup.sh --tests sets psycopg up"), arguments: ["batched", "strict"])
  func `a client of both formats sees none of them, nor does the recording, and the case counts them`(
    durability: String
  ) throws {
    let server = try ScratchPostgres()
    _ = try server.query(Self.table)
    let gateway = try RunningGateway(server, policy: Self.policy, durability: durability)
    let script = Checkout.root.appending(path: "Tests/Live/masked_client.py").path
    let clear = try ScratchPostgres.run(
      "/usr/bin/timeout", ["120", RunningGateway.python, script],
      environment: RunningGateway.environment(direct: server))
    #expect(clear.status == 0, "\(clear.errors)")
    // The search finds what there is.
    for value in ["536-22-8711", "rosa.diaz", "4111111111111111", "otto.weber", "7,331.25"] {
      #expect(clear.text.contains(value), "\(value)")
    }
    let output = try ScratchPostgres.run(
      "/usr/bin/timeout", ["120", RunningGateway.python, script], environment: gateway.environment)
    #expect(output.status == 0, "\(output.errors)")
    Self.check(Array(output.text.utf8), "the client's output")
    try gateway.stop()
    Self.check(Array(gateway.log.all.utf8), "the log")
    Self.check(Self.everything(in: gateway.folder), "the gateway's folder")
    if let path = ProcessInfo.processInfo.environment["EXHIBIT_SHOW"] {
      try output.text.write(toFile: path, atomically: true, encoding: .utf8)
      try clear.text.write(toFile: path + ".clear", atomically: true, encoding: .utf8)
    }
    try Self.checkCase(gateway)
  }

  @Test func `what no rule means is what it is without a gateway`() throws {
    let server = try ScratchPostgres()
    _ = try server.query(Self.table)
    let gateway = try RunningGateway(server, policy: Self.policy)
    let script = """
      \\d
      \\d pg_class
      \\d+ shown
      \\l
      \\dn+
      \\dt+
      \\df pg_catalog.lower
      \\dx
      \\du
      \\dp
      SELECT count(*), sum(id), min(length(note)) FROM staff;
      EXPLAIN SELECT ssn FROM staff;
      SELECT g, g % 7, md5(g::text) FROM generate_series(1, 500) AS s (g);
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT i, repeat('x', i) FROM n;
      SELECT now() < 'infinity', 1.5::numeric, '{1,2}'::int[], ROW(1, 'a'), 'b'::bytea, NULL, '';
      COPY (SELECT g, 'row ' || g FROM generate_series(1, 300) g) TO STDOUT;
      CREATE TABLE plain (a int, b text); INSERT INTO plain SELECT g, 'note ' || g FROM generate_series(1, 300) g;
      COPY plain TO STDOUT; COPY plain TO STDOUT (FORMAT csv, HEADER);
      SELECT * FROM plain; DROP TABLE plain;
      SELECT 1/0;
      SHOW server_version;
      SELECT pg_size_pretty(pg_relation_size('staff')) > '';

      """
    let path = server.folder.appending(path: "all.sql")
    try script.write(to: path, atomically: true, encoding: .utf8)
    let direct = try RunningGateway.client(
      "psql", ["-X", "-f", path.path], RunningGateway.environment(direct: server))
    let policy = Self.policy.split(separator: "\n").filter { !$0.contains("types:") }.joined(separator: "\n")
    try gateway.reload(policy: policy)
    let through = try RunningGateway.client("psql", ["-X", "-f", path.path], gateway.environment)
    #expect(direct.text.count > 10_000)
    #expect(through.errors == direct.errors)
    let (seen, told) = (through.text.split(separator: "\n"), direct.text.split(separator: "\n"))
    let other = zip(seen, told).first { $0 != $1 }
    #expect(through.text == direct.text, "\(String(describing: other))")
    try gateway.stop()
  }

  @Test func `another policy masks in sessions that are under way`() throws {
    let server = try ScratchPostgres()
    _ = try server.query(Self.table)
    let gateway = try RunningGateway(server)
    let client = try RawClient(port: gateway.port, token: gateway.token)
    /// A session is told of another policy between two requests.
    func shows(_ row: String) throws -> Bool {
      for _ in 0..<50 {
        client.query("SELECT email FROM staff WHERE id = 1")
        if try client.answers().contains("D " + row) { return true }
      }
      return false
    }
    #expect(try shows("rosa.diaz@shop.example"))
    try gateway.reload(policy: Self.policy)
    #expect(try shows("r***@shop.example"))
    try gateway.reload(policy: RunningGateway.open)
    #expect(try shows("rosa.diaz@shop.example"))
    // The key of hashes outlives the process, and nobody else can read it.
    let key = gateway.folder.appending(path: "state/masking.key").path
    let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? NSNumber
    #expect(mode?.intValue == 0o600)
    try gateway.stop()
  }

  /// What `exhibit ingest` makes of the recording.
  static func checkCase(_ gateway: RunningGateway) throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "case.exhibit").path
      let found = try IngestTests().ingest([gateway.folder.appending(path: "recording").path], path)
      #expect(try found.anomalies().isEmpty)
      let queue = try DatabaseQueue(path: path)
      let rows = try queue.read { try Row.fetchAll($0, sql: "SELECT * FROM masks") }
      #expect(rows.count > 50)
      #expect(rows.allSatisfy { $0["inline"] == 1 && $0["action_id"] != nil })
      #expect(Set(rows.compactMap { $0["rule"] as String? }) == ["numbers", "dates", "money", "data", "unreadable"])
      let places = Set(rows.compactMap { $0["location"] as String? })
      for place in ["public.staff.ssn", "public.staff.email", "error", "notice", "notification", "public.shown.ssn"] {
        #expect(places.contains(place), "\(place)")
      }
      check(Array(FileManager.default.contents(atPath: path) ?? Data()), "the case")
    }
  }
}
