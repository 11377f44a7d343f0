import Bytes

/// Fields of SSH (RFC 4251 §5).
extension ByteWriter {
  /// A `string`.
  mutating func writeSSHString(_ bytes: [UInt8]) {
    write(UInt32(clamping: bytes.count))
    write(bytes)
  }

  /// A `string` of text.
  mutating func writeSSHString(_ text: String) { writeSSHString(Array(text.utf8)) }

  /// An `mpint` of a number that is not negative, from its big-endian bytes.
  mutating func writeMagnitude(_ magnitude: [UInt8]) {
    let digits = Array(magnitude.drop { $0 == 0 })
    if let first = digits.first, first >= 0x80 { writeSSHString([0] + digits) } else { writeSSHString(digits) }
  }
}
