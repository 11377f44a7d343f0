import Bytes

/// The messages without a type byte with which a client begins: length, then a code that tells them apart.
///
///     +------------+-----------------------------+----------------------------------+
///     | length  32 | protocol version or code 32 | name NUL value NUL … NUL         |
///     +------------+-----------------------------+----------------------------------+
enum StartupMessage {
  case startup(minor: UInt16, parameters: [(name: [UInt8], value: [UInt8])])
  /// Protocol 2.0 and older: fields of fixed width, and messages of another form after it.
  case ancient(major: UInt16, minor: UInt16)
  case sslRequest
  case gssEncryptionRequest
  case cancelRequest(BackendKeyDataMessage)

  static let cancelCode: UInt32 = 80_877_102
  static let sslCode: UInt32 = 80_877_103
  static let gssCode: UInt32 = 80_877_104

  /// Whether a packet may carry this code and be this long.
  static func isPlausible(length: Int, code: UInt32) -> Bool {
    switch code {
    case sslCode, gssCode: length == 8
    case cancelCode: (16...268).contains(length)
    // The packet of 2.0 has 296 bytes; servers of today look no further than the version.
    default: code >> 16 == 3 && length >= 8 || (code == 0x0002_0000 || code == 0x0001_0000) && length <= 296
    }
  }

  /// Takes the body, without the length.
  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let code = try reader.readUInt32("protocol version")
    switch code {
    case StartupMessage.sslCode: self = .sslRequest
    case StartupMessage.gssCode: self = .gssEncryptionRequest
    case StartupMessage.cancelCode: self = .cancelRequest(try BackendKeyDataMessage(parsing: &reader))
    default: self = try StartupMessage.versioned(code, &reader)
    }
  }

  @_lifetime(reader: copy reader)
  private static func versioned(_ code: UInt32, _ reader: inout ByteReader) throws(DecodeError) -> StartupMessage {
    let (major, minor) = (UInt16(code >> 16), UInt16(truncatingIfNeeded: code))
    if major == 1 || major == 2 {
      try reader.skip(reader.remaining)
      return .ancient(major: major, minor: minor)
    }
    guard major == 3 else {
      throw DecodeError(.mismatch, "protocol version", offset: 0, expected: "3.x", found: "\(major).\(minor)")
    }
    var parameters: [(name: [UInt8], value: [UInt8])] = []
    while let next = reader.peek(), next != 0 {
      guard parameters.count < PostgresLimits.startupParameters else {
        throw DecodeError(.overLimit, "start-up parameters", offset: reader.offset)
      }
      let name = try reader.readCString("parameter name").array
      parameters.append((name, try reader.readCString("parameter value").array))
    }
    // "invalid startup packet layout: expected terminator as last byte"
    try reader.skip(1, "terminator")
    return .startup(minor: minor, parameters: parameters)
  }

  /// What can be read of a packet whose end is missing.
  static func beginning(_ packet: Span<UInt8>) -> (minor: UInt16, parameters: [(name: [UInt8], value: [UInt8])])? {
    var reader = ByteReader(packet)
    guard (try? reader.readUInt32()) != nil, let code = try? reader.readUInt32(), code >> 16 == 3 else { return nil }
    var parameters: [(name: [UInt8], value: [UInt8])] = []
    while parameters.count < PostgresLimits.startupParameters, let name = try? reader.readCString().array,
      !name.isEmpty, let value = try? reader.readCString().array
    {
      parameters.append((name, value))
    }
    return (UInt16(truncatingIfNeeded: code), parameters)
  }
}
