import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Parsers

@Suite struct HTTPParserTests {
  @Test func `requests and answers of one connection are joined`() throws {
    let events = HTTPSamples.plain.events()
    #expect(events.callLines == ["GET /a 200 hello", "POST /b 204", "HEAD /c 200", "GET /d 304"])
    #expect(events.anomalies.isEmpty)
    #expect(events.facts.map(\.dump) == ["facts application=curl/8 protocolVersion=1.1 target=shop"])
    let post = events.calls[1]
    #expect(post.requestBody?.content.bytes == Array("abc".utf8))
    #expect(post.head.requestFields["x"] == "a b")
    #expect(events.calls[0].head.url == "http://shop/a")
    #expect(events.exchanges.allSatisfy { $0.incompleteReason == nil })
    #expect(events.exchanges[0].requestByteCount == 51)
    #expect(events.exchanges[1].requestByteCount == 65)
  }

  @Test func `pipelined requests keep their order and the last answer lasts until the end`() {
    let events = HTTPSamples.pipelined.events()
    #expect(events.callLines == ["GET /1 200 1", "GET /2 404 2", "GET http://x/3 200 until the end"])
    #expect(events.calls[2].head.authority == "x")
  }

  @Test func `chunks, extensions, trailers and informational answers`() {
    let calls = HTTPSamples.chunked.events().calls
    #expect(HTTPSamples.chunked.events().callLines == ["POST /up 200 hello world", "GET /next 200 ok"])
    #expect(calls[0].head.informational == [100, 103])
    #expect(calls[0].requestBody?.content.bytes == Array("abc0123456789".utf8))
    #expect(calls[0].requestBody?.codedByteCount == 13)
    #expect(calls[0].head.requestTrailers == [HeaderField("X-Sum", "1")])
    #expect(calls[0].head.responseTrailers == [HeaderField("T", "x")])
  }

  @Test func `an answer of HTTP/0.9 is all that the server sends`() {
    let calls = HTTPSamples.old.events().calls
    #expect(calls.map(\.head.version) == ["0.9"])
    #expect(HTTPSamples.old.events().callLines == ["GET /old - <html>hi</html>"])
  }

  @Test func `server-sent events become records whatever the chunks are`() throws {
    let call = try #require(HTTPSamples.events.events().calls.first)
    let texts = try #require(call.records).recordTexts.dropFirst()
    #expect(texts == ["  3 fromServer event \"data: one\"", "  3 fromServer event \"event: x\\ndata: two\""])
  }

  @Test func `gzip is removed`() throws {
    let body = try #require(HTTPSamples.compressed.events().calls.first?.responseBody)
    #expect(body.codings == ["gzip"])
    #expect(body.codedByteCount == UInt64(HTTPSamples.gzipHello.count))
    #expect(body.content.bytes.span.string.hasPrefix("hello"))
  }

  @Test func `what follows a CONNECT goes out as a tunnel`() {
    let events = HTTPSamples.connect.events()
    #expect(events.calls.map(\.upgrade) == ["connect"])
    #expect(events.handedOn(.fromClient) == "0000000804d2162f")
    #expect(events.handedOn(.fromServer) == "53")
    var kinds: [Tunnel.Kind] = []
    for case .tunnel(.opened(_, let tunnel)) in events { kinds.append(tunnel.kind) }
    #expect(kinds == [.child(server: "db.internal:5432")])
  }

