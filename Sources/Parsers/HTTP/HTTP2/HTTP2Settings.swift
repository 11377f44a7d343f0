import Bytes
import Codings

/// What a SETTINGS frame says that matters here (RFC 9113 §6.5.2).
struct HTTP2Settings {
  var headerTableSize: Int?
  var maximumFrameSize: Int?

  /// Reads identifiers of 16 and values of 32 bits; the last of each stands.
  init(_ payload: Span<UInt8>) {
    var reader = ByteReader(payload)
    while let id = try? reader.readUInt16("setting"), let value = try? reader.readUInt32("value") {
      switch id {
      case 1: headerTableSize = Int(clamping: value)
      // §6.5.2: from the initial value to 2^24 - 1.
      case 5 where (16_384...16_777_215).contains(value): maximumFrameSize = Int(clamping: value)
      default: break
      }
    }
  }

  /// Reads the HTTP2-Settings field of an upgrade to h2c: the payload in base64url.
  init(base64 text: String) {
    var decoder = Base64Decoder()
    var payload: [UInt8] = []
    let padded = Array(text.utf8) + [UInt8](repeating: UInt8(ascii: "="), count: (4 - text.utf8.count % 4) % 4)
    if !decoder.decode(padded.span, into: &payload) { payload = [] }
    self.init(payload.span)
  }
}
