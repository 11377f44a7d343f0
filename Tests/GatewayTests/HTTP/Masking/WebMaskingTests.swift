import Bytes
import Foundation
import GRDB
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Answers of a server through a listener whose policy masks: what curl and others get, and what is recorded.
@Suite struct WebMaskingTests {
  private static let policy = """
    version: 1
    rules: []
    default: allow
    masking:
      - { id: numbers, columns: ["*.ssn"], action: redact }
      - { id: data, detect: [email, payment-card, iban], action: partial }
    """

  /// Whatever must be nowhere.
  private static let values = [
    "536-22-8711", "rosa.diaz", "lin.chen", "4111111111111111", "4111 1111 1111 1111", "DE89370400440532013000",
    "mia.koch",
  ]

  private static let json =
    #"{"rows": [{"id": 1, "ssn": "536-22-8711", "mail": "rosa.diaz@shop.example"}, {"id": 2, "card": 4111111111111111, "note": "to lin.chen@shop.example, größer"}]}"#
  private static let shownJSON =
    #"{"rows": [{"id": 1, "ssn": "[redacted:national-id]", "mail": "r***@shop.example"}, {"id": 2, "card": "411111******1111", "note": "to l***@shop.example, größer"}]}"#

  private func with(
    _ more: String = "", policy: String = WebMaskingTests.policy, _ body: (WebTarget, WebGateway) throws -> Void
  ) throws {
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", more), policy: policy, durability: "batched")
    try body(server, gateway)
    try gateway.stop()
    let log = Array(gateway.log.all.utf8)
    MaskedSessionTests.check(log, "the log", Self.values)
    MaskedSessionTests.check(MaskedSessionTests.everything(in: gateway.folder), "the gateway's folder", Self.values)
  }

  private static func gzip(_ bytes: [UInt8], _ program: String = "gzip") throws -> [UInt8] {
    let path = "/tmp/exhibit-coded-\(UUID().uuidString.prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes).write(to: URL(filePath: path))
    let output = try ScratchPostgres.run("/bin/sh", ["-c", "\(program) -c \(path) > \(path).out"])
    #expect(output.status == 0, "\(output.errors)")
    defer { try? FileManager.default.removeItem(atPath: path + ".out") }
    return Array(try Data(contentsOf: URL(filePath: path + ".out")))
  }

  // MARK: Forms

  static let forms: [(type: String, body: String, shown: String)] = [
    ("application/json", json, shownJSON),
    ("text/plain", "mail to rosa.diaz@shop.example now\n", "mail to r***@shop.example now\n"),
    ("text/html", "<p>card 4111 1111 1111 1111 </p>", "<p>card 4111 11** **** 1111 </p>"),
    ("application/x-www-form-urlencoded", "a=1&ssn=536-22-8711&b=2", "a=1&ssn=[redacted%3Anational-id]&b=2"),
    (
      "text/csv", "id,ssn,mail\r\n1,536-22-8711,rosa.diaz@shop.example\r\n",
      "id,ssn,mail\r\n1,[redacted:national-id],r***@shop.example\r\n"
    ),
    (
      "text/event-stream", "id: 1\ndata: \(json)\n\ndata: rosa.diaz@shop.example\n\n",
      "id: 1\ndata: \(shownJSON)\n\ndata: r***@shop.example\n\n"
    ),
    ("image/png", "\u{1}\u{2}rosa.diaz@shop.example\u{3}", "\u{1}\u{2}**********************\u{3}"),
    ("", "plain DE89370400440532013000 text\n", "plain DE****************3000 text\n"),
  ]