  @Test func `WebSocket messages become records`() throws {
    let events = HTTPSamples.webSocket.events()
    let call = try #require(events.calls.first)
    #expect(call.upgrade == "websocket")
    #expect(events.codes.isEmpty)
    let texts = try #require(call.records).recordTexts.dropFirst().map { String($0.dropFirst(2)) }
    #expect(
      texts.prefix(5) == [
        "4 fromClient ping \"p\"", "5 fromClient text \"Hello\"", "6 fromServer pong \"p\"",
        "7 fromServer text \"Hello\"",
        "8 fromServer text \"Hello\"",
      ])
    #expect(texts.count == 7)
  }

  @Test func `shapes of request smuggling are told, and reading follows RFC 9112`() {
    let codes = Set(HTTPSamples.smuggling.events().codes)
    #expect(
      codes.isSuperset(of: [
        "http-smuggling-cl-te", "http-smuggling-space-before-colon", "http-smuggling-chunk-size", "http-no-message",
      ]))
    let lines = HTTPSamples.smuggling.events().callLines
    #expect(lines == ["POST / 200", "GET /x 200", "GET /y 200 y"])
  }

  @Test(arguments: [
    ("Content-Length: +5", "http-smuggling-content-length"), ("Content-Length: 5 5", "http-smuggling-content-length"),
    ("Content-Length: -1", "http-smuggling-content-length"),
    ("Content-Length: 99999999999999999999", "http-smuggling-content-length"),
    ("Content-Length: 1\r\nContent-Length: 2", "http-smuggling-two-lengths"),
    ("Transfer-Encoding: xchunked", "http-smuggling-te"), ("Transfer-Encoding: chunked, identity", "http-smuggling-te"),
    ("Transfer-Encoding: \u{b}chunked", "http-smuggling-te"), ("X: a\rb", "http-smuggling-bare-cr"),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "http-smuggling-te"),
  ])
  func `a doubtful length is an anomaly`(field: String, code: String) {
    var it = HTTPConversation()
    it.client("POST / HTTP/1.1\r\nHost: s\r\n\(field)\r\n\r\n")
    #expect(it.events().codes.contains(code))
  }

  @Test func `a body on GET and identical lengths are nothing strange`() {
    var it = HTTPConversation()
    it.client("GET / HTTP/1.1\r\nHost: s\r\nContent-Length: 2, 2\r\n\r\nok")
    it.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    #expect(it.events().codes.isEmpty)
    #expect(it.events().calls.first?.requestBody?.content.bytes == Array("ok".utf8))
  }

  @Test func `a gap in a body costs that body alone`() throws {
    let server = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\n".utf8.count
    let events = HTTPSamples.plain.events(missing: (.fromServer, (server + 1)..<(server + 3)))
    #expect(events.callLines.count == 4)
    #expect(events.exchanges[0].incompleteReason == "gap of 2 bytes in the response")
    #expect(events.calls[0].responseBody?.note == "2 bytes missing after 1")
    #expect(events.exchanges.dropFirst().allSatisfy { $0.incompleteReason == nil })
  }

  @Test func `a request without an answer and an answer without a request say so`() {
    var lone = HTTPConversation()
    lone.client("GET / HTTP/1.1\r\nHost: s\r\n\r\n")
    #expect(lone.events().exchanges.map(\.incompleteReason) == ["no response was captured"])
    var answer = HTTPConversation()
    answer.server("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
    #expect(answer.events().exchanges.map(\.incompleteReason) == ["the request was not captured"])
  }

  @Test func `heads over a limit are an anomaly and the next request is found`() {
    var it = HTTPConversation()
    it.client("GET /a HTTP/1.1\r\nX: " + String(repeating: "x", count: 70_000) + "\r\n\r\nGET /b HTTP/1.1\r\n\r\n")
    let fields = String(repeating: "A: b\r\n", count: 1_100)
    it.client("GET /c HTTP/1.1\r\n\(fields)\r\nGET /d HTTP/1.1\r\n\r\n")
    #expect(it.events().codes.filter { $0 == "http-head-too-large" }.count == 2)
    #expect(it.events().calls.map(\.head.target) == ["/a", "/b", "/c", "/d"])
    #expect(it.events(.everyByte).dump == it.events().dump)
  }

  @Test func `the preface of HTTP/2 and an upgrade to it hand the flow over`() {
    var it = HTTPConversation()
    it.server([0, 0, 0, 4, 0, 0, 0, 0, 0])
    it.client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    it.client([0, 0, 0, 4, 0, 0, 0, 0, 0])
    #expect(it.events().codes.isEmpty)
    #expect(it.events().calls.isEmpty)
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n", "", Recognition.yes), ("", "HTTP/1.1 200 OK\r\n", .yes),
    ("HTTP/1.0 200 OK\r\n", "GET / HTTP/1.0\r\n", .yesReversed), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "", .yes),
    ("GET /\r\n", "", .yes), ("GE", "", .undecided), ("\u{16}\u{3}\u{1}", "", .no), ("SSH-2.0-x\r\n", "", .no),
    ("OPTIONS sip:x SIP/2.0\r\n", "", .no), ("SSH-2.0-x\r\n", "HTTP/1.1 400 Bad Request\r\n", .no),
    ("EHLO x\r\n", "220 mail\r\n", .no),
  ])
  func `recognition goes by content`(client: String, server: String, expected: Recognition) {
    let (client, server) = (Array(client.utf8), Array(server.utf8))
    let (clientSpan, serverSpan) = (client.span, server.span)
    let answer = HTTPParser.recognize(Opening(fromClient: clientSpan, fromServer: serverSpan, isMidstream: false))
    #expect(answer == expected)
  }

  @Test func `a start in the middle of a body finds the next message`() {
    var it = HTTPConversation()
    it.client("rest=of&a=formPOST /n HTTP/1.1\r\nHost: s\r\nContent-Length: 0\r\n\r\n")
    it.server("</html>HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    #expect(it.events().callLines == ["POST /n 200 ok"])
    let (client, server) = (it.pieces[0].bytes, it.pieces[1].bytes)
    let (clientSpan, serverSpan) = (client.span, server.span)
    let answer = HTTPParser.recognize(Opening(fromClient: clientSpan, fromServer: serverSpan, isMidstream: true))
    #expect(answer == .yes)
  }
}
