import Model

/// What a line of an access log tells of a request, whatever its format.
struct HTTPRecord: Sendable {
  /// Bytes of a name, an id or an address that are kept.
  static let nameLimit = 8_192

  static let methods: Set<String> = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL",
    "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "MKACTIVITY", "CHECKOUT", "MERGE", "PURGE", "QUERY", "LIST",
  ]

  var time: LogTime
  var isEnd: Bool
  /// `GET /a HTTP/1.1`, as the client sent it.
  var requestLine: String
  var status: Int
  var byteCount: UInt64?
  var duration: Int64?
  var peer = ServerRecord.Peer.unknown
  var user: String?
  var host: String?
  var agent: String?
  var ids: [String] = []
  var notes: [String] = []

  func record(_ origin: Origin) -> ServerRecord {
    var record = ServerRecord(
      .request, of: "http", at: time.at, precision: time.precision, peer: peer, text: Self.text(requestLine),
      status: Self.status(status), origin: origin)
    (record.isEnd, record.duration, record.byteCount) = (isEnd, duration, byteCount)
    (record.user, record.target, record.application) = (user, host, agent)
    record.code = status > 0 ? String(status) : nil
    record.nativeIDs = ids
    record.message = notes.isEmpty ? nil : notes.joined(separator: ", ")
    return record
  }

  /// Method and target of a request line; one that is none stays as it is.
  private static func text(_ line: String) -> String {
    guard let mark = line.lastRange(of: " HTTP/"), !line[..<mark.lowerBound].isEmpty else { return line }
    return String(line[..<mark.lowerBound])
  }

  static func status(_ code: Int) -> Action.Status {
    switch code {
    case 401, 403: .denied
    case 100..<400: .ok
    case 400...: .error
    // HAProxy: the request was never answered.
    default: .incomplete
    }
  }

  /// A value that says something: `-` and nothing stand for none.
  static func known(_ text: String?) -> String? {
    text.flatMap { $0.isEmpty || $0 == "-" ? nil : $0.cut(to: nameLimit) }
  }

  /// `10.0.0.7`, `10.0.0.7:40022`, `[2001:db8::1]:40022`, `unix:`
  static func peer(_ text: String?) -> ServerRecord.Peer {
    guard let text = known(text) else { return .unknown }
    if text.hasPrefix("unix:") || text == "@" { return .local }
    if text.hasPrefix("[") {
      let parts = text.dropFirst().split(separator: "]", maxSplits: 1, omittingEmptySubsequences: false)
      let port = parts.count == 2 ? UInt16(parts[1].dropFirst()) : nil
      return .host(String(parts.first ?? ""), port: port)
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 2, let port = UInt16(parts[1]) { return .host(String(parts[0]), port: port) }
    return .host(text, port: nil)
  }

  /// Seconds with a fraction, as nanoseconds.
  static func seconds(_ text: String) -> Int64? {
    guard let value = Double(text), value >= 0, value < 1e9 else { return nil }
    return Int64((value * 1e9).rounded())
  }

  /// Undoes `\x22`, and what Apache writes as in C.
  static func plain(_ bytes: [UInt8]) -> String {
    guard bytes.contains(0x5C) else { return String(decoding: bytes, as: UTF8.self) }
    var out: [UInt8] = []
    var position = 0
    while position < bytes.count {
      guard bytes[position] == 0x5C, position + 1 < bytes.count else {
        out.append(bytes[position])
        position += 1
        continue
      }
      let next = bytes[position + 1]
      if next == 0x78, position + 3 < bytes.count, let high = digit(bytes[position + 2]),
        let low = digit(bytes[position + 3])
      {
        out.append(high << 4 | low)
        position += 4
        continue
      }
      switch next {
      case 0x6E: out.append(0x0A)
      case 0x72: out.append(0x0D)
      case 0x74: out.append(0x09)
      case 0x22, 0x5C: out.append(next)
      default: out += [0x5C, next]
      }
      position += 2
    }
    return String(decoding: out, as: UTF8.self)
  }

  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
