import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Parsers

@Suite struct HTTPPropertyTests {
  @Test(arguments: HTTPSamples.all.map(\.0))
  func `what comes out does not depend on the pieces`(name: String) throws {
    let conversation = try #require(HTTPSamples.all.first { $0.0 == name }).1
    let whole = conversation.events().dump
    #expect(conversation.events(.everyByte).dump == whole)
    for _ in 0..<20 {
      let seed = UInt64.random(in: 0...UInt64.max)
      #expect(conversation.events(.random(seed: seed)).dump == whole, "seed \(seed)")
    }
  }

  @Test(arguments: HTTPSamples.all.map(\.0))
  func `every prefix is read, by whole pieces and by bytes`(name: String) throws {
    let conversation = try #require(HTTPSamples.all.first { $0.0 == name }).1
    for count in 0..<conversation.byteCount {
      let whole = conversation.events(upTo: count).dump
      #expect(conversation.events(.everyByte, upTo: count).dump == whole, "\(count) bytes")
    }
  }

  @Test(arguments: HTTPSamples.all.map(\.0))
  func `a gap at any place leaves what came before it whole`(name: String) throws {
    let conversation = try #require(HTTPSamples.all.first { $0.0 == name }).1
    for direction in Direction.allCases {
      for start in 0..<conversation.byteCount(direction) {
        for length in [1, 7, 40] {
          let missing = (direction, start..<(start + length))
          let events = conversation.events(missing: missing)
          #expect(conversation.events(.everyByte, missing: missing).dump == events.dump, "gap at \(start)+\(length)")
          var reached = 0
          var bytes = 0
          // Calls that ended before the gap.
          for piece in conversation.pieces {
            if piece.direction == direction {
              if bytes + piece.bytes.count > start { break }
              bytes += piece.bytes.count
            }
            reached += piece.bytes.count
          }
          let complete = conversation.events(upTo: reached).exchanges.filter { $0.incompleteReason == nil }
          let given = events.exchanges.map(\.dump)
          for exchange in complete {
            guard case .call(let call) = exchange.shape, call.upgrade == nil, exchange.endedAt != nil,
              call.head.responseFields["content-length"] != nil
            else { continue }
            #expect(given.contains(exchange.dump), "gap at \(direction) \(start)+\(length): \(exchange.dump)")
          }
        }
      }
    }
  }

  @Test func `mutated conversations are read without a trap`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    for (name, conversation) in HTTPSamples.all {
      for _ in 0..<200 {
        var mutated = conversation
        for _ in 0...Int(generator.next() % 4) {
          let piece = Int(generator.next() % UInt64(mutated.pieces.count))
          guard !mutated.pieces[piece].bytes.isEmpty else { continue }
          let place = Int(generator.next() % UInt64(mutated.pieces[piece].bytes.count))
          mutated.pieces[piece].bytes[place] = UInt8(truncatingIfNeeded: generator.next())
        }
        #expect(mutated.events(.everyByte).dump == mutated.events().dump, "\(name), seed \(seed)")
      }
    }
  }

  @Test func `a damaged checksum of zstd costs the same whatever the pieces are`() {
    var it = HTTPConversation()
    it.server("HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\n")
    let content: [UInt8] = [
      0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x5d, 0x00, 0x00, 0x28, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x01, 0x00, 0xd8, 0x8a,
      0x16, 0x89, 0xac, 0x8f, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x38,
    ]
    it.server(content)
    #expect(it.events(.everyByte).dump == it.events().dump)
  }
}
