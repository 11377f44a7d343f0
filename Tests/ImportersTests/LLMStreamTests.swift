import Bytes
import Model
import Testing

@testable import Importers

struct LLMStreamTests {
  @Test func `events are the same however the stream is cut`() {
    let bytes = Array("data: a\r\ndata: b\r\n\r\n: note\n\nevent: x\ndata:c\n\ndata: d".utf8)
    for size in 1...bytes.count {
      var stream = ServerSentEvents()
      var events: [[UInt8]] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        events += stream.receive(Array(bytes[start..<min(start + size, bytes.count)]))
      }
      events += stream.finish()
      #expect(events.map { String(decoding: $0, as: UTF8.self) } == ["a\nb", "c", "d"])
    }
  }

  @Test func `a binary event stream is checked by its sums`() {
    #expect({ CRC32.of(Array("123456789".utf8).span) }() == 0xCBF4_3926)
    func word(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    let payload = Array(#"{"bytes":"e30="}"#.utf8)
    var message = word(UInt32(16 + payload.count)) + word(0)
    message += word(CRC32.of(message.span))
    message += payload
    message += word(CRC32.of(message.span))
    let (whole, error) = AWSEventStream.messages(message + message)
    #expect(whole.map(\.payload) == [payload, payload])
    #expect(error == nil)
    #expect(Base64.decode("e30=") == Array("{}".utf8))
    for index in message.indices {
      var damaged = message
      damaged[index] ^= 1
      #expect(AWSEventStream.messages(damaged).damage != nil)
    }
  }
}
