import Bytes
import Foundation
import GRDB
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// A listener that stands for one server, asked by curl.
@Suite struct ReverseTests {
  private func with(
    _ more: String = "", target: String = "", policy: String = RunningGateway.open, files: [String: String] = [:],
    durability: String = "strict", _ body: (WebTarget, WebGateway) throws -> Void
  ) throws {
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", more, target: target), policy: policy,
      durability: durability, files: files)
    try body(server, gateway)
    try gateway.stop()
  }

  private func direct(_ server: WebTarget, _ path: String, _ arguments: [String] = []) throws -> ScratchPostgres.Output
  {
    try WebGateway.curl(arguments + ["http://127.0.0.1:\(server.port)\(path)"])
  }

  static let asked: [(path: String, arguments: [String])] = [
    ("/bytes/0", []), ("/bytes/1", []), ("/bytes/100000", []), ("/bytes/3000000", []), ("/chunked", []),
    ("/chunked", ["--raw"]), ("/until-close", []), ("/status/204", ["-w", "%{http_code}"]),
    ("/status/304", ["-w", "%{http_code}"]), ("/status/404", ["-w", "%{http_code}"]),
    ("/status/500", ["-w", "%{http_code}"]),
    ("/bytes/70000", ["-I", "-o", "/dev/null", "-w", "%{http_code} %header{content-length}"]),
    ("/interim", ["-w", "%{http_code}"]), ("/bytes/5", ["--http1.0"]), ("/sse", ["-N"]),
  ]

  @Test(arguments: asked.indices) func `answers are those of the server`(index: Int) throws {
    let (path, arguments) = Self.asked[index]
    try with { server, gateway in
      let (here, there) = (try gateway.curl(path, arguments), try direct(server, path, arguments))
      #expect(here.status == there.status && here.text == there.text, "\(here.errors)")
      #expect(!here.text.isEmpty || path == "/bytes/0")
    }
  }

  static let sent: [[String]] = [
    ["-d", "a=1&b=2"], ["--data-binary", "@FILE"], ["-T", "FILE"], ["-T", "FILE", "-H", "Transfer-Encoding: chunked"],
    ["-F", "file=@FILE"], ["-X", "DELETE"], ["--data-binary", "@FILE", "-H", "Expect: 100-continue"],
    ["-T", "FILE", "-H", "Expect:"], ["-X", "PATCH", "-d", "{}", "-H", "Content-Type: application/json"],
    ["--compressed", "-d", "x"], ["-X", "OPTIONS"],
    ["-H", "TE: trailers", "-H", "Connection: TE, X-Hop", "-H", "X-Hop: 1"],
  ]

  @Test(arguments: sent.indices) func `the server gets what the client sent`(index: Int) throws {
    try with { server, gateway in
      let file = gateway.path("upload")
      try Data((0..<3_000_000).map { UInt8(0x30 + $0 &* 7 % 64) }).write(to: URL(filePath: file))
      let arguments = Self.sent[index].map { $0.replacing("FILE", with: file) }
      let here = try gateway.curl("/echo", arguments)
      _ = try direct(server, "/echo", arguments)
      #expect(here.status == 0, "\(here.errors)")
      let asked = server.asked.compactMap { JSONValue.document(in: Array($0.utf8)) }
      try #require(asked.count == 2)
      // Of a multipart body the boundary is another each time.
      for name in ["line", "length", "sha256"] where name != "sha256" || !arguments.contains("-F") {
        #expect(asked[0][name]?.string == asked[1][name]?.string, "\(name)")
        #expect(asked[0][name]?.scalar == asked[1][name]?.scalar, "\(name)")
      }
      func fields(_ value: JSONValue) -> [String] {
        (value["fields"]?.elements ?? []).map { $0.elements.compactMap(\.string).joined(separator: ": ") }
          .filter { !$0.hasPrefix("Host: ") && !$0.hasPrefix("Content-Type: multipart") && !$0.hasPrefix("Expect") }
          .sorted()
      }
      let gone: Set<String> = ["X-Hop: 1", "Connection: TE, X-Hop"]
      #expect(fields(asked[0]).filter { $0 != "Connection: TE" } == fields(asked[1]).filter { !gone.contains($0) })
    }
  }

  @Test func `the agent's token stays here, and the target's credential gets to nobody else`() throws {
    try with(
      target: "credential: { bearer-file: target.secret }", files: ["target.secret": "the-target's-own-secret"]
    ) { server, gateway in
      let answer = try gateway.curl("/status/200", ["-v", "-H", "Proxy-Authorization: Bearer agents-other-secret"])
      #expect(answer.status == 0)
      let asked = try #require(server.asked.first)
      #expect(asked.contains("Bearer the-target's-own-secret"))
      #expect(!asked.contains("agents-other-secret") && !asked.contains("Basic "))
      let secret = Data("agent:\(gateway.token.secret)".utf8).base64EncodedString()
      for text in ["the-target's-own-secret", gateway.token.secret, secret, "agents-other-secret"] {
        #expect(try gateway.recordedBytes().range(of: Data(text.utf8)) == nil, "\(text) is recorded")
        #expect(!gateway.log.all.contains(text) && !answer.text.contains(text), "\(text) is told")
      }
      #expect(try gateway.recordedBytes().range(of: Data("Authorization: Basic [redacted]\r\n".utf8)) != nil)
    }
  }

  @Test func `nobody is served without a token, and a connection goes on after it was asked for one`() throws {
    try with("token-header: X-Gateway-Token") { server, gateway in
      let none = try gateway.curl("/status/200", ["-w", " %{http_code} %{content_type}"], isNamed: false)
      #expect(none.text.contains("401 application/problem+json") && none.text.contains("X-gateway-token".lowercased()))
      let wrong = try gateway.curl(
        "/status/200", ["-H", "X-Gateway-Token: exg_no", "-w", " %{http_code}"], isNamed: false)
      #expect(wrong.text.hasSuffix(" 401"))
      #expect(server.asked.isEmpty)
      // The client's own credentials for the server go on to it.
      let good = try gateway.curl(
        "/status/200", ["-H", "X-Gateway-Token: \(gateway.token.secret)", "-H", "Authorization: Bearer own"],
        isNamed: false)
      #expect(good.text == "said\n")
      #expect(server.asked.count == 1 && server.asked[0].contains("Bearer own"))
      #expect(!server.asked[0].lowercased().contains("x-gateway-token"))
      let client = try RawWeb(port: gateway.port())
      client.send("GET /status/200 HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(client.receive(until: "}\n").hasPrefix("HTTP/1.1 401 "))
      client.send("GET /status/200 HTTP/1.1\r\nHost: a\r\nX-Gateway-Token: \(gateway.token.secret)\r\n\r\n")
      #expect(client.receive(until: "said\n").hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test func `requests of one connection are answered in their order, one behind the other`() throws {
    try with { server, gateway in
      let client = try RawWeb(port: gateway.port())
      let token = "Authorization: Bearer \(gateway.token.secret)\r\n"
      let body = "12345"
      client.send(
        "GET /slow?0.3 HTTP/1.1\r\nHost: a\r\n\(token)\r\nPOST /echo HTTP/1.1\r\nHost: a\r\n\(token)Content-Length: 5\r\n\r\n\(body)"
          + "\r\nGET /bytes/3 HTTP/1.1\r\nHost: a\r\n\(token)Connection: close\r\n\r\n")
      let all = client.rest()
      let parts = all.components(separatedBy: "HTTP/1.1 200 Said\r\n")
      try #require(parts.count == 4, "\(all)")
      #expect(parts[1].hasSuffix("slow\n") && parts[2].contains("POST /echo") && parts[3].hasSuffix("012"))
      #expect(parts[3].contains("Connection: close\r\n"))
    }
  }

  @Test func `an upgrade becomes a tunnel that is recorded, and HTTP 2 within it is not offered`() throws {
    try with { server, gateway in
      let client = try RawWeb(port: gateway.port())
      let token = "Authorization: Bearer \(gateway.token.secret)\r\n"
      client.send("GET /shout HTTP/1.1\r\nHost: a\r\n\(token)Connection: Upgrade\r\nUpgrade: shout\r\n\r\n")
      #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
      client.send("hello")
      #expect(client.receive(until: "HELLO") == "HELLO")
      client.send("again")
      #expect(client.receive(until: "AGAIN") == "AGAIN")
      let other = try RawWeb(port: gateway.port())
      other.send(
        "GET /echo HTTP/1.1\r\nHost: a\r\n\(token)Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n"
      )
      let answer = other.rest()
      #expect(answer.hasPrefix("HTTP/1.1 200 ") && !answer.lowercased().contains("h2c"))
      let recorded = try gateway.recordedBytes()
      #expect(recorded.range(of: Data("HELLO".utf8)) != nil && recorded.range(of: Data("again".utf8)) != nil)
    }
  }

  /// What a case says of its sessions and actions.
  private func account(_ found: CaseFile) throws -> [String] {
    var lines: [String] = []
    for session in try found.sessions() {
      lines.append(
        "\(session.protocolName) \(session.server) \(session.target ?? "-") \(session.agent ?? "-") \(session.human ?? "-") "
          + "\(session.isComplete) \(session.reason ?? "-")")
      try found.forEachAction(session: session.id) { action in
        lines.append(
          "\(action.kind) \(action.verb) \(action.text) \(action.effect) \(action.status) \(action.code ?? "-") "
            + "\(action.hasRequestPayload) \(action.hasResponsePayload)")
      }
    }
    return lines
  }

  @Test func `the recording gives the exchanges, each with what was decided`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)"),
      policy: """
        version: 1
        rules:
          - { id: no-deletes, when: { verb: DELETE }, then: deny }
        default: allow
        """)
    let client = try RawWeb(port: gateway.port())
    let token = "Authorization: Bearer \(gateway.token.secret)\r\n"
    client.send("GET /bytes/1 HTTP/1.1\r\nHost: shop\r\n\(token)\r\nDELETE /b HTTP/1.1\r\nHost: shop\r\n\(token)\r\n")
    _ = client.receive(until: "\"no-deletes\"")
    client.send("POST /echo HTTP/1.1\r\nHost: shop\r\n\(token)Connection: close\r\nContent-Length: 2\r\n\r\nhi")
    _ = client.rest()
    try gateway.stop()
    let found = try gateway.ingest()
    #expect(
      try account(found) == [
        "http 127.0.0.1:\(server.port) shop claude alice@example.com true -",
        "http GET GET http://shop/bytes/1 read ok 200 false true",
        "http DELETE DELETE http://shop/b write denied 403 false true",
        "http POST POST http://shop/echo write ok 200 true true",
      ])
    #expect(server.asked.count == 2)
    let lines = try DatabaseQueue(path: gateway.path("case.exhibit")).read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT d.kind || ' ' || d.outcome || ' ' || coalesce(d.rule, '-') || ' ' || a.text FROM decisions d
            JOIN actions a ON a.id = d.action_id ORDER BY a.seq
          """)
    }
    #expect(
      lines == ["decision denied no-deletes DELETE http://shop/b", "decision allowed default POST http://shop/echo"])
    #expect(try found.anomalies().isEmpty)
  }
}
