import Bytes
import Foundation
import Model
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// Targets, clients and disks that misbehave.
@Suite struct WebFaultTests {
  private func until(_ seconds: Double = 10, _ isDone: () -> Bool) {
    let deadline = Date().addingTimeInterval(seconds)
    while !isDone(), Date() < deadline { Thread.sleep(forTimeInterval: 0.01) }
  }

  @Test func `nothing reaches the server or the client before it is recorded`() throws {
    let server = try WebTarget()
    let recording = DoubtfulRecording()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)"), recording: recording)
    let client = try RawWeb(port: gateway.port())
    let field = "Authorization: Bearer \(gateway.token.secret)\r\n"
    recording.seen.withLock { $0.isHeldBack = true }
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(field)Content-Length: 3\r\n\r\nabc")
    until { recording.seen.withLock { $0.client.suffix(3) == Array("abc".utf8) } }
    Thread.sleep(forTimeInterval: 0.3)
    #expect(server.asked.isEmpty)
    recording.release()
    #expect(client.receive(until: "\n").hasPrefix("HTTP/1.1 200 "))
    // Of the answer too.
    recording.seen.withLock { $0.isHeldBack = true }
    client.send("GET /bytes/5 HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
    until { recording.seen.withLock { !$0.waiting.isEmpty } }
    client.wait(1)
    #expect(client.receive().isEmpty)
    recording.release()
    client.wait(10)
    #expect(client.receive(until: "01234").hasSuffix("01234"))
    try gateway.stop()
  }

  @Test func `a recorder that fails lets nothing pass`() throws {
    let server = try WebTarget()
    let recording = DoubtfulRecording()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)"), recording: recording)
    #expect(try gateway.curl("/bytes/3").text == "012")
    let waiting = try RawWeb(port: gateway.port())
    recording.seen.withLock { $0.isHeldBack = true }
    waiting.send("GET /bytes/5 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(gateway.token.secret)\r\n\r\n")
    until { recording.seen.withLock { !$0.waiting.isEmpty } }
    recording.release(DoubtfulRecording.Failed())
    let last = waiting.rest()
    #expect(last.hasPrefix("HTTP/1.1 503 ") && last.contains("urn:exhibit:not-recorded"), "\(last)")
    let answer = try gateway.curl("/bytes/3", ["-w", " %{http_code} %{content_type}"])
    #expect(answer.text.hasSuffix(" 503 application/problem+json"))
    #expect(server.asked.count == 1)
    #expect(!gateway.gateway.core.isHealthy)
    try gateway.stop()
  }

  @Test func `a target that is down, goes away or talks nonsense is told as 502, or cuts the answer`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)"))
    for path in ["/nothing", "/nonsense", "/both"] {
      let answer = try gateway.curl(path, ["-w", " %{http_code} %{content_type}"])
      #expect(answer.text.hasSuffix(" 502 application/problem+json"), "\(path): \(answer.text)")
    }
    let half = try gateway.curl("/half", ["-w", " %{http_code} %{size_download}"])
    #expect(half.status == 18 && half.text.hasSuffix(" 200 500"))
    // An answer before the content was sent.
    let early = try gateway.curl("/early", ["-d", "abc", "-w", " %{http_code}"])
    #expect(early.text == "too large\n 413")
    server.stop()
    let down = try gateway.curl("/bytes/3", ["-w", " %{http_code}"])
    #expect(down.text.hasSuffix(" 502") && down.text.contains("cannot be reached"))
    until { gateway.gateway.core.connectionCount == 0 }
    #expect(gateway.gateway.core.connectionCount == 0 && gateway.gateway.core.sessionCount == 0, "\(gateway.log.all)")
    try gateway.stop()
  }

  @Test func `a client that reads slowly holds its server back, and memory stays`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)"), durability: "batched")
    let client = try RawWeb(port: gateway.port())
    let before = Self.residentBytes
    client.send("GET /bytes/200000000 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(gateway.token.secret)\r\n\r\n")
    Thread.sleep(forTimeInterval: 3)
    // Others are served meanwhile.
    #expect(try gateway.curl("/bytes/3").text == "012")
    let bytes = try gateway.recordedBytes().count
    #expect(bytes < 60_000_000, "\(bytes) were recorded that nobody reads")
    #expect(Self.residentBytes < before + 150_000_000)
    _ = client.receive()
    try gateway.stop()
  }

  private static var residentBytes: Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4_096
  }

  @Test func `a client that goes away in the middle leaves nothing behind`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)"))
    let field = "Authorization: Bearer \(gateway.token.secret)\r\n"
    for request in [
      "GET /slow?20 HTTP/1.1\r\nHost: a\r\n\(field)\r\n",
      "POST /echo HTTP/1.1\r\nHost: a\r\n\(field)Content-Length: 10\r\n\r\n123",
      "GET / HTTP/1.1\r\nHo", "GET /sse HTTP/1.1\r\nHost: a\r\n\(field)\r\n",
    ] {
      do {
        let client = try RawWeb(port: gateway.port())
        client.send(request)
        Thread.sleep(forTimeInterval: 0.3)
      }
      until { gateway.gateway.core.connectionCount == 0 }
      #expect(gateway.gateway.core.connectionCount == 0, "\(request)")
    }
    #expect(gateway.gateway.core.sessionCount == 0)
    try gateway.stop()
  }

  @Test func `a connection that the server closed while it was idle is opened again`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)"))
    let client = try RawWeb(port: gateway.port())
    let field = "Authorization: Bearer \(gateway.token.secret)\r\n"
    for _ in 0..<20 {
      client.send("GET /closes HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
      #expect(client.receive(until: "bye\n").hasSuffix("bye\n"))
    }
    #expect(server.asked.count == 20)
    try gateway.stop()
  }

  @Test func `revoked tokens and a gateway that goes down end what is open`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)"), limits: "drain: 1s")
    let client = try RawWeb(port: gateway.port())
    let field = "Authorization: Bearer \(gateway.token.secret)\r\n"
    client.send("GET /bytes/3 HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
    #expect(client.receive(until: "012").hasSuffix("012"))
    let file = gateway.folder.appending(path: "gateway.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    let other = try #require(NewToken())
    try text.replacing(gateway.token.sha256, with: other.sha256).write(to: file, atomically: false, encoding: .utf8)
    gateway.gateway.reload(try GatewayConfiguration(file: file.path))
    #expect(client.rest().isEmpty)
    #expect(try gateway.curl("/bytes/3", ["-w", " %{http_code}"]).text.hasSuffix(" 401"))
    let idle = try RawWeb(port: gateway.port())
    idle.send("GET /bytes/3 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(other.secret)\r\n\r\n")
    #expect(idle.receive(until: "012").hasSuffix("012"))
    let start = Date()
    try gateway.stop()
    #expect(Date().timeIntervalSince(start) < 8)
    #expect(idle.rest().isEmpty)
  }
}
