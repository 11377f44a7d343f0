import Bytes
import Model

/// A line of HAProxy's (configuration manual, “Log formats”): `option httplog`, `option httpslog`, `option tcplog`.
struct HAProxyLine: Sendable {
  private var kind: ServerRecord.Kind
  private var time: LogTime
  private var peer: ServerRecord.Peer
  private var target: String
  private var text = ""
  private var isCut = false
  private var status = 0
  private var byteCount: UInt64?
  private var duration: Int64?
  private var notes: [String] = []

  /// The message; the time of syslog's line tells the zone, which HAProxy leaves out.
  init?(_ start: LogCursor, _ outer: LogTime?) {
    var cursor = start
    guard let address = cursor.word(), address.utf8.contains(0x3A), cursor.skip(" ["),
      var time = LogTime(access: &cursor), time.precision == 1_000_000, cursor.skip("] "),
      let frontend = cursor.word(), cursor.skip(0x20), let backend = cursor.word(), backend.utf8.contains(0x2F),
      cursor.skip(0x20), let timers = cursor.word(), cursor.skip(0x20)
    else { return nil }
    if case .none = time.zone, case .offset(let offset)? = outer?.zone {
      time.at = time.at.adding(seconds: Int64(-offset))
      time.zone = .offset(offset)
    }
    let times = timers.split(separator: "/", omittingEmptySubsequences: false)
    guard times.count == 5 || times.count == 3 else { return nil }
    (self.time, kind) = (time, times.count == 5 ? .request : .connection)
    peer = HTTPRecord.peer(address)
    target = frontend
    notes = [backend]
    // `+` stands before the time of what was logged before its end.
    if let last = times.last, let milliseconds = Int64(last), milliseconds >= 0, milliseconds < 1 << 40 {
      duration = milliseconds * 1_000_000
    }
    if kind == .request {
      let isAborted = cursor.skip(0x2D)
      guard let status = cursor.number(1...3), cursor.skip(0x20) else { return nil }
      self.status = isAborted ? 0 : status
    }
    _ = cursor.skip(0x2B)
    guard let count = cursor.number(1...18), cursor.skip(0x20) else { return nil }
    byteCount = UInt64(count)
    if kind == .request {
      guard cursor.word() != nil, cursor.skip(0x20), cursor.word() != nil, cursor.skip(0x20) else { return nil }
    }
    guard let state = cursor.word(), state.utf8.count == (kind == .request ? 4 : 2), cursor.skip(0x20),
      let counts = cursor.word(), counts.utf8.count(where: { $0 == 0x2F }) == 4
    else { return nil }
    if state.contains(where: { $0 != "-" }) { notes.append("state \(state)") }
    if kind == .request { request(&cursor) }
  }

  /// The request stands in the first quotation marks behind the captured headers; a long one has no end.
  private mutating func request(_ cursor: inout LogCursor) {
    let bytes = cursor.bytes
    guard let quote = bytes.span.firstIndex(of: 0x22, from: cursor.position) else {
      isCut = true
      return
    }
    let end = bytes.span.firstIndex(of: 0x22, from: quote + 1)
    isCut = end == nil
    text = Self.plain(Array(bytes[(quote + 1)..<(end ?? bytes.count)]))
  }

  /// `#22` is a quotation mark; `#` itself is written so too.
  private static func plain(_ bytes: [UInt8]) -> String {
    guard bytes.contains(0x23) else { return String(decoding: bytes, as: UTF8.self) }
    var out: [UInt8] = []
    var position = 0
    while position < bytes.count {
      if bytes[position] == 0x23, position + 2 < bytes.count, let high = HTTPRecord.digit(bytes[position + 1]),
        let low = HTTPRecord.digit(bytes[position + 2])
      {
        out.append(high << 4 | low)
        position += 3
      } else {
        out.append(bytes[position])
        position += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  var zone: LogTime { time }

  func record(_ origin: Origin) -> ServerRecord {
    guard kind == .request else {
      var record = ServerRecord(
        .connection, of: "tcp", at: time.at, precision: time.precision, peer: peer, text: "", origin: origin)
      (record.duration, record.byteCount, record.target) = (duration, byteCount, target)
      record.message = notes.joined(separator: ", ")
      return record
    }
    var http = HTTPRecord(time: time, isEnd: false, requestLine: text, status: status)
    (http.peer, http.host, http.byteCount, http.duration, http.notes) = (peer, target, byteCount, duration, notes)
    var record = http.record(origin)
    record.isCut = isCut
    return record
  }
}
