import Bytes

/// The messages without a type byte with which a client begins: length, then a code that tells them apart.
///
///     +------------+-----------------------------+----------------------------------+
///     | length  32 | protocol version or code 32 | name NUL value NUL … NUL         |
///     +------------+-----------------------------+----------------------------------+
enum StartupMessage {
  case startup(major: UInt16, minor: UInt16, parameters: [(name: String, value: String)])
  case sslRequest
  case gssEncryptionRequest
  case cancelRequest(processID: UInt32, secret: [UInt8])

  static let cancelCode: UInt32 = 80_877_102
  static let sslCode: UInt32 = 80_877_103
  static let gssCode: UInt32 = 80_877_104
  /// Parameters of one start-up packet.
  static let parameterLimit = 1_000

  /// Takes the body, without the length.
  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let code = try reader.readUInt32("protocol version")
    switch code {
    case StartupMessage.sslCode: self = .sslRequest
    case StartupMessage.gssCode: self = .gssEncryptionRequest
    case StartupMessage.cancelCode:
      let processID = try reader.readUInt32("process id")
      // 4 bytes in protocol 3.0, 4 to 256 in 3.2.
      guard (4...256).contains(reader.remaining) else {
        throw DecodeError(.outOfRange, "cancel secret", offset: reader.offset, expected: "4 to 256 bytes")
      }
      self = .cancelRequest(processID: processID, secret: try reader.read(reader.remaining).array)
    default:
      let (major, minor) = (UInt16(code >> 16), UInt16(truncatingIfNeeded: code))
      guard major == 3 else {
        throw DecodeError(.mismatch, "protocol version", offset: 0, expected: "3.x", found: "\(major).\(minor)")
      }
      var parameters: [(name: String, value: String)] = []
      while let next = reader.peek(), next != 0 {
        guard parameters.count < StartupMessage.parameterLimit else {
          throw DecodeError(.overLimit, "start-up parameters", offset: reader.offset)
        }
        let name = try reader.readCString("parameter name").string
        parameters.append((name, try reader.readCString("parameter value").string))
      }
      if !reader.isAtEnd { try reader.skip(1, "terminator") }
      try reader.expectEnd("StartupMessage")
      self = .startup(major: major, minor: minor, parameters: parameters)
    }
  }
}
