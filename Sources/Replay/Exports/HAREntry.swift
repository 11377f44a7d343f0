import Bytes
import Model

/// One request with its response, as an entry of HAR 1.2.
struct HAREntry {
  private let action: Action
  private let head: CallHead
  private let session: Session
  private let sent: StoredPayload?
  private let received: StoredPayload?
  private let records: StoredPayload?

  init(_ action: Action, _ head: CallHead, _ session: Session, from reading: any CaseReading) throws {
    self.action = action
    self.head = head
    self.session = session
    sent = action.hasRequestPayload ? try reading.requestPayload(of: action.id) : nil
    received = action.hasResponsePayload ? try reading.responsePayload(of: action.id) : nil
    records = action.hasRecords ? try reading.records(of: action.id) : nil
  }

  func write(to json: inout JSONWriter) {
    let first = max(action.startedAt, action.firstResponseAt ?? action.endedAt ?? action.startedAt)
    let ended = max(first, action.endedAt ?? first)
    json.object { json in
      json.member("startedDateTime", action.startedAt.formatted(fractionDigits: 9))
      json.key("time")
      json.json(Self.milliseconds(ended.nanoseconds(since: action.startedAt)))
      json.key("request")
      request(&json)
      json.key("response")
      response(&json)
      json.key("cache")
      json.object { _ in }
      json.key("timings")
      json.object { json in
        json.member("send", 0)
        json.key("wait")
        json.json(Self.milliseconds(first.nanoseconds(since: action.startedAt)))
        json.key("receive")
        json.json(Self.milliseconds(ended.nanoseconds(since: first)))
      }
      json.member("connection", session.id)
      json.member("_action", action.id)
      json.member("_client", session.client)
      json.member("_effect", action.effect.rawValue)
      json.member("_resourceType", resourceType)
      json.member("_server", session.server)
      messages(&json)
    }
  }

  /// Milliseconds with all digits of the nanoseconds.
  static func milliseconds(_ nanoseconds: Int64) -> String {
    let nanoseconds = max(0, nanoseconds)
    let rest = nanoseconds % 1_000_000
    guard rest > 0 else { return "\(nanoseconds / 1_000_000)" }
    var digits = Figures.padded(rest, 6)
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(nanoseconds / 1_000_000).\(digits)"
  }

  // MARK: Request

