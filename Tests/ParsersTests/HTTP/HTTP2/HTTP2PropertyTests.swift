import Bytes
import Model
import TestKit
import Testing

@testable import Parsers

/// What holds for every connection.
@Suite struct HTTP2PropertyTests {
  static let names = HTTP2Samples.all.map(\.name)

  private func sample(_ name: String) throws -> HTTP2Conversation {
    try #require(HTTP2Samples.all.first { $0.name == name }).conversation
  }

  @Test(arguments: names)
  func `pieces do not matter`(_ name: String) throws {
    let conversation = try sample(name)
    let whole = conversation.events().dump
    #expect(conversation.events(.everyByte).dump == whole)
    for _ in 0..<10 {
      let seed = UInt64.random(in: .min ... .max)
      #expect(conversation.events(.random(seed: seed)).dump == whole, "seed \(seed)")
    }
  }

  @Test(arguments: names)
  func `nothing strange is seen in a clean connection`(_ name: String) throws {
    let codes = try sample(name).events().codes
    #expect(codes == [])
  }

  @Test(arguments: names)
  func `every prefix ends without a trap, and pieces do not matter for it`(_ name: String) throws {
    let conversation = try sample(name)
    for count in 0...conversation.byteCount {
      let whole = conversation.events(upTo: count).dump
      let split = conversation.events(.everyByte, upTo: count).dump
      #expect(whole == split, "prefix of \(count) bytes")
    }
  }

  /// Calls at the end, by which everything must be in order again.
  private func withCoda(_ conversation: HTTP2Conversation) -> HTTP2Conversation {
    var it = conversation
    it.clientFields = HPACKWire(.literal)
    it.serverFields = HPACKWire(.literal)
    for stream: UInt32 in [101, 103, 105] {
      it.request(stream, "GET", "/coda/\(stream)", [("x-coda", "\(stream)")])
      it.response(stream, 200, [("content-type", "text/plain")])
      it.server(HTTP2Wire.data(stream, "coda \(stream)", end: true))
    }
    return it
  }

  @Test(arguments: names.filter { $0 != "h2c" }, Direction.allCases)
  func `after any gap later calls are whole`(_ name: String, _ direction: Direction) throws {
    let base = try sample(name)
    let conversation = withCoda(base)
    let length = base.byteCount(direction)
    for size in [1, 9, 100] {
      for start in 0..<length {
        let missing = Conversation.Missing(direction: direction, offsets: start..<min(start + size, length))
        let events = conversation.events(missing: missing)
        let coda = events.call(105)
        let isWhole =
          coda?.head.target == "/coda/105" && coda?.head.requestFields["x-coda"] == "105" && coda?.head.status == 200
          && coda?.responseBody?.content.text == "coda 105" && events.exchange(105)?.incompleteReason == nil
        #expect(isWhole, "gap of \(size) at \(start):\n\(events.dump)")
        guard start.isMultiple(of: 5) else { continue }
        let split = conversation.events(.everyByte, missing: missing).dump
        #expect(split == events.dump, "gap of \(size) at \(start)")
      }
    }
  }

  private func firstDifference(_ left: String, _ right: String) -> String {
    let pairs = zip(left.split(separator: "\n"), right.split(separator: "\n"))
    return pairs.first { $0 != $1 }.map { "\($0) / \($1)" } ?? ""
  }

  /// The fields of all calls, each with its stream.
  private func fields(_ events: [ParserEvent]) -> Set<String> {
    var all: Set<String> = []
    for call in events.calls {
      let head = call.head
      let id = head.streamID ?? 0
      if !head.method.isEmpty { all.insert("\(id) method \(head.method)") }
      if !head.target.isEmpty { all.insert("\(id) target \(head.target)") }
      if let status = head.status { all.insert("\(id) status \(status)") }
      for field in head.requestFields + head.requestTrailers { all.insert("\(id) > \(field.name): \(field.value)") }
      for field in head.responseFields + head.responseTrailers { all.insert("\(id) < \(field.name): \(field.value)") }
    }
    return all
  }

  @Test(arguments: names.filter { $0 != "h2c" }, Direction.allCases)
  func `no gap makes a field say what was not sent`(_ name: String, _ direction: Direction) throws {
    let conversation = try sample(name)
    let sent = fields(conversation.events())
    for size in [1, 13, 40] {
      for start in 0..<conversation.byteCount(direction) {
        let end = min(start + size, conversation.byteCount(direction))
        let missing = Conversation.Missing(direction: direction, offsets: start..<end)
        let wrong = fields(conversation.events(missing: missing)).subtracting(sent)
        #expect(wrong.isEmpty, "gap of \(size) at \(start): \(wrong.sorted())")
      }
    }
  }

  @Test(arguments: names, Direction.allCases)
  func `every gap that matters is told of`(_ name: String, _ direction: Direction) throws {
    let conversation = try sample(name)
    let clean = conversation.events()
    for start in 0..<conversation.byteCount(direction) {
      let missing = Conversation.Missing(direction: direction, offsets: start..<(start + 1))
      let events = conversation.events(missing: missing)
      let isTold =
        events.exchanges.contains { $0.incompleteReason?.contains("gap of") == true } || !events.anomalies.isEmpty
        || events.handedOn(direction).contains("missing") || events.dump == clean.dump
        || fields(events) == fields(clean)
      #expect(isTold, "gap at \(start):\n\(events.dump)")
    }
  }

  @Test func `a gap within content of known length costs that content only`() throws {
    var it = HTTP2Conversation.session()
    it.request(1, "GET", "/a")
    it.request(3, "GET", "/b")
    it.response(1, 200)
    it.response(3, 200)
    let before = it.byteCount(.fromServer)
    it.server(HTTP2Wire.data(1, String(repeating: "a", count: 1_000), end: true))
    it.server(HTTP2Wire.data(3, "whole", end: true))
    it.request(5, "GET", "/a")
    it.response(5, 200, end: true)
    let missing = Conversation.Missing(direction: .fromServer, offsets: (before + 100)..<(before + 900))
    let events = it.events(missing: missing)
    #expect(events.codes == [])
    #expect(events.exchange(1)?.incompleteReason == "gap of 800 bytes in the response")
    #expect(events.call(1)?.responseBody?.content.byteCount == 200)
    #expect(events.exchange(3)?.incompleteReason == nil)
    #expect(events.exchange(5)?.incompleteReason == nil)
  }

  @Test func `mutated bytes do no harm, and pieces do not matter for them`() {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    for (name, clean) in HTTP2Samples.all {
      for round in 0..<60 {
        var conversation = clean
        for _ in 0..<(1 + generator.next() % 4) {
          let piece = Int(generator.next() % UInt64(conversation.pieces.count))
          let count = conversation.pieces[piece].bytes.count
          let index = Int(generator.next() % UInt64(count))
          switch generator.next() % 3 {
          case 0: conversation.pieces[piece].bytes[index] = UInt8(truncatingIfNeeded: generator.next())
          case 1: conversation.pieces[piece].bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: index)
          default: if count > 1 { conversation.pieces[piece].bytes.remove(at: index) }
          }
        }
        let whole = conversation.events().dump
        let split = conversation.events(.everyByte).dump
        #expect(whole == split, "\(name), seed \(seed), round \(round), \(firstDifference(whole, split))")
      }
    }
  }
}
