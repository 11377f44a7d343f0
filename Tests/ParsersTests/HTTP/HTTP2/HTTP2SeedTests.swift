import Foundation
import Model
import TestKit
import Testing

@testable import Parsers

/// The seeds of the fuzz target are the sample connections; `EXHIBIT_WRITE_SEEDS=1` writes them.
@Suite struct HTTP2SeedTests {
  private func seed(_ conversation: HTTP2Conversation) -> [UInt8] {
    conversation.pieces.flatMap { piece in
      [piece.direction.rawValue, UInt8(piece.bytes.count >> 8), UInt8(piece.bytes.count & 0xFF)] + piece.bytes
    }
  }

  private var folder: URL { Checkout.root.appending(path: "Tests/Fuzz/http2/seeds") }

  @Test func `the seeds are the samples`() throws {
    var seeds = HTTP2Samples.all.map { ($0.name, seed($0.conversation)) }
    var wire = HPACKWire()
    var blocks: [UInt8] = [0xFF]
    for round in 0..<3 {
      let block = wire.encode([(":path", "/\(round)"), ("x-field", "value"), ("user-agent", "tester/1.0")])
      blocks += [0, UInt8(block.count)] + block
    }
    seeds.append(("blocks", blocks))
    for (name, bytes) in seeds {
      let file = folder.appending(path: name)
      if ProcessInfo.processInfo.environment["EXHIBIT_WRITE_SEEDS"] == "1" { try Data(bytes).write(to: file) }
      let kept = try? Data(contentsOf: file)
      #expect(kept == Data(bytes), "\(name)")
    }
  }
}
