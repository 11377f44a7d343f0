import Bytes
import Model

/// The `log.json` of sudo's I/O logs from version 1.9 on: what was run, by whom, and how it ended.
struct SudoLogImporter: ServerLogImporter {
  static let name = "sudo-io-log"
  /// Bytes of the file: the arguments of a program are bounded by the kernel.
  static let byteLimit = 16 << 20

  private let file: TranscriptFile
  private var bytes: [UInt8] = []
  private var isOverLimit = false

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard head.records.count == 1, let value = head.records.first else { return false }
    return value[member: "submituser"]?.isString == true
      && value[member: "timestamp"]?[member: "seconds"]?.integer != nil
      && value[member: "command"]?.isString == true
  }

  init(_ file: TranscriptFile, _ head: TranscriptHead) { self.file = file }

  mutating func receive(_ span: Span<UInt8>, into events: inout [ServerLogEvent]) {
    guard bytes.count + span.count <= Self.byteLimit else {
      isOverLimit = true
      return
    }
    bytes.append(contentsOf: span)
  }

  mutating func finish(into events: inout [ServerLogEvent]) {
    let origin = file.origin(record: 1, offset: 0)
    var damage = ServerLogDamage()
    guard !isOverLimit, let text = try? JSONText(bytes), let record = Self.record(text.value, origin) else {
      damage.note("the file is no log of sudo's", origin, into: &events)
      return
    }
    if text.isCut { damage.note("the file ends within its object", origin, into: &events) }
    var whole = record
    whole.isCut = text.isCut
    events.append(.record(whole))
  }

  private static func record(_ value: JSONValue, _ origin: Origin) -> ServerRecord? {
    guard let seconds = value[member: "timestamp"]?[member: "seconds"]?.integer,
      let command = value[member: "command"]?.string
    else { return nil }
    let fraction = value[member: "timestamp"]?[member: "nanoseconds"]?.integer ?? 0
    let (scaled, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (at, carried) = scaled.addingReportingOverflow(Int64(fraction))
    guard !overflow, !carried else { return nil }
    let arguments = value.list("runargv").compactMap(\.string)
    let text = arguments.isEmpty ? command : ([command] + arguments.dropFirst()).joined(separator: " ")
    var record = ServerRecord(
      .command, of: "sudo", at: Timestamp(nanoseconds: at), precision: 1, peer: .local, text: text, origin: origin)
    (record.user, record.target) = (value[member: "submituser"]?.text, value[member: "runuser"]?.text)
    record.server = value[member: "submithost"]?.text
    if let exit = value[member: "exit_value"]?.integer {
      record.code = String(exit)
      record.status = exit == 0 ? .ok : .error
    }
    let notes = [
      ("TTY", value[member: "ttyname"]),
      ("PWD", value[member: "runcwd"] ?? value[member: "cwd"] ?? value[member: "submitcwd"]),
      ("SIGNAL", value[member: "signal"]),
    ].compactMap { name, value in value?.text.map { "\(name)=\($0)" } }
    record.message = notes.isEmpty ? nil : notes.joined(separator: " ; ")
    return record
  }
}
