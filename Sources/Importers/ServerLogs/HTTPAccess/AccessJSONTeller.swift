import Bytes
import Model

/// An access log in JSON, by the names that nginx's variables and Envoy's examples give its members.
struct AccessJSONTeller: JSONLogTeller {
  static let name = "access-json"
  static let listName = ""

  private static let times = [
    "time_iso8601", "start_time", "@timestamp", "timestamp", "time_local", "time", "ts", "msec", "date",
  ]
  private static let targets = [
    "request_uri", "uri", "x_envoy_original_path", "path", "url", "request_path", "http_path",
  ]
  private static let methods = ["request_method", "method", "http_method"]
  private static let statuses = ["status", "response_code", "status_code", "http_status"]
  private static let addresses = [
    "remote_addr", "downstream_remote_address", "client_ip", "clientip", "remote_ip", "client_address", "client_addr",
    "remote_address", "client", "downstream_remote_address_without_port",
  ]

  init() {}

  static func isEntry(_ value: JSONValue) -> Bool {
    guard value.isObject, status(value) != nil, request(value) != nil, time(value) != nil else { return false }
    return first(addresses, value) != nil
  }

  mutating func tell(
    _ value: JSONValue, _ origin: Origin, isCut: Bool, _ damage: inout ServerLogDamage,
    into events: inout [ServerLogEvent]
  ) {
    guard let status = Self.status(value), let request = Self.request(value), let (time, key) = Self.time(value) else {
      return
    }
    damage.noteZone(time, origin, into: &events)
    var http = HTTPRecord(time: time, isEnd: key != "start_time", requestLine: request, status: status)
    http.byteCount = Self.first(["body_bytes_sent", "bytes_sent", "response_size", "bytes", "size"], value).flatMap {
      UInt64($0)
    }
    http.peer = HTTPRecord.peer(Self.first(Self.addresses, value))
    if case .host(let host, nil) = http.peer, let port = Self.first(["remote_port", "client_port"], value) {
      http.peer = .host(host, port: UInt16(port))
    }
    http.user = Self.first(["remote_user", "user"], value)
    http.host = Self.first(["host", "http_host", "authority", "server_name", "vhost"], value)
    http.agent = Self.first(["http_user_agent", "user_agent", "agent"], value)
    // nginx's are seconds, Envoy's milliseconds.
    if let text = Self.first(["request_time"], value) {
      http.duration = HTTPRecord.seconds(text)
    } else if let text = Self.first(["duration", "duration_ms", "response_duration"], value), let count = Int64(text),
      count >= 0, count < 1 << 40
    {
      http.duration = count * 1_000_000
    }
    let ids = ["request_id", "x_request_id", "http_x_request_id", "trace_id", "traceparent", "http_traceparent"]
    for id in ids.compactMap({ Self.first([$0], value) }) where !http.ids.contains(id) { http.ids.append(id) }
    for (name, keys) in [
      ("referrer", ["http_referrer", "http_referer", "referer", "referrer"]),
      ("forwarded for", ["http_x_forwarded_for", "x_forwarded_for"]),
      ("upstream", ["upstream_addr", "upstream_host", "upstream"]), ("flags", ["response_flags"]),
    ] {
      if let text = Self.first(keys, value) { http.notes.append("\(name) \(text)") }
    }
    var record = http.record(origin)
    record.isCut = isCut
    events.append(.record(record))
  }

  // MARK: Members

  /// The first that is there and says something, whether its name is written with `_` or with `-`.
  private static func first(_ names: [String], _ value: JSONValue) -> String? {
    for name in names {
      let found = value[member: name] ?? value[member: String(name.map { $0 == "_" ? "-" : $0 })]
      if let text = HTTPRecord.known(found?.scalar) { return text }
    }
    return nil
  }

  private static func status(_ value: JSONValue) -> Int? {
    guard let text = first(statuses, value), let code = Int(text), code == 0 || (100...999).contains(code) else {
      return nil
    }
    return code
  }

  /// The request line, put together where its parts stand by themselves.
  private static func request(_ value: JSONValue) -> String? {
    if let line = value[member: "request"]?.text, line.lastRange(of: " HTTP/") != nil { return line }
    guard let method = first(methods, value), HTTPRecord.methods.contains(method), let target = first(targets, value)
    else { return nil }
    return "\(method) \(target) HTTP/1.1"
  }

  private static func time(_ value: JSONValue) -> (LogTime, String)? {
    for name in times {
      guard let text = value[member: name]?.scalar, text.utf8.count <= 64 else { continue }
      var cursor = LogCursor(text)
      if let time = LogTime(iso: &cursor) ?? LogTime(access: &cursor), cursor.isAtEnd { return (time, name) }
      if let written = WrittenTime(number: text) {
        let digits = text.split(separator: ".").last.map(\.utf8.count) ?? 0
        let precision: Int64 = text.contains(".") ? (digits >= 6 ? 1_000 : 1_000_000) : 1_000_000_000
        let isWhole = text.utf8.count > 11 && !text.contains(".")
        return (LogTime(at: written.at, precision: isWhole ? 1_000_000 : precision, zone: .offset(0)), name)
      }
    }
    return nil
  }
}
