import Bytes
import Testing

@testable import Decryption

@Suite struct KeyScheduleTests {
  @Test func `RFC 8448 §3: the server's handshake keys`() throws {
    let secret = try #require([UInt8](hex: "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"))
    #expect(KeySchedule.expandLabel(.sha256, secret, "key", count: 16).hex == "3fce516009c21727d0f2e4e86ee403bc")
    #expect(KeySchedule.expandLabel(.sha256, secret, "iv", count: 12).hex == "5d313eb2671276ee13000b30")
  }

  @Test func `a key log is recognized and read`() {
    var ring = KeyRing()
    let random = String(repeating: "ab", count: 32)
    let text = Array("# comment\nCLIENT_RANDOM \(random) \(String(repeating: "01", count: 48))\nrubbish\n".utf8)
    let isRecognized = KeyRing.recognizes(text.span)
    let reading = ring.add(text.span)
    #expect(isRecognized)
    #expect(reading.secretCount == 1)
    #expect(reading.damagedLines == [3])
    #expect(!ring.isEmpty)
  }
}
