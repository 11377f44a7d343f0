import Bytes

// The data types of RFC 4251 §5.
extension ByteReader {
  /// A `string`: its length, then its bytes.
  @_lifetime(copy self) @_lifetime(self: copy self)
  mutating func readSSHString(_ what: StaticString = "string") throws(DecodeError) -> Span<UInt8> {
    let start = self
    let count = try readUInt32(what)
    guard count <= UInt32(clamping: remaining) else {
      self = start
      throw DecodeError(.truncated, "\(what)", offset: offset, expected: "\(count) bytes", found: "\(remaining)")
    }
    return try read(Int(count), what)
  }

  /// A `name-list`: names between commas.
  @_lifetime(self: copy self)
  mutating func readNameList(_ what: StaticString = "name-list") throws(DecodeError) -> [String] {
    let text = try readSSHString(what).string
    return text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}

extension ByteWriter {
  /// A `string` of RFC 4251 §5.
  mutating func writeSSHString(_ bytes: [UInt8]) {
    write(UInt32(truncatingIfNeeded: bytes.count))
    write(bytes)
  }

  /// An `mpint` of RFC 4251 §5 of a number that is not negative, however many zeros stand before it.
  mutating func writeMpint(_ magnitude: [UInt8]) {
    let digits = magnitude.drop { $0 == 0 }
    if let first = digits.first, first >= 0x80 {
      writeSSHString([0] + digits)
    } else {
      writeSSHString(Array(digits))
    }
  }
}
