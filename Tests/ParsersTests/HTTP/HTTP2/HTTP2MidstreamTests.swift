import Bytes
import Model
import TestKit
import Testing

@testable import Parsers

/// Connections of which the beginning was not captured.
@Suite struct HTTP2MidstreamTests {
  private static func recognition(
    _ client: [UInt8], _ server: [UInt8], isMidstream: Bool = true
  ) -> Recognition {
    let (clientSpan, serverSpan) = (client.span, server.span)
    return HTTP2Parser.recognize(
      Opening(fromClient: clientSpan, fromServer: serverSpan, isMidstream: isMidstream))
  }

  /// A connection with calls that come before and behind where a capture begins.
  private static func conversation(_ mode: HPACKWire.Mode) -> (it: HTTP2Conversation, cut: Int) {
    var it = HTTP2Conversation.session()
    it.clientFields = HPACKWire(mode)
    it.serverFields = HPACKWire(mode)
    it.request(1, "GET", "/before", [("x-part", "1")])
    it.response(1, 200, [("content-type", "text/plain")])
    it.server(HTTP2Wire.data(1, "before", end: true))
    let cut = it.pieces.count
    for stream: UInt32 in [3, 5, 7] {
      it.request(stream, "POST", "/behind/\(stream)", [("x-part", "\(stream)")], end: false)
      it.client(HTTP2Wire.data(stream, "asked \(stream)", end: true))
      it.response(stream, 200, [("content-type", "text/plain"), ("content-length", "8")])
      it.server(HTTP2Wire.data(stream, "answer \(stream)", end: true))
    }
    return (it, cut)
  }

  private static func bytes(_ it: HTTP2Conversation, _ direction: Direction, from cut: Int) -> [UInt8] {
    it.pieces.dropFirst(cut).filter { $0.direction == direction }.flatMap(\.bytes)
  }

  @Test func `frames that follow each other are recognised, and which end is the client's`() {
    for mode in [HPACKWire.Mode.literal, .indexed] {
      let (it, cut) = Self.conversation(mode)
      let client = Self.bytes(it, .fromClient, from: cut)
      let server = Self.bytes(it, .fromServer, from: cut)
      #expect(Self.recognition(client, server) == .yes)
      #expect(Self.recognition(client, []) == .yes)
      #expect(Self.recognition(client, server, isMidstream: false) == .no)
      #expect(Self.recognition(Array(client.prefix(20)), []) == .undecided)
      // Behind the rest of a frame that began before.
      #expect(Self.recognition([UInt8](repeating: 0x41, count: 3_000) + client, []) == .yes)
    }
    let (it, cut) = Self.conversation(.literal)
    let client = Self.bytes(it, .fromClient, from: cut)
    let server = Self.bytes(it, .fromServer, from: cut)
    #expect(Self.recognition(server, client) == .yesReversed)
  }

  @Test func `bytes of other protocols are not taken for frames`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    for round in 0..<200 {
      // Also such as are mostly zero, as binary protocols are.
      let bytes = (0..<16_384).map { _ in
        let value = UInt8(truncatingIfNeeded: generator.next())
        return round % 2 == 0 || value % 5 == 0 ? value % 16 : 0
      }
      #expect(Self.recognition(bytes, []) != .yes, "seed \(seed), round \(round)")
    }
    let zeros = [UInt8](repeating: 0, count: 16_384)
    #expect(Self.recognition(zeros, zeros) == .undecided)
    let record: [UInt8] = [0x17, 3, 3, 0x40, 0] + zeros
    #expect(Self.recognition(record, record) == .undecided)
  }

  @Test func `calls whose fields are sent in full are whole`() throws {
    var (it, cut) = Self.conversation(.literal)
    it.pieces.removeFirst(cut)
    let events = it.events()
    let calls = events.calls
    #expect(calls.map(\.head.target) == ["/behind/3", "/behind/5", "/behind/7"])
    #expect(calls.allSatisfy { $0.head.status == 200 })
    #expect(calls.map { $0.responseBody?.content.bytes.span.string } == ["answer 3", "answer 5", "answer 7"])
    #expect(events.exchanges.allSatisfy { $0.incompleteReason == nil })
    #expect(events.anomalies.map(\.code.name).filter { $0 == "http2-header-table-lost" }.count == 2)
  }

  @Test func `fields that name what was sent before are said to be lost`() throws {
    var (it, cut) = Self.conversation(.indexed)
    it.pieces.removeFirst(cut)
    let events = it.events()
    #expect(events.calls.count == 3)
    // What is new in each of them is there: the path and x-part.
    #expect(events.calls.map(\.head.target) == ["/behind/3", "/behind/5", "/behind/7"])
    let reasons = events.exchanges.compactMap(\.incompleteReason)
    #expect(reasons.count == 3 && reasons.allSatisfy { $0.contains("header table") }, "\(reasons)")
    #expect(events.calls.allSatisfy { $0.requestBody?.content.bytes.span.string.hasPrefix("asked") == true })
  }

  @Test func `a start at any byte of a frame loses no later call, however the bytes are cut`() throws {
    let (it, cut) = Self.conversation(.literal)
    let first = it.pieces[cut + 1].bytes.count + it.pieces[cut].bytes.count
    for offset in 1..<first {
      var later = it
      later.pieces.removeFirst(cut)
      var left = offset
      for index in later.pieces.indices where later.pieces[index].direction == .fromClient && left > 0 {
        let count = min(left, later.pieces[index].bytes.count)
        later.pieces[index].bytes.removeFirst(count)
        left -= count
      }
      later.pieces.removeAll { $0.bytes.isEmpty }
      let whole = later.events()
      #expect(later.events(.everyByte).dump == whole.dump, "\(offset)")
      #expect(whole.calls.suffix(2).map(\.head.target) == ["/behind/5", "/behind/7"], "\(offset)")
    }
  }
}
