import Bytes
import Testing

@testable import Gateway

/// Data as a recording has them: whole packets, in order, none too long.
struct TranscriptTests {
  @Test(arguments: [0, 1, 7, 8, 32_767, 32_768, 32_769, 100_000], [false, true])
  func `data are cut into packets that RFC 4253 allows`(count: Int, isError: Bool) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let packets = SSHTranscript.data(3, bytes, isError: isError)
    var reader = ByteReader(packets.span)
    var found: [UInt8] = []
    while !reader.isAtEnd {
      let length = Int(try reader.readUInt32("packet_length"))
      #expect((4 + length) % 8 == 0)
      let padding = Int(try reader.readUInt8("padding_length"))
      #expect((4...255).contains(padding))
      #expect(try reader.readUInt8("message") == (isError ? 95 : 94))
      #expect(try reader.readUInt32("channel") == 3)
      if isError { #expect(try reader.readUInt32("type") == 1) }
      let part = Int(try reader.readUInt32("length"))
      #expect((1...SSHTranscript.dataLength).contains(part))
      #expect(length == 1 + (isError ? 13 : 9) + part + padding)
      found += try reader.read(part, "data").array
      try reader.skip(padding)
    }
    #expect(found == bytes)
  }
}
