import Foundation
import TestKit
import Testing

@testable import Gateway

/// Requests that two servers could read differently, and those that are too much.
@Suite struct SmugglingTests {
  /// Each is refused with that status; nothing of it, and nothing behind it, gets to the server. `AUTH` is the token's field.
  static let refused: [(request: String, status: Int)] = [
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHContent-Length: 5\r\nContent-Length: 6\r\n\r\n123456", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHContent-Length: 5\r\nContent-Length: 5\r\n\r\n12345", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHContent-Length: 5, 6\r\n\r\n123456", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHContent-Length: +5\r\n\r\n12345", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHContent-Length: 0x5\r\n\r\n12345", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHContent-Length: 99999999999999999999\r\n\r\n12345", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHContent-Length:\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: \u{b}chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.0\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nAUTHX: a\r\n b\r\n\r\n", 400), ("GET / HTTP/1.1\r\n Host: a\r\nAUTH\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nAUTHX : b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nAUTHX\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nAUTHX: a\rb\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nAUTHX: a\nY: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nAUTHX: a\0b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nAUTH: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nAUTH\r\n", 400), ("GET / HTTP/1.1\r\nAUTH\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a/b\r\nAUTH\r\n", 400), ("GET / HTTP/1.1\r\nHost: u@a\r\nAUTH\r\n", 400),
    ("GET  / HTTP/1.1\r\nHost: a\r\nAUTH\r\n", 400), ("GET /a b HTTP/1.1\r\nHost: a\r\nAUTH\r\n", 400),
    ("GET / HTTP/1.1 \r\nHost: a\r\nAUTH\r\n", 400), ("GET /\t HTTP/1.1\r\nHost: a\r\nAUTH\r\n", 400),
    ("GET /#x HTTP/1.1\r\nHost: a\r\nAUTH\r\n", 400), ("GET x HTTP/1.1\r\nHost: a\r\nAUTH\r\n", 400),
    ("GET / HTTP/2.0\r\nHost: a\r\nAUTH\r\n", 505), ("GET / http/1.1\r\nHost: a\r\nAUTH\r\n", 400),
    ("GET /\r\n\r\n", 400), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("TRACE / HTTP/1.1\r\nHost: a\r\nAUTH\r\n", 501), ("GET / HTTP/1.1\r\nHost: a\r\nAUTHExpect: more\r\n\r\n", 417),
    ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\nAUTH\r\n", 400), ("G\u{1}T / HTTP/1.1\r\nHost: a\r\nAUTH\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n5 \r\n12345\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n0x5\r\n12345\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n-5\r\n12345\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n5;a\nb\r\n12345\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n5\n12345\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n5\r\n1234567\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n5\r\r\n1234\r\n0\r\n\r\n", 400),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\n12345\r\n0\r\n\r\n", 400
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n;x\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n0\r\n folded\r\n\r\n", 400),
  ]

  @Test func `what could be read in two ways is refused, and closes`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)"))
    for (request, status) in Self.refused {
      let client = try RawWeb(port: gateway.port())
      let field = "Authorization: Bearer \(gateway.token.secret)\r\n"
      client.send(request.replacing("AUTH", with: field) + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
      let answer = client.rest()
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(request.debugDescription): \(answer.prefix(200))")
      #expect(
        answer.contains("Connection: close\r\n") && !answer.dropFirst().contains("HTTP/1.1 2"), "\(answer)")
    }
    try gateway.stop()
    #expect(server.asked.isEmpty, "\(server.asked)")
  }

  @Test func `limits of heads, contents and time are kept`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse(
        "http://127.0.0.1:\(server.port)",
        "limits: { head-kib: 4, fields: 20, head: 1s, idle: 1s, body: 1s, body-kib: 8 }"))
    let field = "Authorization: Bearer \(gateway.token.secret)\r\n"
    func answer(_ request: String) throws -> String {
      let client = try RawWeb(port: gateway.port())
      client.send(request)
      return client.rest()
    }
    let long = String(repeating: "a", count: 5_000)
    #expect(try answer("GET /\(long) HTTP/1.1\r\nHost: a\r\n\(field)\r\n").hasPrefix("HTTP/1.1 431 "))
    let many = (0..<30).map { "X-\($0): 1\r\n" }.joined()
    #expect(try answer("GET / HTTP/1.1\r\nHost: a\r\n\(field)\(many)\r\n").hasPrefix("HTTP/1.1 431 "))
    #expect(try answer("GET / HTTP/1.1\r\nHost: a\r\n").hasPrefix("HTTP/1.1 408 "))
    #expect(try answer("").isEmpty)
    // A byte now and then is no head either.
    let slow = try RawWeb(port: gateway.port())
    let start = Date()
    slow.wait(1)
    for character in "GET / HTTP/1.1\r\nHost: a" where Date().timeIntervalSince(start) < 2 {
      slow.send(String(character))
      Thread.sleep(forTimeInterval: 0.2)
    }
    #expect(slow.rest().hasPrefix("HTTP/1.1 408 "))
    // Content that comes slowly is judged as it is, and goes on.
    let client = try RawWeb(port: gateway.port())
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(field)Content-Length: 10\r\n\r\n12345")
    Thread.sleep(forTimeInterval: 1.5)
    client.send("67890")
    let answer = client.receive(until: "\n")
    #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
    // So does content that is longer than what is held.
    let body = String(repeating: "b", count: 100_000)
    let other = try RawWeb(port: gateway.port())
    other.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(field)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    #expect(other.receive(until: "\"length\": 100000").contains("HTTP/1.1 200 "))
    try gateway.stop()
  }
}
