import Replay
import Testing

@Suite struct TerminalTextTests {
  @Test func `nothing that moves the cursor or hides text gets through`() {
    for value in UInt32(0)..<0x10000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isDangerous =
        value < 0x20 || (0x7f..<0xa0).contains(value) || (0x202a...0x202e).contains(value)
        || (0x2066...0x2069).contains(value) || (0x200b...0x200f).contains(value) || value == 0xfeff
      guard isDangerous else { continue }
      let shown = TerminalText.oneLine("a\(Character(scalar))b")
      #expect(!shown.unicodeScalars.contains(scalar), "U+\(String(value, radix: 16))")
      #expect(shown.hasPrefix("a") && shown.hasSuffix("b"))
    }
  }

  @Test func `wide characters take two columns and combining ones none`() {
    #expect(TerminalText.width("abc") == 3)
    #expect(TerminalText.width("大阪") == 4)
    #expect(TerminalText.width("e\u{301}") == 1)
    #expect(TerminalText.truncated("大阪大阪", width: 5) == "大阪…")
  }
}
