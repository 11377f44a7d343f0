import Bytes
import TestKit
import Testing

@Suite struct SpanJSONTests {
  private static func text(_ bytes: [UInt8], atLeast limit: Int = .max) -> String {
    bytes.span.unescapedJSON(atLeast: limit)
  }

  /// What the other reader makes of the same string.
  private static func scanned(_ bytes: [UInt8]) -> String {
    JSONScanner([0x22] + bytes + [0x22]).text(of: 0..<(bytes.count + 2))
  }

  @Test(arguments: [
    ("", ""), ("plain", "plain"), (#"a\nb\tc\r\b\f\/\"\\d"#, "a\nb\tc\r\u{8}\u{C}/\"\\d"), (#"\u00e9\u20AC"#, "é€"),
    (#"\ud83d\ude00!"#, "😀!"), (#"\ud83d x"#, "\u{FFFD} x"), (#"\ude00"#, "\u{FFFD}"), (#"\ud83d\u0041"#, "\u{FFFD}A"),
    (#"\u12"#, "\u{FFFD}12"), (#"\uzzzz"#, "\u{FFFD}zzzz"), (#"naïve \n naïve"#, "naïve \n naïve"),
    (#"end\"#, #"end\"#),
    (#"\x\ï"#, "xï"),
  ])
  func `escapes become what they stand for`(_ written: String, _ meant: String) {
    #expect(Self.text(Array(written.utf8)) == meant)
  }

  @Test func `any bytes give what the scanner makes of them`() {
    var generator = SeededGenerator(seed: 20_261_122)
    let pieces: [[UInt8]] = [
      [0x5C], [0x5C, 0x6E], [0x5C, 0x75], Array("00e9".utf8), Array("d83d".utf8), Array(#"\ude00"#.utf8),
      Array("naïve ".utf8), [0xC3], [0xA9], [0xF0, 0x9F], [0xFF], Array("words and words".utf8), [0x0A],
    ]
    for round in 0..<20_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...12, using: &generator) {
        bytes += pieces.randomElement(using: &generator) ?? []
      }
      // A backslash at the very end is half of an escape, which the two take differently.
      if bytes.last == 0x5C { bytes.append(0x6E) }
      #expect(Self.text(bytes) == Self.scanned(bytes), "round \(round): \(bytes.hex)")
    }
  }

  @Test func `as many bytes as are asked for are those of the whole text`() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<2_000 {
      var bytes: [UInt8] = []
      for _ in 0..<20 {
        bytes += Array([#"\n"#, "ab", #"\u20ac"#, "é"].randomElement(using: &generator)?.utf8 ?? "".utf8)
      }
      let whole = Array(Self.text(bytes).utf8)
      let limit = Int.random(in: 0...bytes.count, using: &generator)
      let start = Array(Self.text(bytes, atLeast: limit).utf8)
      #expect(start.count >= min(limit, whole.count) && start.count <= limit + 8)
      #expect(start.prefix(limit) == whole.prefix(limit))
    }
  }
}
