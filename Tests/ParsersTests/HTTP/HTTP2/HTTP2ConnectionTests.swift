import Bytes
import Model
import TestKit
import Testing

@testable import Parsers

/// What becomes of the frames.
@Suite struct HTTP2ConnectionTests {
  @Test func `requests and responses become calls`() throws {
    let events = HTTP2Samples.plain.events()
    #expect(events.codes == [])
    #expect(
      events.calls.map { "\($0.head.method) \($0.head.url) \($0.head.status ?? 0)" } == [
        "GET https://shop.internal/orders?id=7 200", "DELETE https://shop.internal/orders/7 204",
        "GET https://shop.internal/orders?id=7 404",
      ])
    let first = try #require(events.call(1))
    #expect(first.head.version == "2" && first.head.streamID == 1 && first.head.scheme == "https")
    #expect(first.head.requestFields == [HeaderField("user-agent", "tester/1.0")])
    #expect(first.head.responseFields.map(\.name) == ["server", "content-type", "content-length"])
    #expect(first.requestBody == nil && first.responseBody?.content.text == "{}")
    #expect(events.call(5)?.responseBody?.content.text == "no such order")
    let exchange = try #require(events.exchange(1))
    #expect(exchange.incompleteReason == nil)
    // Packet 4 asks, 5 has the head of the answer and 6 its content.
    #expect(exchange.startedAt.nanoseconds == 4 && exchange.firstResponseAt?.nanoseconds == 5)
    #expect(exchange.endedAt?.nanoseconds == 6 && first.requestEndedAt?.nanoseconds == 4)
    #expect(exchange.origin.packet == 4)
    #expect(exchange.requestByteCount == UInt64(HTTP2Samples.plain.pieces[3].bytes.count))
    #expect(exchange.responseByteCount == UInt64(HTTP2Samples.plain.pieces[4].bytes.count + 11))
    let facts = try #require(events.facts.first)
    #expect(events.facts.count == 1 && facts.target == "shop.internal")
    #expect(facts.application == "tester/1.0" && facts.protocolVersion == "2")
  }

  @Test func `content, padding, informational responses and trailers`() throws {
    let call = try #require(HTTP2Samples.bodies.calls.first)
    #expect(call.requestBody?.content.text == "first second third")
    #expect(call.head.informational == [103] && call.head.status == 201)
    #expect(call.responseBody?.content.text == String(repeating: "stored ", count: 40))
    #expect(call.head.responseTrailers == [HeaderField("digest", "sha-256=abc")])
    #expect(call.head.responseFields["link"] == nil)
  }

  @Test func `streams do not mix`() {
    let calls = HTTP2Samples.interleaved.calls
    #expect(calls.count == 4)
    for call in calls {
      let id = call.head.streamID ?? 0
      #expect(call.head.requestFields["x-part"] == "\(id)")
      let text = (0..<3).map { "stream \(id) round \($0);" }.joined()
      #expect(call.responseBody?.content.text == text)
    }
  }

  @Test func `a pushed response is a call of its own`() throws {
    let events = HTTP2Samples.push.events()
    let pushed = try #require(events.call(2))
    #expect(pushed.upgrade == "push" && pushed.head.target == "/style.css" && pushed.head.status == 200)
    #expect(pushed.responseBody?.content.text == "body{}")
    #expect(events.call(1)?.upgrade == nil && events.call(1)?.responseBody?.content.text == "<p>")
  }

  @Test func `messages of gRPC are records, and its status stays in the trailers`() throws {
    let events = HTTP2Samples.grpc.events()
    let call = try #require(events.call(1))
    let records = try #require(call.records).recordList
    #expect(records.map(\.bytes) == [[8, 1], [8, 2, 16, 3], [8, 4], [], [8, 5, 16, 6]])
    #expect(records.map(\.direction) == [.fromClient, .fromServer, .fromClient, .fromClient, .fromServer])
    #expect(records.allSatisfy { $0.kind == .message })
    #expect(records.map(\.at.nanoseconds) == [5, 7, 8, 8, 9])
    #expect(call.requestBody == nil && call.responseBody == nil)
    #expect(call.head.responseTrailers["grpc-status"] == "0")
    // Trailers only: the status came in the one section that there is.
    #expect(events.call(3)?.head.responseTrailers == [HeaderField("grpc-status", "5")])
    #expect(events.call(3)?.head.responseFields.map(\.name) == ["server", "content-type"])
  }

  @Test func `resets and GOAWAY end what they name and nothing else`() throws {
    let events = HTTP2Samples.resets.events()
    #expect(events.exchange(1)?.incompleteReason == "RST_STREAM CANCEL by the client")
    // What crossed the reset shows that the server acted.
    #expect(events.call(1)?.head.status == 200 && events.call(1)?.responseBody?.content.text == "crossed")
    #expect(events.exchange(3)?.incompleteReason == "RST_STREAM REFUSED_STREAM by the server")
    #expect(events.exchange(5)?.incompleteReason == nil)
    #expect(events.exchange(7)?.incompleteReason == "GOAWAY NO_ERROR by the server, which did not process it")
    #expect(events.codes == [])
    #expect(events.calls.count == 4)
  }

  @Test func `CONNECT opens a tunnel when it is answered with success`() throws {
    let events = HTTP2Samples.connect.events()
    #expect(events.call(1)?.upgrade == "connect" && events.call(1)?.head.target == "db.internal:5432")
    #expect(events.handedOn(.fromClient) == Array("early to the database".utf8).hex)
    #expect(events.handedOn(.fromServer) == Array("from the database.".utf8).hex)
    var kinds: [String] = []
    for case .tunnel(let event) in events {
      switch event {
      case .opened(let id, let tunnel):
        #expect(id == TunnelID(1) && tunnel.kind == .child(server: "db.internal:5432"))
        kinds.append("opened")
      case .closed: kinds.append("closed")
      default: break
      }
    }
    #expect(kinds == ["opened", "closed"])
    let refused = try #require(events.call(3))
    #expect(refused.upgrade == nil && refused.head.status == 407 && refused.requestBody?.content.text == "in vain")
  }

  @Test func `extended CONNECT names what the stream becomes`() throws {
    let call = try #require(HTTP2Samples.websocket.calls.first)
    #expect(call.upgrade == "websocket" && call.head.method == "CONNECT" && call.head.target == "/chat")
    #expect(call.requestBody?.content.text == "frames" && call.responseBody?.content.text == "more frames")
  }

  @Test func `an upgraded request is stream 1`() throws {
    let events = HTTP2Samples.h2c.events()
    let call = try #require(events.call(1))
    #expect(call.head.method == "GET" && call.head.target == "/upgraded" && call.head.status == 200)
    #expect(call.upgrade == "h2c" && call.responseBody?.content.text == "hello")
    #expect(events.call(3)?.head.target == "/next")
    #expect(events.codes == [])
    #expect(events.exchanges.allSatisfy { $0.incompleteReason == nil })
  }

  @Test func `the header table follows settings and size updates`() {
    let events = HTTP2Samples.tables.events()
    #expect(events.codes == [])
    #expect(events.calls.map(\.head.target) == ["/a", "/a", "/b"])
    #expect(events.calls.map { $0.head.responseFields["x"] } == [nil, "y", "y"])
  }

  private func malformed(_ fields: [(String, String)]) -> [ParserEvent] {
    var it = HTTP2Conversation.session()
    it.client(HTTP2Wire.headers(1, it.clientFields.encode(fields), end: true))
    it.response(1, 200, end: true)
    return it.events()
  }

  static let get = [(":method", "GET"), (":scheme", "https"), (":authority", "a"), (":path", "/")]

  @Test(arguments: [
    [("x", "1")] + get, get + [(":path", "/other")], get + [(":status", "200")], get + [("Upper", "1")],
    get + [("connection", "close")], get + [("te", "gzip")], get + [("x", "a\r\nhost: b")], Array(get.prefix(3)),
    Array(get.dropFirst()), get + [("transfer-encoding", "chunked")], get + [("content-length", "5")],
    Array(get.prefix(3)) + [(":path", "")], [(":method", "CONNECT"), (":scheme", "https"), (":authority", "a:1")],
  ])
  func `a malformed request is kept and told of`(_ fields: [(String, String)]) {
    let events = malformed(fields)
    #expect(events.codes == ["http2-malformed"])
    #expect(events.calls.count == 1)
    #expect(events.calls.first?.head.status == 200)
  }

  @Test func `a compression error costs the header table, not the streams`() throws {
    var it = HTTP2Conversation.session()
    it.request(1, "GET", "/before")
    it.client(HTTP2Wire.headers(3, [0x82, 0x87, 0xFF, 0xFF, 0xFF, 0x7F], end: true))
    it.response(1, 200)
    it.server(HTTP2Wire.data(1, "fine", end: true))
    it.response(3, 400, end: true)
    let plain = [
      (":method", "GET"), (":scheme", "https"), (":path", "/x"), ("x-new", "1"), ("user-agent", "tester/1.0"),
    ]
    it.client(HTTP2Wire.headers(5, it.clientFields.encode(plain), end: true))
    it.response(5, 200, end: true)
    let events = it.events()
    #expect(events.codes.prefix(2) == ["http2-compression", "http2-header-table-lost"])
    #expect(events.exchange(1)?.incompleteReason == nil)
    #expect(events.call(3)?.head.method == "GET" && events.call(3)?.head.scheme == "https")
    #expect(events.exchange(3)?.incompleteReason?.hasPrefix("the head cannot be read") == true)
    // The user agent is in the table that was lost; the rest is certain.
    let last = try #require(events.call(5))
    #expect(last.head.target == "/x" && last.head.requestFields == [HeaderField("x-new", "1")])
    #expect(events.exchange(5)?.incompleteReason == "1 fields name entries of a header table that was lost")
  }

  @Test func `a flood of CONTINUATION frames is bounded and told of`() {
    var it = HTTP2Conversation.session()
    var flood = HTTP2Wire.frame(1, flags: 1, stream: 1, it.clientFields.encode(Self.get))
    for _ in 0..<20_000 { flood += HTTP2Wire.frame(9, stream: 1, [0x00, 0x01, 0x61, 0x01, 0x62]) }
    it.client(flood)
    it.request(3, "GET", "/after")
    let events = it.events()
    #expect(events.codes.contains("http2-continuation-flood"))
    #expect(events.call(1)?.head.target == "/")
    #expect((events.call(1)?.head.requestFields.count ?? 0) <= HTTP2Limits.blockFrames)
    #expect(events.call(3)?.head.method == "GET")
  }

  @Test func `a head that is too large is cut and told of`() {
    var it = HTTP2Conversation.session(server: [(5, 1 << 20)])
    it.clientFields.usesHuffman = false
    let big = (0..<10).map { ("x-\($0)", String(repeating: "y", count: 40_000)) }
    it.request(1, "GET", "/", big, parts: 30)
    let events = it.events()
    #expect(events.codes.contains("http2-header-limit"))
    #expect(events.call(1)?.head.method == "GET")
    #expect(events.exchange(1)?.incompleteReason == "the head is larger than 262,144 bytes")
  }

  @Test func `rapid resets are counted`() throws {
    var it = HTTP2Conversation.session()
    for index in 0..<500 {
      let stream = UInt32(2 * index + 1)
      it.request(stream, "GET", "/")
      it.client(HTTP2Wire.reset(stream, 8))
    }
    let events = it.events()
    #expect(events.calls.count == 500)
    let anomaly = try #require(events.anomalies.first)
    #expect(events.codes == ["http2-rapid-reset"])
    #expect(anomaly.detail == "the client reset 500 requests before any answer")
  }

  @Test func `more streams than are held are given up from the oldest on`() {
    var it = HTTP2Conversation.session()
    for index in 0..<(HTTP2Limits.streams + 10) { it.request(UInt32(2 * index + 1), "GET", "/") }
    let events = it.events()
    #expect(events.calls.count == HTTP2Limits.streams + 10)
    #expect(events.codes.count { $0 == "http2-stream-limit" } == 10)
    #expect(events.calls.first?.head.streamID == 1)
  }

  @Test(arguments: [
    (HTTP2Wire.frame(0, stream: 0, [1]), "http2-frame"), (HTTP2Wire.frame(4, stream: 1, []), "http2-frame"),
    (HTTP2Wire.frame(4, stream: 0, [1]), "http2-frame"), (HTTP2Wire.frame(6, stream: 0, [1]), "http2-frame"),
    (HTTP2Wire.frame(8, stream: 0, [1]), "http2-frame"), (HTTP2Wire.frame(3, stream: 1, [1]), "http2-frame"),
    (HTTP2Wire.frame(9, flags: 4, stream: 1, [0x82]), "http2-frame"), (HTTP2Wire.data(9, "x"), "http2-frame"),
    (HTTP2Wire.frame(0, flags: 8, stream: 3, [50, 1]), "http2-frame"),
    (HTTP2Wire.frame(0, stream: 3, [UInt8](repeating: 0, count: 20_000)), "http2-frame-size"),
    (HTTP2Wire.goAway(0, 11, "too many\u{1b}[2J"), "http2-goaway"),
    (HTTP2Wire.frame(0x70, stream: 1 << 30, [UInt8](repeating: 7, count: 40_000)), "http2-boundary-lost"),
  ])
  func `frames that break the rules do not stop the others`(_ frame: [UInt8], _ code: String) {
    var it = HTTP2Conversation.session()
    it.request(3, "POST", "/open", end: false)
    it.client(frame)
    it.client(HTTP2Wire.data(3, "content", end: true))
    it.response(3, 200, end: true)
    it.clientFields = HPACKWire(.literal)
    it.request(11, "GET", "/after")
    it.response(11, 200, end: true)
    let events = it.events()
    #expect(events.codes.contains(code))
    #expect(events.call(3)?.head.status == 200)
    #expect(events.call(11)?.head.target == "/after" && events.call(11)?.head.status == 200)
  }

  @Test func `a connection whose beginning is missing goes on with what is certain`() throws {
    var whole = HTTP2Conversation.session()
    whole.request(1, "GET", "/unseen")
    whole.response(1, 200, end: true)
    whole.request(3, "GET", "/orders")
    whole.response(3, 200, [("x-new", "1")])
    whole.server(HTTP2Wire.data(3, "hello", end: true))
    whole.request(5, "GET", "/orders", [("x-new", "2")])
    whole.response(5, 200, [("x-new", "1")], end: true)
    whole.pieces.removeFirst(5)
    let events = whole.events()
    #expect(events.codes == ["http2-header-table-lost", "http2-header-table-lost"])
    let call = try #require(events.call(3))
    // :method and :scheme are of the static table, :path was new; the authority and user agent are not known.
    #expect(call.head.method == "GET" && call.head.scheme == "https" && call.head.target == "/orders")
    #expect(call.head.authority == nil && call.head.requestFields == [])
    #expect(call.head.status == 200 && call.head.responseFields == [HeaderField("x-new", "1")])
    #expect(call.responseBody?.content.text == "hello")
    let last = try #require(events.call(5))
    #expect(last.head.target == "/orders" && last.head.requestFields == [HeaderField("x-new", "2")])
    #expect(last.head.responseFields == [HeaderField("x-new", "1")])
    #expect(events.exchanges.allSatisfy { $0.incompleteReason?.contains("header table that was lost") == true })
  }

  @Test(arguments: Direction.allCases)
  func `half a capture gives what it can`(_ direction: Direction) {
    for (name, sample) in HTTP2Samples.all where name != "h2c" {
      var conversation = sample
      conversation.pieces.removeAll { $0.direction != direction }
      let events = conversation.events()
      #expect(conversation.events(.everyByte).dump == events.dump)
      #expect(!events.calls.isEmpty)
      for exchange in events.exchanges {
        // A promise brings the request with it.
        if case .call(let call) = exchange.shape, call.upgrade == "push" { continue }
        #expect(exchange.incompleteReason != nil, "\(name)")
      }
    }
  }
}
