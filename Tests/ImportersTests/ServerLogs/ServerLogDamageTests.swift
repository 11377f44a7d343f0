import Foundation
import Model
import TestKit
import Testing

@testable import Importers

/// What is told does not depend on how the bytes come, damage costs what it hits, and other files are no logs.
@Suite struct ServerLogDamageTests {
  static let samples = ServerLogSamples.all.map(\.text)

  @Test(arguments: samples) func `the cuts do not matter`(_ text: String) {
    let bytes = Array(text.utf8)
    let whole = ServerLogReading(bytes)
    #expect(!whole.events.isEmpty)
    #expect(ServerLogReading(bytes, next: { 1 }).events == whole.events)
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let cut = ServerLogReading(bytes, next: { Int.random(in: 1...500, using: &random) })
      #expect(cut.events == whole.events, "seed \(seed)")
    }
  }

  @Test(arguments: samples) func `every prefix is read to its end`(_ text: String) {
    let bytes = Array(text.utf8)
    for end in bytes.indices { _ = ServerLogReading(Array(bytes[..<end])) }
  }

  @Test(arguments: samples) func `damaged logs are read to their end, however they are cut`(_ text: String) {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<150 {
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...12, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 60)], at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + 30))
        }
      }
      let whole = ServerLogReading(bytes)
      let pieces = ServerLogReading(bytes, next: { Int.random(in: 1...300, using: &random) })
      #expect(whole.events == pieces.events, "seed \(seed)")
    }
  }

  @Test func `a damaged record of a csvlog costs itself`() {
    let lines = (0..<200).map {
      "2026-05-06 07:08:09.100 UTC,\"a\",\"b\",41,\"[local]\",69fa0001.\($0),1,\"idle\",2026-05-06 07:08:09 UTC,3/1,0,LOG,"
        + "00000,\"statement: SELECT \($0)\",,,,,,,,,\"psql\",\"client backend\",,0"
    }
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      var damaged = lines
      let hit = Int.random(in: 0..<lines.count - 1, using: &random)
      var bytes = Array(lines[hit].utf8)
      bytes.insert(0x22, at: Int.random(in: 0..<bytes.count, using: &random))
      damaged[hit] = String(decoding: bytes, as: UTF8.self)
      let texts = ServerLogReading(damaged.joined(separator: "\n") + "\n").records.map(\.text)
      let others = lines.indices.filter { $0 != hit }.map { "SELECT \($0)" }
      #expect(others.allSatisfy(texts.contains), "seed \(seed), line \(hit)")
    }
  }

  @Test func `many damaged lines are counted`() {
    let text = ServerLogSamples.haproxy + String(repeating: "no line\n", count: 1_000)
    let anomalies = ServerLogReading(String(repeating: ServerLogSamples.haproxy, count: 400) + text).anomalies
    let damaged = anomalies.filter { $0.code == "server-log-line-damaged" }
    #expect(damaged.count == ServerLogDamage.limit + 1)
    #expect(damaged.last?.detail == "\(1_000 - ServerLogDamage.limit) more places are damaged; this is the last")
  }

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `no other file is taken for a log`() throws {
    let roots =
      [try #require(Corpus.root)]
      + ["samples", "Sources", "Tests", "docs", "scripts"].map {
        Checkout.root.appending(path: $0)
      }
    var count = 0
    for root in roots {
      let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isRegularFileKey])
      for case let file as URL in files ?? FileManager.DirectoryEnumerator() {
        guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true,
          !file.path.contains("/Tests/Fuzz/serverlogs/"), !file.path.hasSuffix("/samples/witness/server.csv")
        else { continue }
        let handle = try FileHandle(forReadingFrom: file)
        let bytes = [UInt8](try handle.read(upToCount: TranscriptHead.byteCount) ?? Data())
        try handle.close()
        let head = TranscriptHead(bytes: bytes, isWhole: bytes.count < TranscriptHead.byteCount, path: file.path)
        let formats = ServerLogReader.formats(of: head)
        #expect(formats.isEmpty, "\(file.path): \(formats)")
        count += 1
      }
    }
    print("\(count) files are no logs")
    #expect(count > 1_000)
  }
}
