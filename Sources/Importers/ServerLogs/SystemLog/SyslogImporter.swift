import Bytes
import Model

/// A file of syslog's, `auth.log` or `secure`, in which sshd, sudo or HAProxy speak.
struct SyslogImporter: ServerLogImporter {
  static let name = "syslog"

  private var lines: ServerLogLines
  private let modifiedAt: Timestamp?
  private var teller = SystemLogTeller()
  private var damage = ServerLogDamage()

  static func recognizes(_ head: TranscriptHead) -> Bool {
    let lines = head.bytes.withoutMark.split(separator: 0x0A, maxSplits: 512).prefix(512)
    var (count, speakers) = (0, 0)
    for line in lines {
      guard let entry = SystemLogEntry(Array(line), .unknown, latest: nil) else { continue }
      count += 1
      if SystemLogEntry.programs.contains(entry.tag) { speakers += 1 }
    }
    return speakers > 0 && count * 2 >= lines.count
  }

  init(_ file: TranscriptFile, _ head: TranscriptHead) {
    lines = ServerLogLines(file)
    modifiedAt = file.modifiedAt
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ServerLogEvent]) {
    lines.append(bytes)
    read(into: &events)
  }

  mutating func finish(into events: inout [ServerLogEvent]) {
    lines.finish()
    read(into: &events)
    teller.finish(into: &events)
    damage.report(into: &events)
  }

  private mutating func read(into events: inout [ServerLogEvent]) {
    while let line = lines.next(&damage, into: &events) {
      guard !line.bytes.isEmpty else { continue }
      guard let entry = SystemLogEntry(line.bytes, line.origin, latest: modifiedAt) else {
        damage.note("the line does not begin as one of syslog does", line.origin, into: &events)
        continue
      }
      if modifiedAt == nil, CivilTime(entry.time.at).year <= 1972 {
        let detail = "times have no year, and when the file was written is not known: 1970 stands for it"
        damage.tell("server-log-year", detail, line.origin, into: &events)
      }
      teller.receive(entry, &damage, into: &events)
    }
  }
}
