import Bytes
import Model

/// `journalctl -o json`, an object a line (systemd, “Journal JSON Format”).
struct JournalJSONImporter: ServerLogImporter {
  static let name = "journal-json"

  private var records: ServerLogRecords
  private var teller = SystemLogTeller()
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

  private static func isEntry(_ node: JSONNode) -> Bool {
    node[member: "__REALTIME_TIMESTAMP"]?.isString == true && node[member: "MESSAGE"] != nil
      && (node[member: "__CURSOR"] ?? node[member: "_BOOT_ID"])?.isString == true
  }

  private mutating func read(into events: inout [ServerLogEvent]) {
    while let record = records.next(&damage, into: &events) {
      var fields = JournalFields()
      for member in record.value.members where JournalFields.names.contains(member.name) {
        // What is no text is a list of bytes; of a field that is there several times the first counts.
        let value =
          member.value.isArray && member.value.elements.first?.integer == nil
          ? member.value.elements.first ?? member.value : member.value
        fields.values[member.name] = value.string ?? Self.bytes(value)
      }
      guard let entry = fields.entry(record.origin, isCut: record.isCut) else {
        damage.note("the object is no entry of the journal", record.origin, into: &events)
        continue
      }
      teller.receive(entry, &damage, into: &events)
    }
  }

  private static func bytes(_ value: JSONNode) -> String? {
    guard value.isArray else { return nil }
    let bytes = value.elements.compactMap { $0.integer.flatMap { UInt8(exactly: $0) } }
    return String(decoding: bytes, as: UTF8.self)
  }
}