  @Test(arguments: forms.indices) func `answers of all forms are masked, in whatever pieces`(index: Int) throws {
    let form = Self.forms[index]
    try with { server, gateway in
      let fields = form.type.isEmpty ? [] : ["Content-Type: \(form.type)", "ETag: \"abc\"", "Accept-Ranges: bytes"]
      try server.put("a", Array(form.body.utf8), fields)
      for path in ["/file/a", "/file/a?1,0", "/file/a?7,0", "/file/a?1000,0"] {
        let answer = try gateway.curl(path, ["-D", "/dev/stderr"])
        #expect(answer.status == 0 && answer.text == form.shown, "\(path): \(answer.text) \(answer.errors)")
        let head = answer.errors.lowercased()
        #expect(!head.contains("accept-ranges"))
        #expect(form.type.isEmpty || head.contains("etag: w/\"abc\""))
        // Stars are as long as what they cover.
        let keepsLength = form.type == "image/png" && path == "/file/a"
        #expect(head.contains("content-length") == keepsLength && head.contains("chunked") != keepsLength)
      }
    }
  }

  @Test func `content is asked for in codings that are removed, and goes on without one`() throws {
    try with { server, gateway in
      let long = Array(String(repeating: Self.json + "\n", count: 3000).utf8)
      let shown = String(repeating: Self.shownJSON + "\n", count: 3000)
      for (name, program) in [("gzip", "gzip"), ("zstd", "zstd -q"), ("br", "brotli")] {
        guard try ScratchPostgres.run("/bin/sh", ["-c", "command -v \(program.prefix { $0 != " " })"]).status == 0
        else {
          continue
        }
        try server.put(
          name, try Self.gzip(long, program), ["Content-Type: application/x-ndjson", "Content-Encoding: \(name)"])
        for path in ["/file/\(name)", "/file/\(name)?13,0"] {
          let answer = try gateway.curl(path, ["-D", "/dev/stderr", "-H", "Accept-Encoding: \(name), dcb;q=1"])
          #expect(answer.status == 0 && answer.text == shown, "\(name) \(path): \(answer.text.count) \(answer.errors)")
          #expect(!answer.errors.lowercased().contains("content-encoding"))
        }
        #expect(server.asked.last?.contains("[\"Accept-Encoding\", \"\(name)\"]") == true, "\(server.asked.last ?? "")")
      }
      _ = try gateway.curl("/file/gzip")
      #expect(server.asked.last?.contains("[\"accept-encoding\", \"identity\"]") == true, "\(server.asked.last ?? "")")
      #expect(server.asked.count >= 3)
    }
  }

  @Test func `heads and trailers are masked, and parts of content are not asked for`() throws {
    try with { server, gateway in
      try server.put(
        "a", Array(Self.json.utf8),
        [
          "Content-Type: application/json", "X-User: rosa.diaz@shop.example", "Content-MD5: abc",
          "Location: /users?ssn=536-22-8711&page=2",
        ])
      let ranged = try gateway.curl("/file/a", ["-r", "0-9", "-D", "/dev/stderr"])
      #expect(ranged.text == Self.shownJSON && ranged.errors.contains("X-User: r***@shop.example"))
      #expect(ranged.errors.contains("/users?ssn=[redacted%3Anational-id]&page=2"))
      #expect(!ranged.errors.contains("Content-MD5"))
      #expect(server.asked.last?.lowercased().contains("\"range\"") == false)
      let head = try gateway.curl("/file/a", ["-I"])
      #expect(head.status == 0 && head.text.contains("r***@shop.example") && !head.text.contains("Content-Length"))
      #expect(try gateway.curl("/status/304", ["-w", "%{http_code}"]).text == "304")
      let raw = try gateway.curl("/file/a?50,0", ["--raw"])
      #expect(raw.text.hasSuffix("\r\n0\r\nX-Who: m***@shop.example\r\n\r\n"), "\(raw.text)")
      let old = try gateway.curl("/file/a", ["--http1.0", "-D", "/dev/stderr"])
      #expect(old.text == Self.shownJSON && !old.errors.contains("chunked"), "\(old.errors)")
    }
  }

  // MARK: What comes bit by bit

