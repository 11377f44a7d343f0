import Bytes
import Foundation
import TestKit
import Testing

@testable import Policy

/// Values of all classes in all forms: none comes out, and nothing else changes.
@Suite struct MaskingPropertyTests {
  /// A million with `EXHIBIT_LONG=1`.
  private static let count = ProcessInfo.processInfo.environment["EXHIBIT_LONG"] == "1" ? 1_000_000 : 100_000

  static func mask(_ action: String, _ more: String = "") throws -> DataMask {
    let classes = DataClass.allCases.filter(\.hasShape).map(\.rawValue).joined(separator: ", ")
    let yaml = """
      version: 1
      masking:
        - { id: all, detect: [\(classes)], action: \(action) }
      \(more)
      """
    return DataMask(
      try PolicyDocument.parse(yaml: yaml, name: "p.yaml").masking, hasher: SecretHasher(key: [1, 2, 3]))
  }

  @Test(arguments: ["redact", "partial", "hash", "null"])
  func `no value leaks in any form, and what stands around it stays`(action: String) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed), \(action)")
    var values = SensitiveValues(random: SeededGenerator(seed: seed))
    var mask = try Self.mask(action)
    var perPlace: [Int] = Array(repeating: 0, count: MaskedPlace.allCases.count)
    var missed: [DataClass: Int] = [:]
    var leaks = 0
    for number in 0..<(Self.count / 4) {
      let value = values.next()
      let place = MaskedPlace.allCases[number % MaskedPlace.allCases.count]
      let claimed = Detector(column: value.column).scan(value.bytes).found
      guard claimed.count == 1, claimed[0].range == 0..<value.bytes.count, claimed[0].dataClass == value.dataClass
      else {
        // Drawn values may be what detectors leave out: a repetition, a word.
        missed[value.dataClass, default: 0] += 1
        continue
      }
      guard let (out, before, after) = place.masked(value, &mask) else {
        Issue.record("\(place) takes no \(value)")
        return
      }
      perPlace[number % MaskedPlace.allCases.count] += 1
      let isLeak = Self.forms(of: value.bytes).contains { Self.contains(out, $0) }
      if isLeak || !out.starts(with: before) || !out.suffix(after.count).elementsEqual(after) {
        leaks += 1
        if leaks < 5 { Issue.record("\(place) \(value): \(String(decoding: out, as: UTF8.self))") }
      }
    }
    let left = missed.values.reduce(0, +)
    #expect(left * 50 < Self.count / 4, "\(missed)")
    #expect(leaks == 0)
    #expect(perPlace.allSatisfy { $0 > Self.count / 4 / MaskedPlace.allCases.count / 2 })
    #expect(mask.takeTally().failureCount == 0)
  }

  /// The value itself, in base 64, in hexadecimal digits, percent-encoded, escaped for JSON.
  private static func forms(_ value: [UInt8]) -> [[UInt8]] {
    let text = String(decoding: value, as: UTF8.self)
    return [
      value, Array(value.hex.utf8), Array(Data(value).base64EncodedString().utf8),
      Array(PercentCoding.encode(text).utf8),
      Array(JSONWriterText.quoted(text).utf8.dropFirst().dropLast()),
    ]
  }

  private static func forms(of value: [UInt8]) -> [[UInt8]] { forms(value) }

  static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard let first = part.first, part.count <= text.count else { return false }
    var index = 0
    while index + part.count <= text.count {
      if text[index] == first, text[index..<(index + part.count)].elementsEqual(part) { return true }
      index += 1
    }
    return false
  }

  @Test func `a stream gives the same wherever it is split, and no value over a border`() throws {
    var values = SensitiveValues(random: SeededGenerator(seed: 7))
    let kinds = SensitiveValues.kinds.map { $0(&values) }
    var text: [UInt8] = []
    for (number, value) in kinds.enumerated() {
      text += Array("line \(number): \(value.column)=\"".utf8) + value.bytes + Array("\" and more\n".utf8)
    }
    var mask = try Self.mask("partial")
    func run(_ pieces: [ArraySlice<UInt8>]) -> [UInt8] {
      var stream = MaskStream(valueLimit: 640, blockSize: 1536)
      var out: [UInt8] = []
      for piece in pieces { stream.receive(piece.span, &mask, into: &out) }
      stream.finish(&mask, into: &out)
      return out
    }
    let whole = run([text[...]])
    #expect(whole == mask.plainText(text))
    for split in 0...text.count {
      #expect(run([text[..<split], text[split...]]) == whole, "\(split)")
    }
    #expect(run(text.indices.map { text[$0...$0] }) == whole)
    // Each value at each place of a block.
    for offset in stride(from: 0, through: 1536, by: 3) {
      let filler = Array(String(repeating: "some words ", count: 160).utf8.prefix(offset))
      let out = run([(filler + text)[...]])
      #expect(out.starts(with: filler))
      for value in kinds { #expect(!Self.contains(out, value.bytes), "\(offset) \(value)") }
    }
  }

  @Test func `what no rule means stays byte by byte`() throws {
    var mask = try Self.mask("redact")
    let texts = [
      #"{"id": 123456789, "at": "2026-11-20T10:00:00Z", "total": 12.50, "tags": ["a", "b"], "ok": true, "x": null}"#,
      "SELECT * FROM orders WHERE id = 4711 AND created > '2026-11-20' -- a comment",
      "id,total\n1,12.50\n2,\"a, b\"\n", "{1,2,3}", "(1,abc,)", "q=shoes&page=2", "plain text of no interest", "",
    ]
    for text in texts {
      let bytes = Array(text.utf8)
      #expect(mask.text(bytes) == bytes)
      #expect(mask.value(bytes, ColumnPlace(name: "note", type: "text")) == .same)
      #expect(mask.csv(bytes, CopyForm(isCSV: true)) == bytes)
      #expect(mask.copyText(bytes, CopyForm(), places: nil, table: nil) == bytes)
      #expect(mask.form(text) == text)
      var statements = StatementMask(mask.plan, hasher: mask.hasher)
      #expect(statements.text(text) == text)
    }
    #expect(mask.takeTally().isEmpty)
  }
}

/// The text of a string of JSON.
enum JSONWriterText {
  static func quoted(_ text: String) -> String { JSONWriter.quoted(text) }
}
