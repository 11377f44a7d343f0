import Foundation
import TestKit
import Testing

/// What must hold between a client and a server of HTTP, whatever either sends.
@Suite struct WebRehearsalTests {
  private static func piece(_ text: String, fromTarget: Bool = false) -> [UInt8] {
    let bytes = Array(text.replacing("AUTH", with: "Authorization: Bearer \(WebRehearsal.secret)\r\n").utf8)
    return [fromTarget ? 1 : 0, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
  }

  /// Sessions that go well, and all shapes of smuggling.
  static let seeds: [[UInt8]] = {
    let good: [[UInt8]] = [
      piece("GET /a HTTP/1.1\r\nHost: a\r\nAUTH\r\n")
        + piece("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", fromTarget: true)
        + piece("HEAD /b HTTP/1.1\r\nHost: a\r\nAUTH\r\n")
        + piece("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", fromTarget: true),
      piece(
        "QUERY /a HTTP/1.1\r\nHost: a\r\nAUTHTransfer-Encoding: chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n0\r\nX-T: 1\r\n\r\n")
        + piece(
          "HTTP/1.1 103 Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
          fromTarget: true)
        + piece("GET /b HTTP/1.1\r\nHost: a\r\nAUTHConnection: close\r\n\r\n")
        + piece("HTTP/1.1 200 OK\r\n\r\nto the end", fromTarget: true),
      piece("POST /a HTTP/1.1\r\nHost: a\r\nAUTHContent-Length: 3\r\nExpect: 100-continue\r\n\r\n") + piece("abc")
        + piece("GET /c HTTP/1.1\r\nHost: a\r\nAUTH\r\n")
        + piece("HTTP/1.1 304 Not Modified\r\n\r\n", fromTarget: true),
      piece("GET /a HTTP/1.1\r\nHost: a\r\nAUTHConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        + piece("HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", fromTarget: true) + piece("xyz"),
      piece("GET /a HTTP/1.0\r\nAUTH\r\n") + piece("HTTP/1.0 200 OK\r\n\r\nend", fromTarget: true),
    ]
    let next = "GET /smuggled HTTP/1.1\r\nHost: a\r\nAUTH\r\n"
    return good + SmugglingTests.refused.map { piece($0.request + next) }
  }()

  @Test func `what goes through does not depend on how it is cut`() {
    for seed in Self.seeds {
      let whole = WebRehearsal()
      whole.feed(seed)
      for size in [1, 3] {
        let single = WebRehearsal()
        single.feed(seed, stride: size)
        #expect(single.toTarget == whole.toTarget)
        #expect(single.toClient == whole.toClient)
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
    let words = [
      "\r\n", "\n", "\r", " ", "\t", ":", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "\0",
      "GET ", ";",
    ]
    for _ in 0..<(asked ?? 2_000) {
      var bytes = Self.seeds[next(Self.seeds.count)]
      for _ in 0..<(1 + next(5)) where bytes.count > 4 {
        let place = 3 + next(bytes.count - 3)
        switch next(5) {
        case 0: bytes[place] = UInt8(next(256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8(next(256)), at: place)
        case 3: bytes.insert(contentsOf: Array(words[next(words.count)].utf8), at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + next(30)))
        }
      }
      let rehearsal = WebRehearsal()
      rehearsal.feed(bytes)
      // It stops the process where something does not hold.
      rehearsal.finish(isDamaged: true)
    }
  }
}
