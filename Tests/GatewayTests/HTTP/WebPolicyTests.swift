import Bytes
import Foundation
import GRDB
import Model
import NIOCore
import Store
import TestKit
import Testing

@testable import Gateway

/// What the policy refuses and holds, told in the client's own words.
@Suite struct WebPolicyTests {
  private static let policy = """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: no-deletes, when: { verb: [DELETE, delete] }, then: deny }
      - { id: no-tools, when: { verb: tools/call }, then: deny }
    default: require-approval
    approvals: { signers: allowed_signers, namespace: test }
    """

  private func with(
    limits: String = "hold: 30s", policy: String = WebPolicyTests.policy, listener: String = "",
    _ body: (WebTarget, WebGateway, Signer) throws -> Void
  ) throws {
    try TemporaryFolder.with { folder in
      let signer = try Signer("bob", in: folder)
      let server = try WebTarget()
      let gateway = try WebGateway(
        WebGateway.reverse("http://127.0.0.1:\(server.port)", listener), policy: policy, limits: limits,
        approvals: true,
        files: ["allowed_signers": try signer.line])
      try body(server, gateway, signer)
      try gateway.stop()
    }
  }

  @Test func `what is refused is told as problem, as Status and as an error of JSON-RPC`() throws {
    try with { server, gateway, _ in
      let plain = try gateway.curl("/orders/7", ["-X", "DELETE", "-w", " %{http_code} %{content_type}"])
      #expect(plain.text.hasSuffix(" 403 application/problem+json"))
      let problem = JSONValue.document(in: Array(plain.text.utf8.prefix { $0 != 0x0A }))
      #expect(problem?["rule"]?.string == "no-deletes" && problem?["status"]?.scalar == "403")
      #expect(problem?["type"]?.string == "urn:exhibit:denied" && problem?["hint"]?.string?.isEmpty == false)
      let kubernetes = try gateway.curl(
        "/api/v1/namespaces/shop/pods/web-1",
        ["-X", "DELETE", "-A", "kubectl/v1.30.2 (linux/amd64) kubernetes/39683505", "-w", "%{http_code}"])
      let status = JSONValue.document(in: Array(kubernetes.text.utf8.prefix { $0 != 0x0A }))
      #expect(status?["kind"]?.string == "Status" && status?["reason"]?.string == "Forbidden")
      #expect(status?["code"]?.scalar == "403" && kubernetes.text.hasSuffix("403"))
      let call = #"{"jsonrpc":"2.0","id":"a-7","method":"tools/call","params":{"name":"wipe","arguments":{}}}"#
      let tool = try gateway.curl("/mcp", ["-H", "Content-Type: application/json", "-d", call, "-w", "%{http_code}"])
      let error = JSONValue.document(in: Array(tool.text.utf8.prefix { $0 != 0x0A }))
      #expect(error?["id"]?.string == "a-7" && error?["error"]?["data"]?["rule"]?.string == "no-tools")
      #expect(tool.text.hasSuffix("200"))
      #expect(try gateway.curl("/bytes/3").text == "012")
      #expect(server.asked.count == 1)
    }
  }

  @Test func `tools that the server calls read-only are reads as they are afterwards`() throws {
    let policy = Self.policy.replacing(
      "when: { verb: tools/call }", with: "when: { verb: tools/call, effect: unknown }")
    try with(policy: policy) { server, gateway, _ in
      let client = try RawWeb(port: gateway.port())
      func ask(_ path: String, _ body: String) -> String {
        client.send(
          "POST \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(gateway.token.secret)\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return client.receive(until: "}")
      }
      let look = #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"look"}}"#
      #expect(ask("/mcp", look).contains("no-tools"))
      #expect(ask("/tools", #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).contains("readOnlyHint"))
      _ = client.receive(until: "]}}")
      #expect(ask("/mcp", look).contains("\"line\""))
      #expect(server.asked.count == 2)
    }
  }

