import Bytes
import Foundation
import Model
import Parsers
import TestKit
import Testing

/// What holds for every conversation.
@Suite struct PostgresPropertyTests {
  static let names = SampleConversations.all.map(\.name)

  private func sample(_ name: String) throws -> Conversation {
    try #require(SampleConversations.all.first { $0.name == name }).conversation
  }

  @Test(arguments: names)
  func `pieces do not matter`(_ name: String) throws {
    let conversation = try sample(name)
    let whole = conversation.events().dump
    #expect(conversation.events(.everyByte).dump == whole)
    for _ in 0..<20 {
      let seed = UInt64.random(in: .min ... .max)
      #expect(conversation.events(.random(seed: seed)).dump == whole, "seed \(seed)")
    }
  }

  @Test(arguments: names)
  func `nothing strange is seen in a clean conversation`(_ name: String) throws {
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

  /// Two more cycles at the end, by which everything must be in order again.
  private func withCoda(_ conversation: Conversation) -> Conversation {
    var it = conversation
    it.client(Wire.query("select 'coda one'"))
    it.server(Wire.answer(["111"]), Wire.ready())
    it.client(Wire.parse("", "select 'coda two'"), Wire.bind("", ""), Wire.execute(), Wire.sync)
    it.server(Wire.parseComplete, Wire.bindComplete, Wire.row(["222"]), Wire.complete("SELECT 1"), Wire.ready())
    it.client(Wire.query("select 'coda three'"))
    it.server(Wire.answer(["333"]), Wire.ready())
    return it
  }

  @Test(arguments: ["simple", "extended", "portals", "copy", "function", "binary"], Direction.allCases)
  func `after any gap later statements have their answers`(_ name: String, _ direction: Direction) throws {
    var base = try sample(name)
    if base.pieces.last?.bytes == Wire.terminate { base.pieces.removeLast() }
    let conversation = withCoda(base)
    let length = base.byteCount(direction)
    for size in [1, 3, 7, 20, 100] {
      for start in 0..<length {
        let missing = Conversation.Missing(direction: direction, offsets: start..<min(start + size, length))
        let events = conversation.events(missing: missing)
        let coda = events.statements.first { $0.text == "select 'coda three'" }
        #expect(coda?.rowTexts == ["333"], "gap of \(size) at \(start):\n\(events.dump)")
        let split = conversation.events(.everyByte, missing: missing).dump
        #expect(split == events.dump, "gap of \(size) at \(start)")
      }
    }
  }

  @Test(arguments: names, Direction.allCases)
  func `every gap is told of`(_ name: String, _ direction: Direction) throws {
    let conversation = try sample(name)
    let clean = conversation.events().dump
    for start in 0..<conversation.byteCount(direction) {
      let missing = Conversation.Missing(direction: direction, offsets: start..<(start + 1))
      let events = conversation.events(missing: missing)
      // Encrypted or streamed bytes are only counted, and there a gap counts as well.
      let isTold =
        events.exchanges.contains { $0.incompleteReason != nil } || !events.anomalies.isEmpty
        || !events.opaques.isEmpty || events.handedOn(direction).contains("missing") || events.dump == clean
      #expect(isTold, "gap at \(start):\n\(events.dump)")
    }
  }

  @Test(arguments: names, Direction.allCases)
  func `half a capture gives what it can`(_ name: String, _ direction: Direction) throws {
    var conversation = try sample(name)
    conversation.pieces.removeAll { $0.direction != direction }
    let events = conversation.events()
    #expect(conversation.events(.everyByte).dump == events.dump)
    if direction == .fromClient {
      for exchange in events.exchanges {
        if case .statement = exchange.shape { #expect(exchange.incompleteReason != nil) }
      }
    }
  }

  @Test func `a hello of TLS in the piece that ends the request for it is one`() throws {
    var conversation = try sample("tls")
    let hello = try #require(conversation.pieces.lastIndex { $0.direction == .fromClient })
    let request = try #require(conversation.pieces.firstIndex { $0.direction == .fromClient })
    try #require(hello > request)
    conversation.pieces[hello].bytes.insert(conversation.pieces[request].bytes.removeLast(), at: 0)
    #expect(conversation.events(.everyByte).dump == conversation.events().dump)
  }

  @Test func `mutated bytes do no harm, and pieces do not matter for them`() {
    let seed = ProcessInfo.processInfo.environment["EXHIBIT_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    for (name, clean) in SampleConversations.all {
      for round in 0..<150 {
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
        #expect(conversation.events(.everyByte).dump == whole, "\(name), seed \(seed), round \(round)")
      }
    }
  }
}