  private var url: String {
    let url = head.url
    if url.contains("://") { return url }
    let scheme = head.scheme ?? (session.isEncrypted ? "https" : "http")
    if head.target.hasPrefix("/") || head.target == "*" || head.target.isEmpty {
      return "\(scheme)://\(head.authority ?? session.server)\(head.target == "*" ? "/*" : head.target)"
    }
    return "\(scheme)://\(head.target)"
  }

  private func request(_ json: inout JSONWriter) {
    json.object { json in
      json.member("method", head.method)
      json.member("url", url)
      json.member("httpVersion", "HTTP/\(head.version)")
      json.key("cookies")
      json.array { json in
        for field in head.requestFields.values("cookie") {
          for part in field.unicodeScalars.split(separator: ";") {
            Self.cookie(String(part), &json)
            json.endObject()
          }
        }
      }
      Self.fields("headers", head.requestFields, &json)
      json.key("queryString")
      json.array { json in
        for pair in FormText.pairs(head.query ?? "") { Self.pair(pair.name, pair.value ?? "", &json) }
      }
      if let sent, sent.layout != .records { postData(sent, &json) }
      json.member("headersSize", size("\(head.method) \(head.target) HTTP/\(head.version)", head.requestFields))
      json.member("bodySize", bodySize(sent, head.requestFields))
    }
  }

  private func postData(_ payload: StoredPayload, _ json: inout JSONWriter) {
    let type = head.requestFields["content-type"]
    json.key("postData")
    json.object { json in
      json.member("mimeType", type ?? "")
      let media = MediaType(type)
      if media.isForm {
        json.key("params")
        json.array { json in
          for pair in FormText.pairs(String(decoding: payload.bytes, as: UTF8.self)) {
            Self.pair(pair.name, pair.value ?? "", &json)
          }
        }
      } else if media.essence == "multipart/form-data",
        let parts = MultipartText.parts(of: payload.bytes, boundary: media["boundary"])
      {
        json.key("params")
        json.array { json in for part in parts { Self.parameter(part, &json) } }
      }
      Self.content(payload, &json)
      if let comment = Self.comment(payload, type) { json.member("comment", comment) }
    }
  }

  private static func parameter(_ part: MultipartText.Part, _ json: inout JSONWriter) {
    let line = part.head.split(separator: "\n").first { $0.lowercased().hasPrefix("content-disposition:") }
    let disposition = MediaType(line.map { String($0.dropFirst("content-disposition:".count)) })
    json.object { json in
      json.member("name", disposition["name"] ?? "")
      if let value = part.content.span.validString { json.member("value", value) }
      if let name = disposition["filename"] { json.member("fileName", name) }
      if let type = part.mediaType { json.member("contentType", type) }
    }
  }

  // MARK: Response

  private func response(_ json: inout JSONWriter) {
    json.object { json in
      // Browsers say 0 where there was no response.
      json.member("status", head.status ?? 0)
      json.member("statusText", head.reason)
      json.member("httpVersion", head.status == nil ? "" : "HTTP/\(head.version)")
      json.key("cookies")
      json.array { json in for field in head.responseFields.values("set-cookie") { Self.setCookie(field, &json) } }
      Self.fields("headers", head.responseFields + head.responseTrailers, &json)
      json.key("content")
      content(&json)
      json.member("redirectURL", head.responseFields["location"] ?? "")
      json.member(
        "headersSize",
        head.status == nil ? -1 : size("HTTP/\(head.version) \(head.status ?? 0) \(head.reason)", head.responseFields))
      json.member("bodySize", head.status == nil ? -1 : bodySize(received, head.responseFields))
      if action.status == .incomplete {
        json.member("comment", "not complete: \(action.message ?? "its outcome was not captured")")
      }
    }
  }

  private func content(_ json: inout JSONWriter) {
    let type = head.responseFields["content-type"]
    json.object { json in
      guard let received, received.layout != .records else {
        // A stream of events is kept as its events.
        let events = received == nil && resourceType == "eventsource" ? eventText : nil
        json.member("size", events?.utf8.count ?? 0)
        json.member("mimeType", type ?? "")
        if let events { json.member("text", events) }
        return
      }
      json.member("size", Int(clamping: received.byteCount))
      if head.responseFields["content-encoding"] != nil, let coded = length(head.responseFields) {
        json.member("compression", Int(clamping: received.byteCount) - coded)
      }
      json.member("mimeType", type ?? "")
      Self.content(received, &json)
      if let comment = Self.comment(received, type) { json.member("comment", comment) }
    }
  }

  private var eventText: String? {
    guard let records else { return nil }
    var cursor = StreamRecordCursor(records.bytes)
    var text = ""
    while let record = try? cursor.next() {
      guard record.kind == .event else { continue }
      text += String(decoding: record.bytes, as: UTF8.self)
      text += text.hasSuffix("\n\n") ? "" : text.hasSuffix("\n") ? "\n" : "\n\n"
    }
    return text
  }

  private static func content(_ payload: StoredPayload, _ json: inout JSONWriter) {
    if let text = payload.bytes.span.validString {
      json.member("text", text)
    } else {
      json.member("text", payload.bytes.base64)
      json.member("encoding", "base64")
    }
  }

  private static func comment(_ payload: StoredPayload, _ type: String?) -> String? {
    guard !payload.isWhole(type) else { return nil }
    return "the first \(Figures.count(payload.bytes.count)) of \(Figures.of(payload.byteCount, "byte")) were kept; "
      + "sha256 of all \(payload.sha256)"
  }

  // MARK: Fields, cookies, sizes

  private static func pair(_ name: String, _ value: String, _ json: inout JSONWriter) {
    json.object { json in
      json.member("name", name)
      json.member("value", value)
    }
  }

  private static func fields(_ key: String, _ fields: [HeaderField], _ json: inout JSONWriter) {
    json.key(key)
    json.array { json in for field in fields { pair(field.name, field.value, &json) } }
  }

  /// Begins an object with a cookie's name and value.
  private static func cookie(_ text: String, _ json: inout JSONWriter) {
    let text = text.trimmed
    let sign = text.firstIndex(of: "=")
    json.beginObject()
    json.member("name", sign.map { String(text[..<$0]) } ?? "")
    json.member("value", sign.map { String(text[text.index(after: $0)...]) } ?? text)
  }

  private static func setCookie(_ field: String, _ json: inout JSONWriter) {
    let parts = field.unicodeScalars.split(separator: ";").map { String($0).trimmed }
    cookie(parts.first ?? "", &json)
    var seen = Set<String>()
    var isHTTPOnly = false
    var isSecure = false
    for part in parts.dropFirst() {
      let sign = part.firstIndex(of: "=")
      let name = part[..<(sign ?? part.endIndex)].lowercased()
      let value = sign.map { String(part[part.index(after: $0)...]) } ?? ""
      switch name {
      case "httponly": isHTTPOnly = true
      case "secure": isSecure = true
      case "path", "domain": if seen.insert(name).inserted { json.member(name, value) }
      case "expires":
        if let date = HTTPDate.isoText(value), seen.insert(name).inserted { json.member(name, date) }
      default: break
      }
    }
    json.member("httpOnly", isHTTPOnly)
    json.member("secure", isSecure)
    json.endObject()
  }

  /// Bytes of a head of HTTP/1 as far as its fields tell; -1 where it went compressed or was redacted.
  private func size(_ first: String, _ fields: [HeaderField]) -> Int {
    guard head.version.hasPrefix("1"), !Redaction.isIn(first) else { return -1 }
    var size = first.utf8.count + 4
    for field in fields {
      if Redaction.isIn(field.value) { return -1 }
      size += field.name.utf8.count + field.value.utf8.count + 4
    }
    return size
  }

  private func length(_ fields: [HeaderField]) -> Int? {
    fields["content-length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
  }

  /// Bytes of content as they went; -1 where a coding hides it.
  private func bodySize(_ payload: StoredPayload?, _ fields: [HeaderField]) -> Int {
    guard let payload else { return action.hasRecords ? -1 : 0 }
    if let length = length(fields) { return length }
    return fields["content-encoding"] == nil ? Int(clamping: payload.byteCount) : -1
  }

  // MARK: Streams

  /// As Chrome names them.
  private var resourceType: String {
    let type = MediaType(head.responseFields["content-type"]).essence
    if head.responseFields["upgrade"]?.lowercased() == "websocket" || isWebSocket { return "websocket" }
    switch type {
    case "text/event-stream": return "eventsource"
    case "text/html", "application/xhtml+xml": return "document"
    case "text/css": return "stylesheet"
    case let name where name.hasSuffix("javascript"): return "script"
    case let name where name.hasPrefix("image/"): return "image"
    case let name where name.hasPrefix("font/"): return "font"
    case let name where name.hasPrefix("audio/") || name.hasPrefix("video/"): return "media"
    default: return "fetch"
    }
  }

  private var isWebSocket: Bool {
    guard let records else { return false }
    var cursor = StreamRecordCursor(records.bytes)
    guard let first = try? cursor.next() else { return false }
    return [.text, .binary, .ping, .pong, .close].contains(first.kind)
  }

  private func messages(_ json: inout JSONWriter) {
    guard let records else { return }
    let isWebSocket = resourceType == "websocket"
    json.key(isWebSocket ? "_webSocketMessages" : "_messages")
    json.array { json in
      var cursor = StreamRecordCursor(records.bytes)
      while let record = try? cursor.next() {
        json.object { json in
          json.member("type", record.direction == .fromClient ? "send" : "receive")
          json.key("time")
          json.json(Self.seconds(record.at))
          if isWebSocket {
            json.member("opcode", Self.opcode(record.kind))
          } else {
            json.member("kind", JSONExport.name(of: record.kind))
          }
          // As Chrome: text as it is, everything else in base 64.
          let text = record.kind == .binary || record.kind == .message ? nil : record.bytes.span.validString
          json.member("data", text ?? record.bytes.base64)
          if !isWebSocket, text == nil { json.member("encoding", "base64") }
        }
      }
    }
    if records.isCut { json.member("_messagesCut", true) }
  }

  /// RFC 6455 §5.2.
  private static func opcode(_ kind: StreamRecord.Kind) -> Int {
    switch kind {
    case .text, .event, .resize, .exit: 1
    case .binary, .message, .input, .output, .errorOutput: 2
    case .close: 8
    case .ping: 9
    case .pong: 10
    }
  }

  /// Seconds since 1970 with all digits.
  private static func seconds(_ time: Timestamp) -> String {
    guard time.nanoseconds >= 0 else { return "0" }
    return "\(time.nanoseconds / 1_000_000_000).\(Figures.padded(time.nanoseconds % 1_000_000_000, 9))"
  }
}
