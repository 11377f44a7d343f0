import Bytes

/// BackendKeyData: what a CancelRequest has to name.
///
///     +---------------+--------------------------------------------+
///     | process id 32 | secret: 4 bytes (3.0), up to 256 (3.2)     |
///     +---------------+--------------------------------------------+
struct BackendKeyDataMessage {
  var processID: UInt32
  var secret: [UInt8]

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    processID = try reader.readUInt32("process id")
    guard (4...256).contains(reader.remaining) else {
      throw DecodeError(
        .outOfRange, "cancel secret", offset: reader.offset, expected: "4 to 256 bytes", found: "\(reader.remaining)")
    }
    secret = try reader.read(reader.remaining, "cancel secret").array
  }
}
