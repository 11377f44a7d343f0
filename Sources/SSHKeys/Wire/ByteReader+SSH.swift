import Bytes

/// Fields of SSH (RFC 4251 §5).
extension ByteReader {
  /// A `string`, which may hold anything.
  @_lifetime(copy self) @_lifetime(self: copy self)
  mutating func readSSHString(_ what: StaticString) throws(DecodeError) -> Span<UInt8> {
    let start = self
    let count = try readUInt32(what)
    guard count <= UInt32(clamping: remaining) else {
      self = start
      throw DecodeError(.truncated, "\(what)", offset: offset, expected: "\(count) bytes", found: "\(remaining)")
    }
    return try read(Int(count), what)
  }

  /// A `string` that is text: UTF-8 without NUL.
  ///
  /// OpenSSH takes a NUL at the end; nobody writes one, and two names that look alike are worse than one refused.
  @_lifetime(self: copy self)
  mutating func readSSHText(_ what: StaticString) throws(DecodeError) -> String {
    let start = offset
    let bytes = try readSSHString(what)
    guard let text = bytes.validString, bytes.firstIndex(of: 0) == nil else {
      throw DecodeError(.notText, "\(what)", offset: start)
    }
    return text
  }

  /// The magnitude of an `mpint` that is not negative, without zeros before it; at most `limit` bytes.
  @_lifetime(self: copy self)
  mutating func readMagnitude(_ what: StaticString, limit: Int) throws(DecodeError) -> [UInt8] {
    let start = offset
    let bytes = try readSSHString(what)
    if !bytes.isEmpty, bytes[0] >= 0x80 {
      throw DecodeError(.outOfRange, "\(what)", offset: start, expected: "a number that is not negative")
    }
    // A number of so many bytes may have a zero before it, to show that it is not negative.
    guard bytes.count <= limit + 1 else {
      throw DecodeError(.overLimit, "\(what)", offset: start, expected: "\(limit) bytes", found: "\(bytes.count)")
    }
    return Array(bytes.array.drop { $0 == 0 })
  }

  /// A `string` of exactly `count` bytes.
  @_lifetime(self: copy self)
  mutating func readSSHString(_ what: StaticString, count: Int) throws(DecodeError) -> [UInt8] {
    let start = offset
    let bytes = try readSSHString(what)
    guard bytes.count == count else {
      throw DecodeError(.outOfRange, "\(what)", offset: start, expected: "\(count) bytes", found: "\(bytes.count)")
    }
    return bytes.array
  }
}

extension DecodeError.Code {
  /// A string that must be text is none.
  static let notText: Self = "not-text"
  /// A name that is not known, or is known and not accepted.
  static let unsupported: Self = "unsupported"
}