  @Test func `events go on one by one, and what may be part of a value waits`() throws {
    try with { server, gateway in
      let events = (0..<4).map { "data: {\"n\": \($0), \"to\": \"rosa.diaz@shop.example\"}\n\n" }
      try server.put("a", Array(events.joined().utf8), ["Content-Type: text/event-stream"])
      let client = try RawWeb(port: gateway.port())
      let begun = Date()
      client.send(
        "GET /file/a?\(events[0].utf8.count),0.5 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(gateway.token.secret)\r\nConnection: close\r\n\r\n"
      )
      _ = client.receive(until: "\"n\": 0, \"to\": \"r***@shop.example\"}\n\n")
      #expect(Date().timeIntervalSince(begun) < 0.45)
      _ = client.receive(until: "\"n\": 2, \"to\": \"r***@shop.example\"}\n\n")
      #expect(Date().timeIntervalSince(begun) < 1.45)
      #expect(client.rest().contains("\"n\": 3"))
      // A model's text, bit by bit: the address is cut into many.
      let bits = ["Write to ", "rosa", ".", "diaz", "@shop", ".exam", "ple", " today", "."]
      let deltas = bits.map { "data: {\"delta\": {\"text\": \"\($0)\"}}\n\n" }
      try server.put("b", Array(deltas.joined().utf8), ["Content-Type: text/event-stream"])
      let answer = try gateway.curl("/file/b?9,0.005", ["-N"])
      #expect(answer.text.contains("r***@shop.example") && answer.text.contains("today"), "\(answer.text)")
      #expect(answer.text.split(separator: "\n").count == bits.count)
    }
  }

