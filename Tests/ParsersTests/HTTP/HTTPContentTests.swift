import Bytes
import Codings
import Model
import TestKit
import Testing

@testable import Parsers

/// Codings and charsets, through the parser, and always by whole pieces and by bytes.
@Suite struct HTTPContentTests {
  static let text = "hello, content codings; hello again, content codings"

  /// By brotli 1.1, zstandard 0.23 and zlib of Python.
  static let coded: [(name: String, hex: String)] = [
    ("br", "1b330000c429479a7886b5b5a4c37b90427611066c8c9d23e2eec4a75550e8dce5397529bf01"),
    ("zstd", "28b52ffd20343d0100f068656c6c6f2c20636f6e74656e7420636f64696e67733b2020616761696e020041cdc20a730c"),
    ("deflate", "78dacb48cdc9c9d75148cecf2b49cd2b01d2299979e9c5d60a19207185c4f4c4cc3c0c5900fa6f1340"),
    ("deflate", "cb48cdc9c9d75148cecf2b49cd2b01d2299979e9c5d60a19207185c4f4c4cc3c0c5900"),
    (
      "gzip",
      "1f8b0800000000000203cb48cdc9c9d75148cecf2b49cd2b01d2299979e9c5d60a19207185c4f4c4cc3c0c59003e86d00134000000"
    ),
    (
      "gzip, br",
      "0b1a801f8b0800000000000203cb48cdc9c9d75148cecf2b49cd2b01d2299979e9c5d60a19207185c4f4c4cc3c0c59003e86d0013400000003"
    ),
  ]

