import Bytes
import Model

/// One message of a system's log: of syslog or of the journal.
struct SystemLogEntry: Sendable {
  var origin: Origin
  var time: LogTime
  var host: String?
  /// The program's name: `sshd`, `sudo`, `haproxy`.
  var tag: String
  var process: String?
  var message: String
  /// The file ended within it.
  var isCut = false

  /// What names the process that wrote it.
  var key: String { [host, process].compactMap { $0 }.joined(separator: "/") }

  static let programs: Set<String> = ["sshd", "sshd-session", "sshd-auth", "sudo", "haproxy"]

  /// A line of syslog as files have it: RFC 3164 §4.1 (`Jan  2 03:04:05 host sshd[7]: …`), the same with a time of RFC 3339,
  /// or RFC 5424 §6 (`<86>1 2026-01-02T03:04:05Z host sshd 7 - - …`); nil for others.
  ///
  /// A time of RFC 3164 has no year: it is the latest in which the time is not after `latest`, and 1970 without that.
  init?(_ line: [UInt8], _ origin: Origin, latest: Timestamp?) {
    var cursor = LogCursor(line)
    if cursor.skip(0x3C) { guard cursor.number(1...3) != nil, cursor.skip(0x3E) else { return nil } }
    if cursor.starts(with: "1 "), (cursor.peek(2).map { (0x30...0x39).contains($0) } ?? false) {
      _ = cursor.skip("1 ")
      guard let time = LogTime(iso: &cursor), cursor.skip(0x20), let host = cursor.word(), cursor.skip(0x20),
        let tag = cursor.word(), cursor.skip(0x20), let process = cursor.word(), cursor.skip(0x20),
        cursor.word() != nil, cursor.skip(0x20), Self.skipData(&cursor)
      else { return nil }
      _ = cursor.skip(0x20)
      _ = cursor.skip("\u{FEFF}")
      self.init(
        origin: origin, time: time, host: host == "-" ? nil : host, tag: tag, process: process == "-" ? nil : process,
        message: cursor.rest)
      return
    }
    guard let time = LogTime(iso: &cursor) ?? LogTime(yearless: &cursor, latest: latest), cursor.skip(0x20),
      let host = cursor.word(), cursor.skip(0x20)
    else { return nil }
    let tag = cursor.text(limit: 128) { $0 > 0x20 && $0 != 0x5B && $0 != 0x3A }
    var process: String?
    if cursor.skip(0x5B) {
      process = cursor.text(limit: 20) { (0x30...0x39).contains($0) }
      guard cursor.skip(0x5D) else { return nil }
    }
    guard !tag.isEmpty, cursor.skip(0x3A) else { return nil }
    _ = cursor.skip(0x20)
    self.init(origin: origin, time: time, host: host, tag: tag, process: process, message: cursor.rest)
  }

  init(
    origin: Origin, time: LogTime, host: String?, tag: String, process: String?, message: String, isCut: Bool = false
  ) {
    (self.origin, self.time, self.host, self.process) = (origin, time, host, process)
    // systemd and HAProxy may give a path.
    self.tag = tag.split(separator: "/").last.map(String.init) ?? tag
    (self.message, self.isCut) = (message, isCut)
  }

  /// `-` or `[id name="value" …]…` (RFC 5424 §6.3).
  private static func skipData(_ cursor: inout LogCursor) -> Bool {
    if cursor.skip(0x2D) { return true }
    while cursor.skip(0x5B) {
      while let byte = cursor.next, byte != 0x5D {
        if byte == 0x22 {
          guard cursor.quoted() != nil else { return false }
        } else {
          cursor.move(to: cursor.position + 1)
        }
      }
      guard cursor.skip(0x5D) else { return false }
    }
    return true
  }
}

extension LogTime {
  /// `Jan  2 03:04:05` of RFC 3164, held as if it were UTC; nothing is taken when it is none.
  init?(yearless cursor: inout LogCursor, latest: Timestamp?) {
    var copy = cursor
    guard let month = Self.month(&copy), copy.skip(0x20) else { return nil }
    copy.skipBlanks()
    guard let day = copy.number(1...2), copy.skip(0x20), let hour = copy.number(2...2), copy.skip(0x3A),
      let minute = copy.number(2...2), copy.skip(0x3A), let second = copy.number(2...2)
    else { return nil }
    func at(_ year: Int) -> Timestamp? {
      LogTime.instant(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }
    // A log that is written in a zone east of Greenwich seems to be ahead; the 29th of February is not in every year.
    let bound = latest.map { $0.adding(seconds: 86_400) }
    let newest = bound.map { CivilTime($0).year } ?? 1970
    let years = (0..<9).map { newest - $0 }
    let past = years.lazy.compactMap(at).first { time in bound.map { time <= $0 } ?? true }
    guard let found = past ?? at(1972) else { return nil }
    self.init(at: found, precision: 1_000_000_000, zone: .none)
    cursor = copy
  }

  init(at: Timestamp, precision: Int64, zone: Zone) { (self.at, self.precision, self.zone) = (at, precision, zone) }
}
