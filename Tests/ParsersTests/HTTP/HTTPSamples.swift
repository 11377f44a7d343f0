/// Conversations that between them use everything the parser knows.
enum HTTPSamples {
  static let gzipHello: [UInt8] = [
    0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x27, 0xb8, 0x00, 0x99,
    0x3d, 0x76, 0x2c, 0x12, 0, 0, 0,
  ]

  static var plain: HTTPConversation {
    var it = HTTPConversation()
    it.client("GET /a HTTP/1.1\r\nHost: shop\r\nUser-Agent: curl/8\r\n\r\n")
    it.server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello")
    it.client("POST /b HTTP/1.1\r\nHost: shop\r\nContent-Length: 3\r\nX: a\r\n  b\r\n\r\nabc")
    it.server("HTTP/1.1 204 No Content\r\n\r\n")
    it.client("HEAD /c HTTP/1.1\nHost: shop\n\n")
    it.server("HTTP/1.1 200 OK\nContent-Length: 1000\n\n")
    it.client("GET /d HTTP/1.1\r\nHost: shop\r\n\r\n")
    it.server("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")
    return it
  }

  static var pipelined: HTTPConversation {
    var it = HTTPConversation()
    it.client("\r\nGET /1 HTTP/1.1\r\nHost: s\r\n\r\nGET /2 HTTP/1.1\r\nHost: s\r\n\r\nGET http://x/3 HTTP/1.1\r\n\r\n")
    it.server("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\n2")
    it.server("HTTP/1.1 200 OK\r\n\r\nuntil the end")
    return it
  }

  static var chunked: HTTPConversation {
    var it = HTTPConversation()
    it.client("POST /up HTTP/1.1\r\nHost: s\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
    it.server("HTTP/1.1 100 Continue\r\n\r\n")
    it.client("3;name=\"v\"\r\nabc\r\n")
    it.client("A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n")
    it.server("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    it.server(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nT: x\r\n\r\n"
    )
    it.client("GET /next HTTP/1.1\r\nHost: s\r\n\r\n")
    it.server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    return it
  }

  static var old: HTTPConversation {
    var it = HTTPConversation()
    it.client("GET /old\r\n")
    it.server("<html>hi</html>")
    return it
  }

  static var events: HTTPConversation {
    var it = HTTPConversation()
    it.client("GET /events HTTP/1.1\r\nHost: s\r\n\r\n")
    it.server(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: one\r\n")
    it.server("13\r\n\n\nevent: x\r\ndata: t\r\n6\r\nwo\r\n\r\n\r\n0\r\n\r\n")
    return it
  }

  static var compressed: HTTPConversation {
    var it = HTTPConversation()
    it.client("GET /z HTTP/1.1\r\nHost: s\r\n\r\n")
    it.server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(gzipHello.count)\r\n\r\n")
    it.server(gzipHello)
    return it
  }

  static var connect: HTTPConversation {
    var it = HTTPConversation()
    it.client("CONNECT db.internal:5432 HTTP/1.1\r\nHost: db.internal:5432\r\n\r\n")
    it.server("HTTP/1.1 200 Connection established\r\n\r\n")
    it.client([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f])
    it.server("S")
    return it
  }

  static var webSocket: HTTPConversation {
    var it = HTTPConversation()
    it.client(
      "GET /chat HTTP/1.1\r\nHost: s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n")
    it.server(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
    it.client(WebSocketWire.frame(1, Array("Hel".utf8), isFinal: false, masked: true))
    it.client(WebSocketWire.frame(9, Array("p".utf8), masked: true))
    it.client(WebSocketWire.frame(0, Array("lo".utf8), masked: true))
    it.server(WebSocketWire.frame(10, Array("p".utf8), masked: false))
    // RFC 7692 §7.2.3.1 and §7.2.3.2: "Hello" twice, the second time by what the first left behind.
    it.server(WebSocketWire.frame(1, [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], rsv1: true, masked: false))
    it.server(WebSocketWire.frame(1, [0xf2, 0x00, 0x11, 0x00, 0x00], rsv1: true, masked: false))
    it.server(WebSocketWire.frame(2, [UInt8](repeating: 7, count: 300), masked: false))
    it.client(WebSocketWire.frame(8, [0x03, 0xe8] + Array("bye".utf8), masked: true))
    return it
  }

  static var smuggling: HTTPConversation {
    var it = HTTPConversation()
    it.client("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    it.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    it.client("GET /x HTTP/1.1\r\nHost: s\r\nX : y\r\n\r\n")
    it.server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc")
    it.client("garbage\r\nmore\r\nGET /y HTTP/1.1\r\nHost: s\r\n\r\n")
    it.server("\r\nxxHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny")
    return it
  }

  static let all: [(String, HTTPConversation)] = [
    ("plain", plain), ("pipelined", pipelined), ("chunked", chunked), ("old", old), ("events", events),
    ("compressed", compressed), ("connect", connect), ("websocket", webSocket), ("smuggling", smuggling),
    ("spdy", SPDYSamples.shell),
  ]
}
