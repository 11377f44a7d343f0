import Bytes
import Model

/// What sshd writes itself with `-E file` or `-e`: its messages without a time, a host or a process.
struct SSHDFileImporter: ServerLogImporter {
  static let name = "sshd"

  private var lines: ServerLogLines
  private let time: LogTime
  private var teller = SSHDTeller()
  private var damage = ServerLogDamage()

  static func recognizes(_ head: TranscriptHead) -> Bool {
    let lines = head.bytes.withoutMark.split(separator: 0x0A, maxSplits: 128).prefix(128)
    var telling = 0
    for line in lines {
      let text = String(decoding: line.prefix(512), as: UTF8.self)
      let isListening = text.hasPrefix("Server listening on ") && text.rest(behind: " port ")?.hasSuffix(".") == true
      let isConnection = text.hasPrefix("Connection from ") && text.rest(behind: " port ")?.rest(behind: " on ") != nil
      let isLogin = text.hasPrefix("Accepted ") && text.rest(behind: " for ")?.rest(behind: " ssh2") != nil
      if isListening || isConnection || isLogin { telling += 1 }
    }
    return telling > 0 && (lines.first.map { $0.starts(with: "Server listening on ".utf8) } == true || telling > 1)
  }

  init(_ file: TranscriptFile, _ head: TranscriptHead) {
    lines = ServerLogLines(file)
    time = LogTime(at: file.modifiedAt ?? .epoch, precision: Int64.max, zone: .offset(0))
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
      damage.tell(
        "server-log-time-missing", "lines have no time: when the file was written stands for it", line.origin,
        into: &events)
      let entry = SystemLogEntry(
        origin: line.origin, time: time, host: nil, tag: "sshd", process: nil,
        message: String(decoding: line.bytes, as: UTF8.self))
      teller.receive(entry, into: &events)
    }
  }
}
