import Bytes
import Model

@testable import Parsers

/// Connections that the property tests run over.
enum HTTP2Samples {
  static let all: [(name: String, conversation: HTTP2Conversation)] = [
    ("plain", plain), ("bodies", bodies), ("interleaved", interleaved), ("parts", parts), ("push", push),
    ("grpc", grpc), ("resets", resets), ("connect", connect), ("websocket", websocket), ("h2c", h2c),
    ("tables", tables), ("others", others),
  ]

  static var plain: HTTP2Conversation {
    var it = HTTP2Conversation.session()
    it.request(1, "GET", "/orders?id=7")
    it.response(1, 200, [("content-type", "application/json"), ("content-length", "2")])
    it.server(HTTP2Wire.data(1, "{}", end: true))
    it.request(3, "DELETE", "/orders/7")
    it.response(3, 204, end: true)
    it.request(5, "GET", "/orders?id=7")
    it.response(5, 404, [("content-type", "text/plain")])
    it.server(HTTP2Wire.data(5, "no ", end: false), HTTP2Wire.data(5, "such order"), HTTP2Wire.data(5, "", end: true))
    it.client(HTTP2Wire.goAway(0, 0))
    return it
  }

  static var bodies: HTTP2Conversation {
    var it = HTTP2Conversation.session()
    it.request(1, "POST", "/upload", [("content-type", "text/plain")], end: false, padding: 5, priority: true)
    it.client(HTTP2Wire.data(1, Array("first ".utf8), padding: 9), HTTP2Wire.data(1, Array("second".utf8), padding: 0))
    it.server(HTTP2Wire.windowUpdate(1))
    it.response(1, 103, [("link", "</style.css>; rel=preload")])
    it.client(HTTP2Wire.data(1, Array(" third".utf8), end: true, padding: 200))
    it.response(1, 201, [("content-type", "text/plain"), ("trailer", "digest")])
    it.server(HTTP2Wire.data(1, String(repeating: "stored ", count: 40)))
    it.trailers(1, [("digest", "sha-256=abc")])
    return it
  }

  static var interleaved: HTTP2Conversation {
    var it = HTTP2Conversation.session()
    for stream: UInt32 in [1, 3, 5, 7] { it.request(stream, "GET", "/part/\(stream)", [("x-part", "\(stream)")]) }
    for stream: UInt32 in [5, 1, 7, 3] { it.response(stream, 200, [("content-type", "text/plain")]) }
    for round in 0..<3 {
      for stream: UInt32 in [7, 3, 1, 5] {
        it.server(HTTP2Wire.data(stream, "stream \(stream) round \(round);", end: round == 2))
      }
    }
    return it
  }

  static var parts: HTTP2Conversation {
    var it = HTTP2Conversation.session()
    it.request(1, "GET", "/long", [("x-long", String(repeating: "abc", count: 60))], parts: 4, priority: true)
    it.response(1, 200, [("x-long", String(repeating: "xyz", count: 60))], parts: 3)
    it.server(HTTP2Wire.data(1, "done", end: true))
    return it
  }

  static var push: HTTP2Conversation {
    var it = HTTP2Conversation.session()
    it.request(1, "GET", "/index.html")
    let promised = [
      (":method", "GET"), (":scheme", "https"), (":authority", "shop.internal"), (":path", "/style.css"),
    ]
    let block = it.serverFields.encode(promised)
    it.server(HTTP2Wire.push(1, promises: 2, block))
    it.response(1, 200, [("content-type", "text/html")])
    it.response(2, 200, [("content-type", "text/css")])
    it.server(HTTP2Wire.data(2, "body{}", end: true), HTTP2Wire.data(1, "<p>", end: true))
    return it
  }

  static var grpc: HTTP2Conversation {
    var it = HTTP2Conversation.session()
    it.request(1, "POST", "/shop.Orders/Watch", [("content-type", "application/grpc"), ("te", "trailers")], end: false)
    it.client(HTTP2Wire.data(1, HTTP2Wire.message([8, 1])))
    it.response(1, 200, [("content-type", "application/grpc")])
    it.server(HTTP2Wire.data(1, HTTP2Wire.message([8, 2, 16, 3])))
    it.client(HTTP2Wire.data(1, HTTP2Wire.message([8, 4]) + HTTP2Wire.message([]), end: true))
    it.server(HTTP2Wire.data(1, Array(HTTP2Wire.message([8, 5, 16, 6]).prefix(3))))
    it.server(HTTP2Wire.data(1, Array(HTTP2Wire.message([8, 5, 16, 6]).dropFirst(3))))
    it.trailers(1, [("grpc-status", "0"), ("grpc-message", "ok")])
    it.request(3, "POST", "/shop.Orders/Get", [("content-type", "application/grpc"), ("te", "trailers")], end: false)
    it.client(HTTP2Wire.data(3, HTTP2Wire.message([8, 9]), end: true))
    it.response(3, 200, [("content-type", "application/grpc"), ("grpc-status", "5")], end: true)
    return it
  }