  static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0 }
  }

  private func answer(_ fields: String, _ content: [UInt8]) -> HTTPConversation {
    var it = HTTPConversation()
    it.client("GET / HTTP/1.1\r\nHost: s\r\n\r\n")
    it.server("HTTP/1.1 200 OK\r\n\(fields)\r\nContent-Length: \(content.count)\r\n\r\n")
    it.server(content)
    return it
  }

  private func body(_ it: HTTPConversation, bodyLimit: Int = 1 << 20) throws -> CallBody {
    let events = it.events(bodyLimit: bodyLimit)
    #expect(it.events(.everyByte, bodyLimit: bodyLimit).dump == events.dump)
    return try #require(events.calls.first?.responseBody)
  }

  @Test(arguments: coded.indices)
  func `a coding is removed`(_ index: Int) throws {
    let (name, hex) = Self.coded[index]
    let body = try body(answer("Content-Encoding: \(name)\r\nContent-Type: text/plain", Self.bytes(hex)))
    #expect(body.content.bytes.span.string == Self.text)
    #expect(body.codings == name.split(separator: ", ").map(String.init))
    #expect(body.codedByteCount == UInt64(hex.utf8.count / 2))
    #expect(body.note == nil)
  }

  @Test(arguments: coded.indices)
  func `a coding that is damaged anywhere gives the same whatever the pieces are`(_ index: Int) throws {
    let (name, hex) = Self.coded[index]
    let whole = Self.bytes(hex)
    for place in whole.indices {
      for flip: UInt8 in [0x01, 0x80, 0xFF] {
        var damaged = whole
        damaged[place] ^= flip
        _ = try body(answer("Content-Encoding: \(name)", damaged))
      }
      guard place > 0 else { continue }
      let short = try body(answer("Content-Encoding: \(name)", Array(whole[..<place])))
      #expect(short.note?.contains("before it is whole") == true)
    }
    let long = try body(answer("Content-Encoding: \(name)", whole + [0x41]))
    #expect(name == "zstd" || long.note != nil)
  }

  @Test func `content that is not coded as it says is kept as it is`() throws {
    let plain = Array("<html>not compressed</html>".utf8)
    for name in ["gzip", "br", "zstd"] {
      let body = try body(answer("Content-Encoding: \(name)\r\nContent-Type: text/html", plain))
      #expect(body.content.bytes == plain)
      #expect(body.note == "not \(name), as it says")
      #expect(body.codings == [])
    }
    let odd = try body(answer("Content-Encoding: exi", plain))
    #expect(odd.note == "the coding exi is not removed")
  }

  @Test func `a bomb stops at the same byte whatever the pieces are`() throws {
    // 48 MiB of zeros in 41 bytes.
    let bomb = Self.bytes("cfffff7ff82700e2b14020f7fe9ffffffff04f00c4610180eefd3fffffffe19f0088c32200ddfbff01")
    let body = try body(answer("Content-Encoding: br", bomb), bodyLimit: 1_000)
    #expect(body.content.byteCount == ContentLimits.ratioFloor)
    #expect(body.content.bytes.count == 1_000)
    #expect(body.note?.hasPrefix("decoding stopped after 33,554,432 bytes") == true)
  }

  @Test(arguments: [
    ("iso-8859-1", [0x63, 0x61, 0x66, 0xE9, 0x80] as [UInt8], "caf\u{E9}\u{80}"),
    ("windows-1252", [0x80, 0x20, 0x93, 0xE9], "\u{20AC} \u{201C}\u{E9}"),
    ("utf-16", [0xFF, 0xFE, 0x41, 0x00, 0x3D, 0xD8, 0x00, 0xDE], "A\u{1F600}"),
    ("utf-16", [0xFE, 0xFF, 0x00, 0x41, 0x20, 0xAC], "A\u{20AC}"),
    ("UTF-16LE", [0x41, 0x00, 0xAC, 0x20, 0x42], "A\u{20AC}\u{FFFD}"),
    ("\"utf-16be\"", [0x00, 0x41, 0xD8, 0x3D, 0x00, 0x42, 0xDE, 0x00], "A\u{FFFD}B\u{FFFD}"),
    ("utf-8", Array("h\u{E9}".utf8), "h\u{E9}"),
  ])
  func `text is brought to UTF-8`(charset: String, content: [UInt8], expected: String) throws {
    let body = try body(answer("Content-Type: text/plain; charset=\(charset)", content))
    #expect(body.content.layout == .text)
    #expect(body.content.bytes.span.string == expected)
  }

  @Test func `messages of WebSocket without context takeover are inflated each by itself`() throws {
    var it = HTTPConversation()
    it.client("GET / HTTP/1.1\r\nHost: s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    it.server(
      "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate; "
        + "server_no_context_takeover; client_no_context_takeover\r\n\r\n")
    let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
    it.server(WebSocketWire.frame(1, hello, rsv1: true, masked: false))
    // Damaged: it costs this message alone, because the next begins anew.
    it.server(WebSocketWire.frame(1, [0xFF, 0xFF], rsv1: true, masked: false))
    it.server(WebSocketWire.frame(1, hello, rsv1: true, masked: false))
    // A block marked as the last (RFC 7692 §7.2.3.5).
    it.client(WebSocketWire.frame(1, [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00], rsv1: true, masked: true))
    it.client(WebSocketWire.frame(1, hello, rsv1: true, masked: true))
    let events = it.events()
    #expect(it.events(.everyByte).dump == events.dump)
    #expect(events.codes == ["websocket-deflate"])
    let texts = try #require(events.calls.first?.records).recordTexts.dropFirst()
    #expect(texts.filter { $0.contains("\"Hello\"") }.count == 4)
    #expect(texts.count == 5)
  }

  @Test func `an upgrade to h2c goes on as HTTP/2 with the request as stream 1`() throws {
    var fields = HPACKWire()
    var clientFields = HPACKWire()
    var it = HTTPConversation()
    it.client(
      "GET /up HTTP/1.1\r\nHost: s\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
    )
    it.server("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    it.server(HTTP2Wire.settings())
    it.client(HTTP2Wire.preface + HTTP2Wire.settings())
    it.server(HTTP2Wire.headers(1, fields.encode([(":status", "200"), ("content-type", "text/plain")])))
    it.server(HTTP2Wire.data(1, "over h2c", end: true))
    it.client(
      HTTP2Wire.headers(
        3, clientFields.encode([(":method", "GET"), (":scheme", "http"), (":authority", "s"), (":path", "/two")]),
        end: true))
    it.server(HTTP2Wire.headers(3, fields.encode([(":status", "204")]), end: true))
    let events = it.events()
    #expect(it.events(.everyByte).dump == events.dump)
    #expect(events.callLines == ["GET /up 200 over h2c", "GET /two 204"])
    #expect(events.calls.map(\.upgrade) == ["h2c", nil])
    #expect(events.calls.map(\.head.streamID) == [1, 3])
    #expect(events.codes == [])
  }

  @Test func `server-sent events in gzip over HTTP/2 keep the times of their frames`() throws {
    var it = HTTP2Conversation.session()
    it.request(1, "GET", "/events")
    it.response(1, 200, [("content-type", "text/event-stream"), ("content-encoding", "gzip")])
    it.server(HTTP2Wire.data(1, Self.bytes("1f8b08000000000002034a492c49b452c8cf4be5e202000000ffff")))
    it.server(HTTP2Wire.data(1, Self.bytes("4b01334bcaf3b9b800a20d4a3f16000000"), end: true))
    let events = it.events()
    #expect(it.events(.everyByte).dump == events.dump)
    let call = try #require(events.calls.first)
    #expect(call.responseBody?.codings == ["gzip"])
    #expect(call.responseBody?.content.bytes.span.string == "data: one\n\ndata: two\n\n")
    let texts = try #require(call.records).recordTexts.dropFirst()
    #expect(texts.map { $0.contains("data: one") } == [true, false])
    let times = texts.map { $0.split(separator: " ").first }
    #expect(Set(times).count == 2)
  }
}
