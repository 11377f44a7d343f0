import Foundation
import TestKit
import Testing

@testable import Policy

/// Bytes of someone who would like the scan to trap, or to take forever.
@Suite struct HostileDetectorTests {
  private static let pieces = [
    "1", "@", "eyJ", "-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN ", "-", ":", "://", "://a:", "a@", "a.", "@a.",
    "+1", "1 ", "1-",
    "1.", "(1", "a:", "::", "a1/", "aB1", "=", "password=", "password=\"", "\"password\":\"", "$2a$", "$", "%40",
    "a%40", "\\", "\\u",
    "ssn ", "AKIA", "SK", "sk-", "DE89 ", "eyJhbGciOiJub25lIn0.", "Q~", "8Q~", "\"", "é", "\u{0}", "ABCDEF12",
    "hooks.slack.com/",
    "https://hooks.slack.com/services/T", "4111 1111 1111 ", "1234 ", "glpat-", "[redacted]",
  ]

  /// What is not proportional to the bytes does not come to an end.
  @Test(arguments: pieces)
  func `a megabyte of the same is read in one pass`(_ piece: String) {
    let bytes = Array(String(repeating: piece, count: 1_000_000 / piece.utf8.count).utf8)
    let found = Detector.scan(bytes)
    #expect(found.found.count <= Detections.limit)
  }

  @Test func `whatever is cut or changed is read, and twice alike`() throws {
    let file = Checkout.root.appending(path: "Benchmarks/detectors/labelled.jsonl")
    var generator = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
    var dice = Dice(seed: seed)
    for text in try LabelledText.read(file) {
      let column = text.column ?? "note"
      for cut in 0..<min(text.bytes.count, 12) {
        let found = Detector.scan(Array(text.bytes.prefix(text.bytes.count - cut)), column: column)
        #expect(Self.isSound(found, text.bytes.count - cut), "seed \(seed)")
      }
      for _ in 0..<4 {
        var bytes = text.bytes
        for _ in 0...dice.next(3) where !bytes.isEmpty { bytes[dice.next(bytes.count)] = UInt8(dice.next(256)) }
        let found = Detector.scan(bytes)
        #expect(Self.isSound(found, bytes.count) && found == Detector.scan(bytes), "seed \(seed)")
      }
    }
  }

  /// In order, apart from each other, and within.
  private static func isSound(_ found: Detections, _ count: Int) -> Bool {
    var end = 0
    for detection in found.found {
      guard detection.range.lowerBound >= end, detection.range.upperBound <= count, !detection.range.isEmpty else {
        return false
      }
      end = detection.range.upperBound
    }
    return true
  }

  @Test func `pieces at random are read`() {
    var dice = Dice(seed: 20_261)
    for _ in 0..<5_000 {
      let text = (0..<(1 + dice.next(8))).map { _ in Self.pieces[dice.next(Self.pieces.count)] }.joined()
      let found = Detector.scan(Array(text.utf8))
      #expect(Self.isSound(found, text.utf8.count), "\(text.debugDescription)")
    }
  }
}
