import Bytes
import Model

/// A line of an access log in the common or combined format (nginx, `ngx_http_log_module`; Apache, `mod_log_config`):
/// `10.0.0.7 - alice [06/May/2026:07:08:09 +0000] "GET / HTTP/1.1" 200 612 "-" "curl/8"`, and what is added behind.
enum AccessLine {
  /// Values behind the known ones that are looked at.
  static let extraLimit = 64

  static func record(_ line: [UInt8]) -> HTTPRecord? {
    var cursor = LogCursor(line)
    guard var address = cursor.word(), cursor.skip(0x20), var identity = cursor.word(), cursor.skip(0x20) else {
      return nil
    }
    // With the virtual host first: `shop.internal:443 10.0.0.7 - alice [`
    var host: String?
    if isAddress(identity), identity != "-" {
      host = address
      address = identity
      guard let next = cursor.word(), cursor.skip(0x20) else { return nil }
      identity = next
    }
    guard isAddress(address) || host == nil, let user = user(&cursor) else { return nil }
    guard cursor.skip(0x5B), let time = LogTime(access: &cursor) ?? LogTime(iso: &cursor), cursor.skip("] "),
      let request = cursor.quoted(), cursor.skip(0x20), let status = cursor.number(3...3)
    else { return nil }
    if case .none = time.zone { return nil }
    var record = HTTPRecord(time: time, isEnd: true, requestLine: HTTPRecord.plain(request), status: status)
    record.peer = HTTPRecord.peer(address)
    record.user = HTTPRecord.known(user)
    record.host = host
    guard cursor.skip(0x20) else { return cursor.isAtEnd ? record : nil }
    if !cursor.skip(0x2D) {
      guard let count = cursor.number(1...18) else { return nil }
      record.byteCount = UInt64(count)
    }
    extras(&cursor, into: &record)
    return record
  }

  private static func isAddress(_ text: String) -> Bool {
    text.utf8.contains { $0 == 0x2E || $0 == 0x3A }
      && text.utf8.allSatisfy {
        (0x30...0x3A).contains($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) || $0 == 0x2E
          || $0 == 0x5B || $0 == 0x5D || $0 == 0x25
      }
  }

  /// The name may hold blanks: it ends before ` [`.
  private static func user(_ cursor: inout LogCursor) -> String? {
    let start = cursor.position
    let bytes = cursor.bytes
    var place = start
    while let bracket = bytes.span.firstIndex(of: 0x5B, from: place), bracket - start < 512 {
      if bracket > start, bytes[bracket - 1] == 0x20, let next = bytes[bracket...].dropFirst().first,
        (0x30...0x39).contains(next)
      {
        cursor.move(to: bracket)
        return String(decoding: bytes[start..<(bracket - 1)], as: UTF8.self)
      }
      place = bracket + 1
    }
    return nil
  }

  /// Referrer and user agent, then what a configuration adds: quoted, bare, or `name=value`.
  private static func extras(_ cursor: inout LogCursor, into record: inout HTTPRecord) {
    var quotedCount = 0
    for _ in 0..<extraLimit {
      cursor.skipBlanks()
      guard !cursor.isAtEnd else { return }
      if let quoted = cursor.quoted() {
        let value = HTTPRecord.known(HTTPRecord.plain(quoted))
        quotedCount += 1
        switch quotedCount {
        case 1: if let value { record.notes.append("referrer \(value)") }
        case 2: record.agent = value
        default: take("", value ?? "", into: &record)
        }
        continue
      }
      let name = cursor.text(limit: 64) { $0 != 0x20 && $0 != 0x3D && $0 != 0x22 }
      if cursor.skip(0x3D) {
        if let quoted = cursor.quoted() {
          take(name.lowercased(), HTTPRecord.plain(quoted), into: &record)
        } else {
          take(name.lowercased(), cursor.text { $0 != 0x20 }, into: &record)
        }
      } else if name.isEmpty {
        // A quotation that does not end.
        return
      } else {
        take("", name + cursor.text { $0 != 0x20 }, into: &record)
      }
    }
  }

  private static func take(_ name: String, _ text: String, into record: inout HTTPRecord) {
    guard let value = HTTPRecord.known(text) else { return }
    switch name {
    case "rt", "request_time", "reqtime":
      record.duration = HTTPRecord.seconds(value)
    case "host", "vhost", "server_name", "http_host": record.host = value
    case "request_id", "req_id", "rid", "id", "trace", "trace_id", "traceparent", "x_request_id":
      record.ids.append(value)
    case "port", "remote_port":
      if case .host(let host, _) = record.peer { record.peer = .host(host, port: UInt16(value)) }
    case "msec":
      var cursor = LogCursor(value)
      if let time = LogTime(epoch: &cursor), cursor.isAtEnd { record.time = time }
    case "xff", "x_forwarded_for", "forwarded", "forwardedfor": record.notes.append("forwarded for \(value)")
    case "upstream", "upstream_addr", "ua": record.notes.append("upstream \(value)")
    case "":
      let isDecimal = value.utf8.contains(0x2E) && value.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
      let isID = value.utf8.count == 32 && value.utf8.allSatisfy { HTTPRecord.digit($0) != nil }
      let isUUID = value.utf8.count == 36 && value.utf8.count(where: { $0 == 0x2D }) == 4
      if isID || isUUID {
        record.ids.append(value)
      } else if isDecimal, value.utf8.count(where: { $0 == 0x2E }) == 1, record.duration == nil {
        record.duration = HTTPRecord.seconds(value)
      } else if isAddress(String(value.prefix { $0 != "," })) {
        record.notes.append("forwarded for \(value)")
      }
    default: break
    }
  }
}
