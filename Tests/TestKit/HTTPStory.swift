import Bytes
public import Model

/// An agent works on a shop over HTTPS that was decrypted: requests of every shape, a shell in a pod, streams of events and
/// messages, an encrypted session beside it, and a client that sends hostile text in every field.
public struct HTTPStory {
  public static let agent = "ses-a11ce0000001"
  public static let cluster = "ses-a11ce0000002"
  public static let opaque = "ses-a11ce0000003"
  public static let hostile = "ses-a11ce0000004"

  public let story = MemoryCase("agent-2026-11-20")
  private let sourceID = "src-7e63427406e66c08"
  private let server: String
  private let scheme: String

  public static let png: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52] + (0..<200).map { UInt8($0) }

  /// Seconds after 2026-11-20T02:14:00Z.
  public static func at(_ seconds: Double) -> Timestamp { ContractorStory.at(seconds) }

  /// - Parameters:
  ///   - server: that the agent's requests go to.
  ///   - scheme: `http`, `https`.
  public init(server: String = "shop.internal", scheme: String = "https") {
    self.server = server
    self.scheme = scheme
    story.add(
      Source(
        id: sourceID, path: "captures/agent.pcapng", kind: "pcapng",
        sha256: String(repeating: "7e63427406e66c08", count: 4), byteCount: 2_048_576, packetCount: 3120,
        firstAt: Self.at(0), lastAt: Self.at(400), isComplete: true, integrity: "unsigned", note: nil))
    work()
    shell()
    tunnel()
    attack()
  }

  private func session(_ id: String, user: String?, from: Double, until: Double, encrypted: Bool = true) -> Session {
    Session(
      id: id, protocolName: "http", client: "10.20.2.17:46606", server: "10.20.0.9:443", user: user,
      target: server, application: "shop-agent/1.4", isEncrypted: encrypted, isDecrypted: encrypted,
      startedAt: Self.at(from), endedAt: Self.at(until), bytesIn: 12_341, bytesOut: 92_951, sourceID: sourceID)
  }

  /// A head of HTTP/1.1 to the story's server.
  public func head(
    _ method: String, _ target: String, _ status: Int?, _ reason: String = "", fields: [(String, String)] = [],
    answer: [(String, String)] = [], version: String = "1.1"
  ) -> CallHead {
    var head = CallHead(version: version, method: method, target: target)
    head.scheme = scheme
    head.authority = server
    head.requestFields =
      [
        HeaderField("Host", server), HeaderField("User-Agent", "shop-agent/1.4"), HeaderField("Accept", "*/*"),
      ] + fields.map { HeaderField($0.0, $0.1) }
    if version == "2" { head.requestFields = fields.map { HeaderField($0.0, $0.1) } }
    head.status = status
    head.reason = version == "2" ? "" : reason
    head.responseFields = answer.map { HeaderField($0.0, $0.1) }
    return head
  }

  public static func record(
    _ seconds: Double, _ direction: Direction, _ kind: StreamRecord.Kind, _ text: String
  ) -> StreamRecord {
    StreamRecord(at: at(seconds), direction: direction, kind: kind, bytes: Array(text.utf8))
  }

  private func work() {
    var agent = SessionScript(story, session(Self.agent, user: "agent-7", from: 1, until: 200))
    let json = ("Content-Type", "application/json")
    let token = ("Authorization", "Bearer [redacted]")
    agent.call(
      Self.at(2), head("GET", "/orders?id=7&q=caf%C3%A9+au+lait", 200, "OK", fields: [token], answer: [json]), .read,
      [Resource("read", "path", "/orders")],
      response: .text(#"{"id":7,"total":12.50,"items":[{"sku":"A-1","n":1e3},[],{}],"note":"caf\u00e9"}"#))
    agent.call(
      Self.at(5),
      head(
        "POST", "/orders", 201, "Created", fields: [json, ("Content-Length", "44"), token, ("X-Empty", "")],
        answer: [json, ("Location", "/orders/8")]), .write, [Resource("create", "path", "/orders/8")],
      request: .text(#"{"sku":"it's a \"test\"","price":0.10,"n":2}"#), response: .text(#"{"id":8}"#))
    agent.call(
      Self.at(8),
      head(
        "POST", "/login?next=%2Fhome&token=[redacted]", 302, "Found",
        fields: [
          ("Content-Type", "application/x-www-form-urlencoded"), ("Cookie", "sid=[redacted]; theme=dark"),
        ],
        answer: [
          ("Location", "/home"),
          ("Set-Cookie", "sid=[redacted]; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly; Secure"),
        ]), .session, [], request: .text("user=ada%40example.com&password=[redacted]&remember=on"))
    agent.call(
      Self.at(11),
      head(
        "PUT", "/images/logo.png", 204, "No Content", fields: [("Content-Type", "image/png")]), .write,
      [Resource("write", "path", "/images/logo.png")], request: .bytes(Self.png))
    agent.call(
      Self.at(14),
      head("DELETE", "/customers/all", 403, "Forbidden", answer: [("Content-Type", "application/problem+json")]),
      .write,
      [Resource("drop", "path", "/customers/all")], message: "not allowed for agent-7",
      identity: Identity(user: "agent-7-elevated"),
      response: .text(#"{"type":"about:blank","title":"Forbidden","status":403}"#))
    agent.call(
      Self.at(17),
      head(
        "POST", "/upload", 500, "Internal Server Error",
        fields: [("Content-Type", "multipart/form-data; boundary=\"-=x y\"")], answer: [("Content-Type", "text/html")]),
      .write, [Resource("write", "path", "/upload")],
      request: .text(
        "---=x y\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n---=x y\r\n"
          + "Content-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\nContent-Type: application/json\r\n\r\n"
          + "{\"a\":[1,2]}\r\n---=x y--\r\n"), response: .text("<html><body>Oh no</body></html>\n"))
    agent.call(
      Self.at(20),
      head(
        "GET", "/events", 200, "OK", fields: [("Accept", "text/event-stream")],
        answer: [("Content-Type", "text/event-stream")]), .read, [Resource("read", "path", "/events")], took: 9000,
      records: (0..<3).map {
        Self.record(21 + Double($0) * 2, .fromServer, .event, "event: order\ndata: {\"id\":\($0)}\n\n")
      })
    grpc(&agent)
    socket(&agent)
    agent.call(
      Self.at(60), head("GET", "/slow", nil), .read, [], took: nil, message: "the capture ended before the response")
    agent.call(
      Self.at(61), head("HEAD", "/a/../b/./c?x=[1]&y={2}", 200, "OK"), .read, [])
    agent.call(
      Self.at(62), head("POST", "/empty", 200, "OK", fields: [("Content-Length", "0")]), .unknown, [])
  }

  private func grpc(_ agent: inout SessionScript) {
    var head = head(
      "POST", "/shop.Orders/Watch", 200, fields: [("content-type", "application/grpc"), ("te", "trailers")],
      answer: [("content-type", "application/grpc")], version: "2")
    head.streamID = 5
    head.responseTrailers = [HeaderField("grpc-status", "0")]
    agent.call(
      Self.at(30), head, .read, [Resource("read", "method", "shop.Orders/Watch")], took: 4000, verb: "Watch",
      records: [
        // 1: 7, 2: "seven", 3: { 1: 1 }, 4: a double
        StreamRecord(
          at: Self.at(30.1), direction: .fromClient, kind: .message,
          bytes: [0x08, 7, 0x12, 5, 0x73, 0x65, 0x76, 0x65, 0x6E, 0x1A, 2, 0x08, 1, 0x21, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F]),
        StreamRecord(at: Self.at(31), direction: .fromServer, kind: .message, bytes: [0x08, 0x96, 0x01]),
      ])
  }

  private func socket(_ agent: inout SessionScript) {
    let upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")]
    agent.call(
      Self.at(40), head("GET", "/live", 101, "Switching Protocols", fields: upgrade, answer: upgrade), .read, [],
      took: 10_000,
      records: [
        Self.record(41, .fromClient, .text, #"{"subscribe":["orders","stock"]}"#),
        Self.record(42, .fromServer, .text, "hello"),
        StreamRecord(at: Self.at(43), direction: .fromServer, kind: .binary, bytes: [0, 1, 2, 0xFF]),
        Self.record(44, .fromServer, .ping, ""), Self.record(44.1, .fromClient, .pong, ""),
        StreamRecord(
          at: Self.at(49), direction: .fromServer, kind: .close, bytes: [0x03, 0xF3] + Array("broken".utf8)),
      ])
  }

  private func shell() {
    var cluster = SessionScript(story, session(Self.cluster, user: "system:agent", from: 100, until: 160))
    let upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket")]
    let records = [
      Self.record(101, .fromClient, .resize, "80x24"),
      Self.record(101.1, .fromServer, .output, "\u{1b}[32m$ \u{1b}[0m"),
      Self.record(104, .fromClient, .input, "l"), Self.record(104.1, .fromServer, .output, "l"),
      Self.record(104.2, .fromClient, .input, "s\r"), Self.record(104.3, .fromServer, .output, "s\r\n"),
      Self.record(104.4, .fromServer, .output, "\u{1b}]0;title\u{7}app\tdata\r\n10%\r50%\r100%\r\n"),
      Self.record(105, .fromServer, .errorOutput, "ls: cannot open 'x'\n"),
      Self.record(106, .fromServer, .exit, "2"),
    ]
    cluster.call(
      Self.at(100.5),
      head(
        "GET", "/api/v1/namespaces/shop/pods/web-1/exec?command=sh&tty=true", 101, "Switching Protocols",
        fields: upgrade, answer: upgrade), .execute, [Resource("execute", "pod", "shop/web-1")], took: 6000,
      kind: "exec", verb: "exec", text: "sh", status: .error, code: "2", message: "command terminated with exit code 2",
      records: records)
    let protobuf: [UInt8] = Array("k8s\0".utf8) + [0x0A, 4, 0x0A, 2, 0x76, 0x31, 0x12, 3, 0x0A, 1, 0x61]
    cluster.call(
      Self.at(120),
      head(
        "POST", "/api/v1/namespaces/shop/configmaps", 201, "Created",
        fields: [("Content-Type", "application/vnd.kubernetes.protobuf")],
        answer: [("Content-Type", "application/vnd.kubernetes.protobuf")]), .write,
      [Resource("create", "configmap", "shop/settings")], verb: "create", request: .bytes(protobuf),
      response: .bytes(protobuf))
  }

  private func tunnel() {
    var session = session(Self.opaque, user: nil, from: 210, until: 230)
    session.protocolName = "tls"
    session.isDecrypted = false
    session.application = nil
    session.isComplete = false
    session.reason = "opaque: tls, 105292 bytes not looked into"
    story.add(session)
  }

  private func attack() {
    var client = SessionScript(story, session(Self.hostile, user: "x\u{1b}[2J", from: 300, until: 360))
    for (index, text) in Hostile.statements.enumerated() {
      var head = CallHead(version: "1.1", method: index % 3 == 0 ? "POST" : text, target: "/\(text)")
      head.scheme = index % 2 == 0 ? "http" : text
      head.authority = index % 4 == 0 ? server : text
      head.requestFields = [HeaderField("Content-Type", text), HeaderField(text, text), HeaderField("X-Text", text)]
      head.status = [200, 404, -1, 99_999][index % 4]
      head.reason = text
      head.responseFields = [
        HeaderField("Location", text), HeaderField("content-type", text), HeaderField("Set-Cookie", text),
      ]
      head.responseTrailers = [HeaderField(text, text)]
      let kinds: [StreamRecord.Kind] = [
        .text, .event, .output, .errorOutput, .input, .exit, .resize, .close, .ping, .message,
      ]
      client.call(
        Self.at(301 + Double(index)), head, .write, [Resource("write", "path", text)], verb: text, message: text,
        identity: Identity(user: text, target: text, application: text), request: .text(text),
        response: .bytes(Array(text.utf8) + [0xFF, 0xFE]),
        records: kinds.enumerated().map {
          Self.record(301.1 + Double(index) + Double($0.offset) / 100, .fromServer, $0.element, text)
        })
    }
  }

  /// A verdict that accepts nothing.
  public var verdict: Verdict {
    var decisions: [String: Decision] = [:]
    for action in story.storedActions where action.isChange {
      decisions[action.id] = Decision(
        actionID: action.id, outcome: action.verb == "PUT" ? .allowed : .unapproved, rule: action.effect.rawValue,
        reason: "it needs 1 approval and has none")
    }
    return Verdict(
      overall: .unapproved, policyName: "production.yaml", policySHA256: String(repeating: "ab", count: 32),
      decisions: decisions, findings: [], incompleteness: [])
  }
}