  @Test func `a request waits, is approved over the socket with its content, and goes on once`() throws {
    try with { server, gateway, signer in
      let core = gateway.gateway.core
      let client = try RawWeb(port: gateway.port())
      let body = #"{"price": 7}"#
      client.send(
        "PUT /orders/7 HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer \(gateway.token.secret)\r\nContent-Type: application/json\r\n"
          + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nContent-Length: 12\r\n\r\n\(body)")
      let deadline = Date().addingTimeInterval(20)
      while core.held.all.isEmpty, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
      let held = try #require(core.held.all.first)
      #expect(server.asked.isEmpty)
      #expect(held.text == "PUT http://shop/orders/7 (12 bytes of content)" && held.type == "HTTP")
      let message = String(buffer: held.message)
      #expect(message.hasSuffix(body) && message.contains("Authorization: Bearer [redacted]\r\n"))
      #expect(!message.contains(gateway.token.secret))
      #expect(held.context.contains { $0.name == "traceparent" })
      let posted = try #require(held.posted)
      #expect(posted.text.contains("body-sha256: \(SHA256.digest(of: body).hex)"), "\(posted.text)")
      let desk = try #require(core.approvals)
      let armored = try signer.sign(posted.text, as: "approval@test")
      _ = try desk.take(Array(armored.utf8), reason: "", under: posted, at: core.now())
      core.lookAtApprovals()
      #expect(client.receive(until: "\n").hasPrefix("HTTP/1.1 200 "))
      #expect(server.asked.count == 1)
      // Another content is another request.
      client.send(
        "PUT /orders/7 HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer \(gateway.token.secret)\r\nContent-Length: 3\r\n\r\n999"
      )
      let second = Date().addingTimeInterval(10)
      while core.held.all.isEmpty, Date() < second { Thread.sleep(forTimeInterval: 0.02) }
      #expect(core.held.all.count == 1 && server.asked.count == 1)
    }
  }

  @Test func `nobody answers, and the client that goes away ends the wait`() throws {
    try with(limits: "hold: 1s") { server, gateway, _ in
      let answer = try gateway.curl("/orders", ["-d", "a=1", "-w", " %{http_code}"])
      #expect(answer.text.hasSuffix(" 403") && answer.text.contains("within 1 seconds"))
      #expect(server.asked.isEmpty)
    }
    try with { server, gateway, _ in
      let core = gateway.gateway.core
      do {
        let client = try RawWeb(port: gateway.port())
        client.send("DELETE2 /a HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer \(gateway.token.secret)\r\n\r\n")
        let deadline = Date().addingTimeInterval(10)
        while core.held.all.isEmpty, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
        #expect(core.held.all.count == 1)
      }
      let deadline = Date().addingTimeInterval(10)
      while !core.held.all.isEmpty || core.connectionCount > 0, Date() < deadline {
        Thread.sleep(forTimeInterval: 0.02)
      }
      #expect(core.held.all.isEmpty && core.connectionCount == 0 && core.sessionCount == 0)
      #expect(server.asked.isEmpty)
      try gateway.stop()
      #expect(try gateway.recordedBytes().firstRange(of: Data(#""outcome":"withdrawn""#.utf8)) != nil)
    }
  }

  @Test func `a request that is longer than what is held is no read, and cannot be approved`() throws {
    try with(listener: "limits: { body-kib: 1 }") { server, gateway, _ in
      let long = String(repeating: "a", count: 3_000)
      let answer = try gateway.curl("/search", ["-X", "QUERY", "-d", long, "-w", " %{http_code}"])
      #expect(answer.text.hasSuffix(" 403") && answer.text.contains("too long"), "\(answer.text) \(answer.errors)")
      #expect(try gateway.curl("/search", ["-X", "QUERY", "-d", "a", "-w", " %{http_code}"]).text.hasSuffix(" 200"))
      #expect(server.asked.count == 1)
    }
  }

  @Test func `a policy that masks what nobody masks is refused`() throws {
    let server = try WebTarget()
    let policy = """
      version: 1
      rules: []
      default: allow
      masking: [{ id: mails, detect: [email], action: redact }]
      """
    #expect {
      _ = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)"), policy: policy)
    } throws: { "\($0)".contains("bodies of HTTP are not masked yet") }
  }
}
