import Foundation
import NIOCore
import NIOHPACK
import NIOHTTP2
import TestKit
import Testing

@testable import Gateway

/// What must hold between a client of HTTP/2 and a server, whatever either sends.
@Suite struct HTTP2RehearsalTests {
  private static func piece(_ bytes: [UInt8], fromTarget: Bool = false) -> [UInt8] {
    [fromTarget ? 1 : 0, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
  }

  private static func answer(_ text: String) -> [UInt8] { piece(Array(text.utf8), fromTarget: true) }

  private static func frames(_ stream: UInt32, _ payloads: HTTP2Frame.FramePayload...) -> [UInt8] {
    var buffer = ByteBuffer()
    for payload in payloads { CanonicalFrames.write(payload, on: stream, into: &buffer) }
    return piece(Array(buffer.readableBytesView))
  }

  private static func head(
    _ method: String, _ path: String, _ more: [(String, String)] = [], isLast: Bool = true
  ) -> HTTP2Frame.FramePayload {
    let fields =
      [
        (":method", method), (":scheme", "http"), (":authority", "a"), (":path", path),
        ("authorization", "Bearer \(WebRehearsal.secret)"),
      ] + more
    return .headers(.init(headers: HPACKHeaders(fields), endStream: isLast))
  }

  private static func data(_ text: String, isLast: Bool = true) -> HTTP2Frame.FramePayload {
    .data(.init(data: .byteBuffer(ByteBuffer(string: text)), endStream: isLast))
  }

  private static let opening = piece(Array(CanonicalFrames.clientOpening.readableBytesView))
  /// PING, WINDOW_UPDATE, PRIORITY, an acknowledgement, and a frame of no known type.
  private static let others = piece(
    [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 1, 0, 0]
      + [0, 0, 5, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 7, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 1, 99, 0, 0, 0, 0, 0, 0])

  static let seeds: [[UInt8]] = [
    opening + frames(1, head("GET", "/a")) + answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
      + frames(3, head("HEAD", "/b")) + answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
    opening + others
      + frames(
        1, head("QUERY", "/a", [("content-type", "text/plain")], isLast: false), data("abc", isLast: false),
        data("def", isLast: false), .headers(.init(headers: ["x-t": "1"], endStream: true)))
      + answer("HTTP/1.1 103 Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")
      + frames(3, head("GET", "/b")) + answer("HTTP/1.1 200 OK\r\n\r\nto the end"),
    opening + frames(1, head("POST", "/a", [("content-length", "3")], isLast: false), data("abc"))
      + frames(3, head("POST", "/x", isLast: false), .rstStream(.cancel)) + frames(5, head("GET", "/c"))
      + answer("HTTP/1.1 304 Not Modified\r\n\r\n")
      + frames(0, .goAway(lastStreamID: 0, errorCode: .noError, opaqueData: nil)),
    opening + frames(1, head("QUERY", "/rpc.A/Get", [("content-type", "application/grpc"), ("te", "trailers")]))
      + frames(3, head("DELETE", "/a")) + frames(5, head("CONNECT", "/a")) + frames(7, head("TRACE", "/a")),
    opening + frames(1, head("GET", "/a", [("connection", "close")]))
      + frames(3, head("GET", "/a", [("x", "a\r\nHost: b")])) + frames(5, head("GET", "/a", [("host", "b")]))
      + frames(7, head("GET", "a b"))
      + frames(9, head("POST", "/a", [("content-length", "1")], isLast: false), data("abc")),
  ]

  @Test func `what goes through does not depend on how it is cut`() {
    for seed in Self.seeds {
      let whole = WebRehearsal(isHTTP2: true)
      whole.feed(seed)
      for size in [1, 3] {
        let single = WebRehearsal(isHTTP2: true)
        single.feed(seed, stride: size)
        // Content goes on as it comes, in chunks of other lengths.
        #expect(single.asked == whole.asked)
        single.finish()
      }
      whole.finish()
    }
  }

  @Test func `damaged bytes of either side break nothing that must hold`() {
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: .min ... .max, using: &random)
    var state = seed
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(1, count)
    }
    print("seed \(seed)")
    let asked = ProcessInfo.processInfo.environment["EXHIBIT_REHEARSALS"].flatMap { Int($0) }
    for _ in 0..<(asked ?? 2_000) {
      var bytes = Self.seeds[next(Self.seeds.count)]
      // Behind the preface, mostly.
      let start = next(10) == 0 ? 3 : Self.opening.count
      for _ in 0..<(1 + next(5)) where bytes.count > start + 4 {
        let place = start + next(bytes.count - start)
        switch next(5) {
        case 0: bytes[place] = UInt8(next(256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8(next(256)), at: place)
        // A frame's type, flags or stream.
        case 3: bytes[place] = UInt8(next(12))
        default: bytes.removeSubrange(place..<min(bytes.count, place + next(30)))
        }
      }
      let rehearsal = WebRehearsal(isHTTP2: true)
      rehearsal.feed(bytes)
      // It stops the process where something does not hold.
      rehearsal.finish(isDamaged: true)
    }
  }
}
