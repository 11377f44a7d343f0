import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Parsers

/// However a conversation is cut, damaged or ended, it tells the same, or less, and never fails.
@Suite struct GitPropertyTests {
  /// The conversations that are committed as seeds of the fuzzer: made by git, small, of all versions.
  static func seeds() throws -> [GitLab.Conversation] {
    let folder = Checkout.root.appending(path: "Tests/Fuzz/git/seeds")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try names.filter { $0.hasPrefix("conversation-") }.map { name in
      let bytes = try Array(Data(contentsOf: folder.appending(path: name)))
      let services = ["git-upload-pack", "git-receive-pack", "git-upload-archive"]
      var conversation = GitLab.Conversation(opening: services[Int(bytes[1])] + " '/srv/r.git'")
      var reader = ByteReader(bytes.span.extracting(droppingFirst: 2))
      while !reader.isAtEnd {
        let direction: Direction = try reader.readUInt8() & 1 == 0 ? .fromClient : .fromServer
        conversation.pieces.append((direction, try reader.read(Int(reader.readUInt16())).array))
      }
      return conversation
    }
  }

  private func told(_ events: [ParserEvent]) -> [String] {
    events.exchanges.map(\.dump) + events.repositories.map { "\($0.notes) \($0.arguments)" } + events.strange
  }

  @Test func `cutting does not matter`() throws {
    for conversation in try Self.seeds() {
      let whole = told(conversation.events())
      #expect(told(conversation.events(.everyByte)) == whole)
      for seed in 0..<5 as Range<UInt64> {
        #expect(told(conversation.events(.random(seed: seed))) == whole, "seed \(seed)")
      }
    }
  }

  @Test func `every beginning is told as one, marked incomplete where a pack is cut`() throws {
    for conversation in try Self.seeds() {
      let total = conversation.pieces.reduce(0) { $0 + $1.bytes.count }
      let whole = try #require(conversation.events().repositories.last)
      for limit in stride(from: 0, to: total, by: max(1, total / 400)) {
        let events = conversation.events(upTo: limit)
        for exchange in events.exchanges {
          guard case .repository(let repository) = exchange.shape, let pack = repository.pack else { continue }
          #expect(pack.byteCount <= whole.pack?.byteCount ?? 0)
          if pack.isIntact != true { #expect(exchange.incompleteReason != nil) }
        }
      }
    }
  }

  @Test func `a gap anywhere is said`() throws {
    for conversation in try Self.seeds() {
      for direction in Direction.allCases {
        let total = conversation.pieces.reduce(0) { $0 + ($1.direction == direction ? $1.bytes.count : 0) }
        for start in stride(from: 0, to: total - 1, by: max(1, total / 120)) {
          for length in [1, 40] {
            let events = conversation.events(missing: (direction, start..<min(total, start + length)))
            #expect(!events.exchanges.isEmpty)
            #expect(events.exchanges.contains { $0.incompleteReason != nil }, "\(direction) at \(start)")
          }
        }
      }
    }
  }

  @Test func `mutated conversations fail nothing`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for conversation in try Self.seeds() {
      for _ in 0..<60 {
        var changed = conversation
        for _ in 0...Int(generator.next() % 4) {
          let piece = Int(generator.next() % UInt64(changed.pieces.count))
          guard !changed.pieces[piece].bytes.isEmpty else { continue }
          let at = Int(generator.next() % UInt64(changed.pieces[piece].bytes.count))
          changed.pieces[piece].bytes[at] = UInt8(truncatingIfNeeded: generator.next())
        }
        let whole = told(changed.events())
        #expect(told(changed.events(.random(seed: seed))) == whole, "seed \(seed)")
      }
    }
  }

  @Test func `differences are true whatever the texts are`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let alphabet = 1 + generator.next() % 12
      let texts = (0..<2).map { _ in
        (0..<Int(generator.next() % 80)).flatMap { _ in Array("\(generator.next() % alphabet)\n".utf8) }
      }
      let diff = LineDiff(texts[0], texts[1], stepLimit: Int(generator.next() % 5000))
      func kept(_ side: LineTable.Side) -> [[UInt8]] {
        (0..<side.count).filter { !side.isChanged[$0] }.map { Array(side.line($0)) }
      }
      #expect(kept(diff.table.old) == kept(diff.table.new), "seed \(seed)")
    }
  }
}
