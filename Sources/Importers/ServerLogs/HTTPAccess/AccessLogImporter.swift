import Bytes
import Model

/// The lines of one kind of access log as text.
protocol AccessLogKind: Sendable {
  static var name: String { get }
  static func record(_ line: [UInt8], _ origin: Origin) -> (record: ServerRecord, time: LogTime)?
}

/// nginx, Apache and others that write the common or the combined format.
enum CombinedAccessLog: AccessLogKind {
  static let name = "nginx"
  static func record(_ line: [UInt8], _ origin: Origin) -> (record: ServerRecord, time: LogTime)? {
    AccessLine.record(line).map { ($0.record(origin), $0.time) }
  }
}

enum EnvoyAccessLog: AccessLogKind {
  static let name = "envoy"
  static func record(_ line: [UInt8], _ origin: Origin) -> (record: ServerRecord, time: LogTime)? {
    EnvoyLine.record(line).map { ($0.record(origin), $0.time) }
  }
}

/// HAProxy's lines without syslog's beginning.
enum HAProxyAccessLog: AccessLogKind {
  static let name = "haproxy"
  static func record(_ line: [UInt8], _ origin: Origin) -> (record: ServerRecord, time: LogTime)? {
    HAProxyLine(LogCursor(line), nil).map { ($0.record(origin), $0.zone) }
  }
}

/// Reads an access log line by line.
struct AccessLogImporter<Kind: AccessLogKind>: ServerLogImporter {
  static var name: String { Kind.name }
  /// First lines that tell the format.
  private static var headLineLimit: Int { 128 }

  private var lines: ServerLogLines
  private var damage = ServerLogDamage()

  static func recognizes(_ head: TranscriptHead) -> Bool {
    var lines = head.bytes.withoutMark.split(separator: 0x0A, maxSplits: headLineLimit).prefix(headLineLimit)
    // The last may be cut.
    if lines.count > 1 { lines = lines.dropLast() }
    let count = lines.count { Kind.record($0.last == 0x0D ? Array($0.dropLast()) : Array($0), .unknown) != nil }
    return count > 0 && count * 2 > lines.count
  }

  init(_ file: TranscriptFile, _ head: TranscriptHead) { lines = ServerLogLines(file) }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ServerLogEvent]) {
    lines.append(bytes)
    read(into: &events)
  }

  mutating func finish(into events: inout [ServerLogEvent]) {
    lines.finish()
    read(into: &events)
    damage.report(into: &events)
  }

  private mutating func read(into events: inout [ServerLogEvent]) {
    while let line = lines.next(&damage, into: &events) {
      guard !line.bytes.isEmpty else { continue }
      guard let found = Kind.record(line.bytes, line.origin) else {
        damage.note("the line is none of this access log", line.origin, into: &events)
        continue
      }
      damage.noteZone(found.time, line.origin, into: &events)
      events.append(.record(found.record))
    }
  }
}
