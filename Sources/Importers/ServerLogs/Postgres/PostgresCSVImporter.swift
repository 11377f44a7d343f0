import Bytes
import Model

/// PostgreSQL's csvlog (PostgreSQL documentation, “Using CSV-Format Log Output”), versions 12 to 17.
struct PostgresCSVImporter: ServerLogImporter {
  static let name = "postgres-csvlog"
  /// Columns: 23 up to version 12, `backend_type` in 13, `leader_pid` and `query_id` in 14.
  static let columnCounts = 23...26
  /// First lines of which one must begin as a record does.
  private static let headLineLimit = 64

  private var records: PostgresCSV
  private var teller = PostgresLogTeller()
  private var damage = ServerLogDamage()

  static func recognizes(_ head: TranscriptHead) -> Bool {
    let lines = head.bytes.withoutMark.split(separator: 0x0A, maxSplits: headLineLimit)
    return lines.prefix(headLineLimit).contains { begins(Array($0)) }
  }

  init(_ file: TranscriptFile, _ head: TranscriptHead) { records = PostgresCSV(file) { Self.begins($0) } }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ServerLogEvent]) {
    records.append(bytes)
    read(isOver: false, into: &events)
  }

  mutating func finish(into events: inout [ServerLogEvent]) {
    records.finish()
    read(isOver: true, into: &events)
    teller.finish(into: &events)
    damage.report(into: &events)
  }

  private mutating func read(isOver: Bool, into events: inout [ServerLogEvent]) {
    while let record = records.next(isOver: isOver, &damage, into: &events) {
      guard let entry = Self.entry(record) else {
        damage.note("the record has not the columns of PostgreSQL's log", record.origin, into: &events)
        continue
      }
      teller.receive(entry, &damage, into: &events)
    }
  }

  /// Whether a line begins a record: time, user, database, process, peer, session and number.
  private static func begins(_ line: [UInt8]) -> Bool {
    var cursor = LogCursor(line)
    guard LogTime(iso: &cursor, .named) != nil, cursor.skip(0x2C), skipField(&cursor), skipField(&cursor),
      cursor.number(1...10) != nil, cursor.skip(0x2C), skipField(&cursor),
      isSession(cursor.text(before: 0x2C)), cursor.number(1...19) != nil
    else { return false }
    return cursor.next == 0x2C
  }

  private static func skipField(_ cursor: inout LogCursor) -> Bool {
    // A log that a table's program wrote again has quotation marks only where they are needed.
    guard cursor.next == 0x22 else { return cursor.text(before: 0x2C).map { !$0.utf8.contains(0x22) } ?? false }
    let bytes = cursor.bytes
    repeat {
      guard let quote = bytes.span.firstIndex(of: 0x22, from: cursor.position + 1) else { return false }
      cursor.move(to: quote + 1)
    } while cursor.next == 0x22
    return cursor.skip(0x2C)
  }

  /// `6b02abe0.1548`
  static func isSession(_ text: String?) -> Bool {
    guard let text, text.utf8.count <= 34 else { return false }
    let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty && part.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
      }
  }

  private static func entry(_ record: PostgresCSV.Record) -> PostgresLogEntry? {
    let fields = record.fields
    guard columnCounts.contains(fields.count), let time = LogTime(iso: fields[0], .named), isSession(fields[5]) else {
      return nil
    }
    func known(_ index: Int) -> String? {
      index < fields.count && !fields[index].isEmpty ? fields[index] : nil
    }
    var entry = PostgresLogEntry(
      origin: record.origin, time: time, session: fields[5], severity: fields[11], message: fields[13])
    entry.peer = PostgresLogEntry.peer(fields[4])
    (entry.user, entry.database) = (PostgresLogEntry.known(known(1)), PostgresLogEntry.known(known(2)))
    (entry.commandTag, entry.code, entry.detail) = (known(7), known(12), known(14))
    (entry.context, entry.statement, entry.application) = (known(18), known(19), known(22))
    entry.backendType = known(23)
    return entry
  }
}
