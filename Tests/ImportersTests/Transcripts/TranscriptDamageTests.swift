import Foundation
import Model
import TestKit
import Testing

@testable import Importers

/// What is told does not depend on how the bytes come, and damage takes no more than what it hits.
@Suite struct TranscriptDamageTests {
  static let samples = TranscriptSamples.all.map(\.text)

  @Test(arguments: TranscriptSamples.all.indices)
  func `every sample is of its format and of no other`(_ index: Int) {
    let sample = TranscriptSamples.all[index]
    #expect(TranscriptReading(sample.text).format == sample.format)
  }

  @Test(arguments: samples) func `the cuts do not matter`(_ text: String) {
    let bytes = Array(text.utf8)
    let whole = TranscriptReading(bytes)
    #expect(!whole.events.isEmpty)
    #expect(TranscriptReading(bytes, next: { 1 }).events == whole.events)
    let seed = ProcessInfo.processInfo.environment["EXHIBIT_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let cut = TranscriptReading(bytes, next: { Int.random(in: 1...2_000, using: &random) })
      #expect(cut.events == whole.events, "seed \(seed)")
    }
    // Other line ends and blank lines change places, and nothing else.
    let other = TranscriptReading("\u{FEFF}" + text.split(separator: "\n").joined(separator: "\r\n\r\n"))
    #expect(other.texts == whole.texts)
    #expect(other.calls.map(\.id) == whole.calls.map(\.id))
  }

  @Test(arguments: samples) func `reading twice gives the same ids`(_ text: String) {
    #expect(TranscriptReading(text).events == TranscriptReading(text).events)
  }

  @Test(arguments: samples.indices) func `every truncation keeps what was whole before it`(_ index: Int) throws {
    // The one document is not a stream of records.
    guard TranscriptSamples.all[index].text != TranscriptSamples.geminiDocument else { return }
    let bytes = Array(Self.samples[index].utf8)
    let ends = bytes.indices.filter { bytes[$0] == 0x0A }
    let first = try #require(ends.first)
    let seed = ProcessInfo.processInfo.environment["EXHIBIT_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      let end = Int.random(in: first..<bytes.count, using: &random)
      let last = ends.last { $0 < end } ?? first
      let clean = TranscriptReading(Array(bytes[...last]))
      let cut = TranscriptReading(Array(bytes[..<end]))
      let known = Set(cut.calls.compactMap { $0.nativeID })
      let missing = clean.calls.compactMap { $0.nativeID }.filter { !known.contains($0) }
      #expect(missing.isEmpty, "seed \(seed), end \(end)")
      let texts = Set(cut.texts)
      let lost = clean.texts.filter { !texts.contains($0) }
      #expect(lost.isEmpty, "seed \(seed), end \(end)")
    }
  }

  @Test(arguments: samples.indices) func `damage takes no more than the record that it hits`(_ index: Int) throws {
    guard TranscriptSamples.all[index].text != TranscriptSamples.geminiDocument else { return }
    let lines = Self.samples[index].split(separator: "\n").map { Array($0.utf8) }
    let seed = ProcessInfo.processInfo.environment["EXHIBIT_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<150 {
      let hit = Int.random(in: 1..<lines.count, using: &random)
      // A patch tells messages again, and what it says last counts.
      guard !lines[hit].starts(with: Array(#"{"$set""#.utf8)) else { continue }
      var damaged = lines
      let place = Int.random(in: 0..<lines[hit].count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: damaged[hit][place] = UInt8.random(in: 0...255, using: &random)
      case 1: damaged[hit].removeLast(lines[hit].count - place)
      case 2: damaged[hit].removeFirst(place)
      default: damaged[hit].insert(contentsOf: [0, 0, 0x0A], at: place)
      }
      // Torn writes leave no line feed behind.
      let glue = hit + 1 < lines.count && Bool.random(using: &random)
      var bytes: [UInt8] = []
      var without: [UInt8] = []
      for (number, line) in damaged.enumerated() {
        bytes += line
        if number != hit || !glue { bytes.append(0x0A) }
        if number != hit { without += line + [0x0A] }
      }
      let expected = TranscriptReading(without)
      let found = TranscriptReading(bytes)
      let known = Set(found.calls.compactMap { $0.nativeID })
      let missing = expected.calls.compactMap { $0.nativeID }.filter { !known.contains($0) }
      #expect(missing.isEmpty, "seed \(seed), line \(hit), byte \(place)")
      let texts = Set(found.prompts.map { $0.text })
      let lost = expected.prompts.map { $0.text }.filter { !texts.contains($0) }
      #expect(lost.isEmpty, "seed \(seed), line \(hit), byte \(place)")
    }
  }

  @Test(arguments: samples) func `mutated transcripts are read to their end`(_ text: String) {
    let seed = ProcessInfo.processInfo.environment["EXHIBIT_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 60)], at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + 30))
        }
        if bytes.isEmpty { bytes = [0x7B] }
      }
      let whole = TranscriptReading(bytes)
      let pieces = TranscriptReading(bytes, next: { Int.random(in: 1...500, using: &random) })
      #expect(whole.events == pieces.events, "seed \(seed)")
    }
  }

  @Test(
    .enabled(if: Corpus.isPresent, "the shared corpus is not here"), arguments: TranscriptCorpusTests.cases.map(\.path))
  func `the cuts of real transcripts do not matter`(_ path: String) throws {
    let root = try #require(Corpus.root)
    let bytes = [UInt8](try Data(contentsOf: root.appending(path: "transcripts/\(path)")))
    let seed = ProcessInfo.processInfo.environment["EXHIBIT_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    let whole = TranscriptReading(bytes, path: path)
    let cut = TranscriptReading(bytes, path: path, next: { Int.random(in: 1...10_000, using: &random) })
    #expect(cut.events == whole.events, "seed \(seed)")
  }
}
