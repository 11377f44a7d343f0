import Bytes
import Model

/// PostgreSQL's jsonlog (PostgreSQL documentation, “Using JSON-Format Log Output”), version 15 and later.
struct PostgresJSONImporter: ServerLogImporter {
  static let name = "postgres-jsonlog"

  private var records: ServerLogRecords
  private var teller = PostgresLogTeller()
  private var damage = ServerLogDamage()

  static func recognizes(_ head: TranscriptHead) -> Bool { head.records.contains { isEntry($0) } }

  init(_ file: TranscriptFile, _ head: TranscriptHead) { records = ServerLogRecords(file) { Self.isEntry($0) } }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ServerLogEvent]) {
    records.append(bytes)
    read(into: &events)
  }

  mutating func finish(into events: inout [ServerLogEvent]) {
    records.finish()
    read(into: &events)
    teller.finish(into: &events)
    damage.report(into: &events)
  }

  private mutating func read(into events: inout [ServerLogEvent]) {
    while let record = records.next(&damage, into: &events) {
      guard let entry = Self.entry(record) else {
        damage.note("the object is no record of PostgreSQL's log", record.origin, into: &events)
        continue
      }
      teller.receive(entry, &damage, into: &events)
    }
  }

  private static func isEntry(_ node: JSONNode) -> Bool {
    guard node[member: "error_severity"]?.isString == true, node[member: "pid"]?.integer != nil,
      PostgresCSVImporter.isSession(node[member: "session_id"]?.string), let time = node[member: "timestamp"]?.string
    else { return false }
    return LogTime(iso: time, .named) != nil
  }

  private static func entry(_ record: TranscriptLines.Record) -> PostgresLogEntry? {
    let value = record.value
    guard isEntry(value), let time = LogTime(iso: value[member: "timestamp"]?.string ?? "", .named) else { return nil }
    var entry = PostgresLogEntry(
      origin: record.origin, time: time, session: value[member: "session_id"]?.string ?? "",
      severity: value[member: "error_severity"]?.string ?? "", message: value[member: "message"]?.string ?? "")
    if let host = value[member: "remote_host"]?.text {
      let port = value[member: "remote_port"]?.integer.flatMap { UInt16(exactly: $0) }
      entry.peer = host == "[local]" ? .local : .host(host, port: port)
    }
    entry.user = PostgresLogEntry.known(value[member: "user"]?.string)
    entry.database = PostgresLogEntry.known(value[member: "dbname"]?.string)
    entry.application = value[member: "application_name"]?.text
    (entry.code, entry.detail) = (value[member: "state_code"]?.text, value[member: "detail"]?.string)
    (entry.context, entry.statement) = (value[member: "context"]?.string, value[member: "statement"]?.string)
    (entry.commandTag, entry.backendType) = (value[member: "ps"]?.text, value[member: "backend_type"]?.text)
    entry.isCut = record.isCut
    return entry
  }
}