  static var resets: HTTP2Conversation {
    var it = HTTP2Conversation.session()
    it.request(1, "GET", "/slow")
    it.request(3, "POST", "/refused", end: false)
    it.request(5, "GET", "/fine")
    it.request(7, "GET", "/late")
    it.client(HTTP2Wire.reset(1, 8))
    it.response(1, 200)
    it.server(HTTP2Wire.data(1, "crossed", end: true), HTTP2Wire.reset(3, 7))
    it.client(HTTP2Wire.data(3, "crossed too", end: true))
    it.response(5, 200, [("content-type", "text/plain")])
    it.server(HTTP2Wire.data(5, "fine", end: true), HTTP2Wire.goAway(5, 0))
    return it
  }

  static var connect: HTTP2Conversation {
    var it = HTTP2Conversation.session()
    let fields = [(":method", "CONNECT"), (":authority", "db.internal:5432")]
    it.client(HTTP2Wire.headers(1, it.clientFields.encode(fields)))
    it.client(HTTP2Wire.data(1, "early "))
    it.response(1, 200)
    it.client(HTTP2Wire.data(1, "to the database"))
    it.server(HTTP2Wire.data(1, "from the database"))
    it.client(HTTP2Wire.data(1, "", end: true))
    it.server(HTTP2Wire.data(1, ".", end: true))
    it.client(HTTP2Wire.headers(3, it.clientFields.encode(fields)), HTTP2Wire.data(3, "in vain", end: true))
    it.response(3, 407, end: true)
    return it
  }

  static var websocket: HTTP2Conversation {
    var it = HTTP2Conversation.session(server: [(8, 1)])
    let fields = [
      (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":path", "/chat"),
      (":authority", "shop.internal"), ("sec-websocket-version", "13"),
    ]
    it.client(HTTP2Wire.headers(1, it.clientFields.encode(fields)))
    it.response(1, 200)
    it.client(HTTP2Wire.data(1, "frames", end: true))
    it.server(HTTP2Wire.data(1, "more frames", end: true))
    return it
  }

  static var h2c: HTTP2Conversation {
    var it = HTTP2Conversation()
    var head = CallHead(version: "1.1", method: "GET", target: "/upgraded")
    head.authority = "shop.internal"
    head.requestFields = [
      HeaderField("Host", "shop.internal"), HeaderField("Upgrade", "h2c"),
      // A header table of 8,192.
      HeaderField("HTTP2-Settings", "AAEAACAA"), HeaderField("User-Agent", "tester/1.0"),
    ]
    it.upgradedRequest = Call(head: head)
    it.server(HTTP2Wire.settings([(3, 100)]))
    it.serverFields.maximum = 8_192
    let block =
      it.serverFields.resize(8_192) + it.serverFields.encode([(":status", "200"), ("content-type", "text/plain")])
    it.server(HTTP2Wire.headers(1, block), HTTP2Wire.data(1, "hello", end: true))
    it.client(HTTP2Wire.preface, HTTP2Wire.settings([(1, 8_192)]), HTTP2Wire.settingsAck)
    it.server(HTTP2Wire.settingsAck)
    it.request(3, "GET", "/next")
    it.response(3, 200, end: true)
    return it
  }

  static var tables: HTTP2Conversation {
    var it = HTTP2Conversation.session(client: [(1, 100)], server: [(1, 8_192), (5, 32_768)])
    it.server(HTTP2Wire.settings([(1, 0)]))
    let growth = it.clientFields.resize(8_192)
    let fields = [(":method", "GET"), (":scheme", "https"), (":authority", "shop.internal"), (":path", "/a")]
    it.client(HTTP2Wire.headers(1, growth + it.clientFields.encode(fields), end: true))
    it.server(
      HTTP2Wire.headers(1, it.serverFields.resize(100) + it.serverFields.encode([(":status", "200")]), end: true))
    it.client(HTTP2Wire.settingsAck)
    let nothing = it.clientFields.resize(0)
    it.client(HTTP2Wire.headers(3, nothing + it.clientFields.encode(fields), end: true))
    it.server(HTTP2Wire.headers(3, it.serverFields.encode([(":status", "200"), ("x", "y")]), end: true))
    it.request(5, "GET", "/b")
    it.server(HTTP2Wire.headers(5, it.serverFields.encode([(":status", "200"), ("x", "y")]), end: true))
    return it
  }

  static var others: HTTP2Conversation {
    var it = HTTP2Conversation.session()
    it.client(HTTP2Wire.frame(2, stream: 3, [0, 0, 0, 0, 15]), HTTP2Wire.frame(2, stream: 5, [0, 0, 0, 0, 15]))
    it.request(1, "GET", "/")
    it.server(HTTP2Wire.frame(10, stream: 0, [0, 4] + Array("a.b h3".utf8)), HTTP2Wire.frame(12, stream: 0, [0, 0]))
    it.server(HTTP2Wire.frame(0xFA, flags: 0xFF, stream: 77, [1, 2, 3]), HTTP2Wire.ping())
    it.client(HTTP2Wire.ping(ack: true), HTTP2Wire.frame(16, stream: 0, [0, 0, 0, 1] + Array("u=1".utf8)))
    it.response(1, 200, end: true)
    it.client(HTTP2Wire.windowUpdate(1))
    return it
  }
}
