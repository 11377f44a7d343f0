import Model

/// A line of Envoy's default access log (Envoy documentation, “Default Format String”), and Istio's, which adds to it:
/// `[2026-05-06T07:08:09.123Z] "GET / HTTP/2" 200 - 0 612 3 2 "10.0.0.7" "curl/8" "id" "shop.internal" "10.0.1.1:80"`
enum EnvoyLine {
  static func record(_ line: [UInt8]) -> HTTPRecord? {
    var cursor = LogCursor(line)
    guard cursor.skip(0x5B), let time = LogTime(iso: &cursor), cursor.skip("] "), let request = cursor.quoted(),
      cursor.skip(0x20), let status = cursor.number(1...3), cursor.skip(0x20), let flags = cursor.word()
    else { return nil }
    if case .none = time.zone { return nil }
    var record = HTTPRecord(
      time: time, isEnd: false, requestLine: String(decoding: request, as: UTF8.self), status: status)
    if let flags = HTTPRecord.known(flags) { record.notes.append("flags \(flags)") }
    // Istio: how it was answered, how the connection ended, and what the transport said.
    cursor.skipBlanks()
    if cursor.next.map({ !(0x30...0x39).contains($0) }) ?? false {
      _ = cursor.word()
      cursor.skipBlanks()
      _ = cursor.word()
      cursor.skipBlanks()
      _ = cursor.quoted()
      cursor.skipBlanks()
    }
    guard cursor.number(1...19) != nil, cursor.skip(0x20), let sent = cursor.number(1...18), cursor.skip(0x20),
      let milliseconds = cursor.number(1...12), cursor.skip(0x20), cursor.word() != nil
    else { return nil }
    record.byteCount = UInt64(sent)
    record.duration = Int64(milliseconds) * 1_000_000
    var values: [String?] = []
    while values.count < 5 {
      cursor.skipBlanks()
      guard let value = cursor.quoted() else { break }
      values.append(HTTPRecord.known(String(decoding: value, as: UTF8.self)))
    }
    guard values.count == 5 else { return nil }
    if let forwarded = values[0] { record.notes.append("forwarded for \(forwarded)") }
    (record.agent, record.host) = (values[1], values[3])
    if let id = values[2] { record.ids = [id] }
    if let upstream = values[4] { record.notes.append("upstream \(upstream)") }
    // Istio: cluster, local address upstream, local and remote address downstream, name of TLS, route.
    cursor.skipBlanks()
    let rest = cursor.rest.split(separator: " ")
    if rest.count >= 4 { record.peer = HTTPRecord.peer(String(rest[3])) }
    return record
  }
}