  @Test func `after a pause words go on, but nothing with which a value can begin`() throws {
    let web = try EmbeddedWeb(policy: Self.policy)
    func event(_ text: String) -> [UInt8] {
      let event = "data: {\"delta\":{\"text\":\"\(text)\"}}\n\n"
      return Array("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n".utf8)
    }
    web.ask()
    web.answer(Array("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
    #expect(web.got().count > 0)
    web.answer(event("Hello"))
    #expect(web.got().isEmpty)
    web.wait(seconds: 1)
    #expect(String(decoding: web.got(), as: UTF8.self).contains("Hello"))
    web.answer(event(", write to r.diaz"))
    web.wait(seconds: 5)
    #expect(!String(decoding: web.got(), as: UTF8.self).contains("diaz"))
    web.answer(event("@shop.example "))
    let rest = String(decoding: web.got(), as: UTF8.self)
    #expect(rest.contains("write to r***@shop.example"), "\(rest)")
    web.answer(event("card 4111"))
    web.wait(seconds: 5)
    web.answer(event("111111111111"))
    web.wait(seconds: 5)
    #expect(!String(decoding: web.got(), as: UTF8.self).contains("4111"))
    web.answer(Array("0\r\n\r\n".utf8))
    #expect(String(decoding: web.got(), as: UTF8.self).contains("411111******1111"))
  }

  // MARK: Upgrades

  private static func frame(_ first: UInt8, _ text: String) -> [UInt8] {
    [first, UInt8(clamping: text.utf8.count)] + Array(text.utf8)
  }

  @Test func `messages of WebSocket are masked, those in parts too, and other upgrades are refused`() throws {
    try with { server, gateway in
      let frames =
        Self.frame(0x81, #"{"to":"rosa.diaz@shop.example"}"#) + Self.frame(0x01, "to lin.ch")
        + Self.frame(0x89, "beat") + Self.frame(0x80, "en@shop.example now")
        + Self.frame(0x82, "\u{1}rosa.diaz@shop.example") + Self.frame(0x88, "\u{3}\u{e8}by mia.koch@shop.example")
      try server.put("messages", frames)
      let client = try RawWeb(port: gateway.port())
      let ask =
        "GET /messages HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(gateway.token.secret)\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      client.send(
        ask + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
      let got = client.receive(until: "m***@shop.example")
      let shown =
        Self.frame(0x81, #"{"to":"r***@shop.example"}"#) + Self.frame(0x89, "beat")
        + Self.frame(0x81, "to l***@shop.example now")
        + Self.frame(0x82, "\u{1}" + String(repeating: "*", count: 22))
      #expect(Array(got.utf8).firstRange(of: Array(String(decoding: shown, as: UTF8.self).utf8)) != nil, "\(got)")
      #expect(server.asked.last?.lowercased().contains("permessage") == false)
      for (path, lines, status) in [
        ("/shout", "Connection: Upgrade\r\nUpgrade: shout\r\n", "403"),
        (
          "/messages", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n",
          "403"
        ),
        ("/messages?deflate", "Connection: Upgrade\r\nUpgrade: websocket\r\n", "502"),
      ] {
        let other = try RawWeb(port: gateway.port())
        other.send(
          "GET \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(gateway.token.secret)\r\n\(lines)\r\n")
        let answer = other.rest()
        #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.contains("urn:exhibit:unmasked"), "\(answer)")
      }
    }
  }

  // MARK: What cannot be masked

  @Test func `what cannot be masked is not shown, and is a decision`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)"), policy: Self.policy, durability: "batched")
    let coded = try Self.gzip(Array(String(repeating: Self.json, count: 3000).utf8))
    try server.put("unknown", Array("x rosa.diaz@shop.example".utf8), ["Content-Encoding: compress"])
    try server.put(
      "charset", Array("x rosa.diaz@shop.example".utf8), ["Content-Type: text/plain; charset=utf-7"])
    try server.put("cut", Array(coded.dropLast(300)), ["Content-Type: application/json", "Content-Encoding: gzip"])
    try server.put("json", Array(Self.json.utf8.dropLast(30)), ["Content-Type: application/json"])
    for name in ["unknown", "charset"] {
      let answer = try gateway.curl("/file/\(name)", ["-w", " %{http_code}"])
      #expect(answer.text.contains("urn:exhibit:unmasked") && answer.text.hasSuffix(" 502"), "\(answer.text)")
    }
    for name in ["cut", "json"] {
      let answer = try gateway.curl("/file/\(name)")
      #expect(answer.status == 18, "\(name): \(answer.status) \(answer.errors)")
      MaskedSessionTests.check(Array(answer.text.utf8), "what came", Self.values)
    }
    #expect(try gateway.curl("/file/json?20,0").status == 18)
    try gateway.stop()
    MaskedSessionTests.check(MaskedSessionTests.everything(in: gateway.folder), "the gateway's folder", Self.values)
    _ = try gateway.ingest()
    let lines = try DatabaseQueue(path: gateway.path("case.exhibit")).read { database in
      try String.fetchAll(
        database, sql: "SELECT outcome || ' ' || rule FROM decisions WHERE rule = 'masking' AND action_id IS NOT NULL")
    }
    #expect(lines == [String](repeating: "denied masking", count: 5))
  }

  @Test func `an answer in a part is refused, whatever was asked`() throws {
    let web = try EmbeddedWeb(policy: Self.policy)
    web.ask("GET", "/", ["Range: bytes=0-3"])
    web.answer(
      Array("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/9\r\nContent-Length: 4\r\n\r\nrosa".utf8))
    let out = String(decoding: web.got(), as: UTF8.self)
    #expect(out.hasPrefix("HTTP/1.1 502 ") && !out.contains("rosa"), "\(out)")
    #expect(web.relay.isOver)
  }

  @Test func `what is compressed by its nature passes where that is wanted, and text does not`() throws {
    let content = Array("PK rosa.diaz@shop.example".utf8)
    for (passes, type, isSame) in [
      (true, "application/zip", true), (false, "application/zip", false), (true, "text/plain", false),
      (true, "image/svg+xml", false),
    ] {
      let web = try EmbeddedWeb(policy: Self.policy, passesCompressed: passes)
      web.ask()
      web.answer(EmbeddedWeb.answer(content, type))
      #expect((MaskedBatch.place(of: content, in: web.got()) != nil) == isSame, "\(type)")
    }
  }

  @Test func `an answer without content has none, and the connection goes on`() throws {
    let web = try EmbeddedWeb(policy: Self.policy)
    for (status, content) in [("204 No Content", ""), ("205 Reset Content", "rosa.diaz@shop.example"), ("200 OK", "")] {
      web.ask()
      web.answer(Array("HTTP/1.1 \(status)\r\nContent-Length: \(content.utf8.count)\r\n\r\n\(content)".utf8))
      let out = String(decoding: web.got(), as: UTF8.self)
      #expect(out.hasPrefix("HTTP/1.1 \(status)\r\n") && !out.contains("rosa"), "\(out)")
      #expect(out.hasSuffix(status.hasPrefix("200") ? "\r\n0\r\n\r\n" : "\r\n\r\n"), "\(out)")
      #expect(out.contains("Content-Length: 0") == status.hasPrefix("205"), "\(out)")
    }
    #expect(!web.relay.isOver)
  }

  // MARK: The case

  @Test func `the recording is what the client got, and the case counts what was masked`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)"), policy: Self.policy, durability: "batched")
    try server.put("a", Array(Self.json.utf8), ["Content-Type: application/json"])
    try server.put(
      "b", Array("data: lin.chen@shop.example\n\n".utf8),
      ["Content-Type: text/event-stream", "X-User: rosa.diaz@shop.example"])
    let first = try gateway.curl("/file/a?5,0")
    let second = try gateway.curl("/file/b")
    #expect(first.text == Self.shownJSON && second.text.contains("l***@shop.example"))
    try gateway.stop()
    let found = try gateway.ingest()
    #expect(try found.anomalies().isEmpty)
    let rows = try DatabaseQueue(path: gateway.path("case.exhibit")).read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT a.seq || ' ' || m.rule || ' ' || m.class || ' ' || m.method || ' ' || m.location || ' ' || m.count || ' '
            || m.inline FROM masks m JOIN actions a ON a.id = m.action_id
            ORDER BY a.text, m.location, m.rule, m.class
          """)
    }
    #expect(
      rows == [
        "1 data email partial content 2 1", "1 data payment-card partial content 1 1",
        "1 numbers national-id redact content 1 1", "1 data email partial fields 1 1",
        "1 data email partial content 1 1", "1 data email partial fields 1 1",
      ], "\(rows)")
    MaskedSessionTests.check(
      Array(FileManager.default.contents(atPath: gateway.path("case.exhibit")) ?? Data()), "the case", Self.values)
  }

  @Test func `another policy masks what goes on from then, and ends what it cannot mask`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)"), policy: RunningGateway.open, durability: "batched")
    try server.put("a", Array(Self.json.utf8), ["Content-Type: application/json"])
    let token = "Authorization: Bearer \(gateway.token.secret)\r\n"
    let client = try RawWeb(port: gateway.port())
    client.send("GET /file/a HTTP/1.1\r\nHost: a\r\n\(token)\r\n")
    #expect(client.receive(until: "größer\"}]}").contains("rosa.diaz"))
    let tunnel = try RawWeb(port: gateway.port())
    tunnel.send("GET /shout HTTP/1.1\r\nHost: a\r\n\(token)Connection: Upgrade\r\nUpgrade: shout\r\n\r\n")
    #expect(tunnel.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
    try Self.policy.write(toFile: gateway.path("policy.yaml"), atomically: true, encoding: .utf8)
    gateway.gateway.reload(try GatewayConfiguration(file: gateway.path("gateway.yaml")))
    #expect(tunnel.rest() == "")
    client.send("GET /file/a HTTP/1.1\r\nHost: a\r\n\(token)\r\n")
    let shown = client.receive(until: "größer\"}]}")
    #expect(shown.contains("r***@shop.example") && !shown.contains("rosa.diaz"), "\(shown)")
    try gateway.stop()
  }
}
