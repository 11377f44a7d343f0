import Bytes

/// Data types of RFC 4251 §5.
extension ByteReader {
  /// A string: its length in 32 bits, and so many bytes.
  @_lifetime(copy self) @_lifetime(self: copy self)
  mutating func readString(_ what: StaticString) throws(DecodeError) -> Span<UInt8> {
    let count = try readUInt32(what)
    return try read(Int(count), what)
  }

  /// A string as text; what is no UTF-8 is replaced, and what is longer than the limit is cut.
  @_lifetime(self: copy self)
  mutating func readText(_ what: StaticString) throws(DecodeError) -> String {
    let bytes = try readString(what)
    return bytes.extracting(first: min(bytes.count, SSHLimits.textLength)).string
  }

  @_lifetime(self: copy self)
  mutating func readBool(_ what: StaticString) throws(DecodeError) -> Bool { try readUInt8(what) != 0 }

  /// A name-list: names between commas.
  @_lifetime(self: copy self)
  mutating func readNames(_ what: StaticString) throws(DecodeError) -> [String] {
    try readText(what).split(separator: ",", omittingEmptySubsequences: true).map(String.init)
  }
}
