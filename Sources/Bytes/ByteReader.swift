/// A cursor over borrowed bytes: the only way that captured bytes are read.
///
/// Every read is bounds-checked and throws `DecodeError` at the end of input; nothing traps. Slices are readers over the
/// same memory, so nothing is copied. A failed read leaves the cursor where it was.
///
/// It is `@inlinable` throughout because the calls across the module boundary would otherwise dominate the decoders.
public struct ByteReader: ~Escapable {
  @usableFromInline let bytes: Span<UInt8>
  @usableFromInline var position: Int

  /// Starts at the first byte of `bytes`.
  @inlinable @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
    self.position = 0
  }

  /// Bytes read so far.
  @inlinable public var offset: Int { position }
  /// Bytes left.
  @inlinable public var remaining: Int { bytes.count &- position }
  @inlinable public var isAtEnd: Bool { position == bytes.count }

  /// What is left, without moving.
  @inlinable public var rest: Span<UInt8> {
    @_lifetime(copy self)
    get { bytes.extracting(position..<bytes.count) }
  }

  /// The byte `distance` bytes ahead, or nil past the end.
  @inlinable public func peek(_ distance: Int = 0) -> UInt8? {
    guard distance >= 0, distance < remaining else { return nil }
    return bytes[position &+ distance]
  }

  @inlinable
  func require(_ count: Int, _ what: StaticString) throws(DecodeError) {
    guard count >= 0, count <= remaining else { throw truncated(count, what) }
  }

  @usableFromInline
  func truncated(_ count: Int, _ what: StaticString) -> DecodeError {
    DecodeError(.truncated, "\(what)", offset: position, expected: "\(count) bytes", found: "\(remaining)")
  }

  /// Moves over `count` bytes.
  ///
  /// - Throws: `DecodeError.Code.truncated` when fewer are left.
  @inlinable @_lifetime(self: copy self)
  public mutating func skip(_ count: Int, _ what: StaticString = "bytes") throws(DecodeError) {
    try require(count, what)
    position &+= count
  }

  /// The next `count` bytes, borrowed.
  ///
  /// - Throws: `DecodeError.Code.truncated` when fewer are left.
  @inlinable @_lifetime(copy self) @_lifetime(self: copy self)
  public mutating func read(_ count: Int, _ what: StaticString = "bytes") throws(DecodeError) -> Span<UInt8> {
    try require(count, what)
    let slice = bytes.extracting(position..<(position &+ count))
    position &+= count
    return slice
  }

  /// A reader over the next `count` bytes.
  ///
  /// - Throws: `DecodeError.Code.truncated` when fewer are left.
  @inlinable @_lifetime(copy self) @_lifetime(self: copy self)
  public mutating func slice(_ count: Int, _ what: StaticString = "bytes") throws(DecodeError) -> ByteReader {
    ByteReader(try read(count, what))
  }

  /// One unsigned byte.
  @inlinable @_lifetime(self: copy self)
  public mutating func readUInt8(_ what: StaticString = "UInt8") throws(DecodeError) -> UInt8 {
    try require(1, what)
    let value = bytes[position]
    position &+= 1
    return value
  }

  /// A 16-bit number, big-endian unless said otherwise.
  @inlinable @_lifetime(self: copy self)
  public mutating func readUInt16(
    _ what: StaticString = "UInt16", littleEndian: Bool = false
  ) throws(DecodeError) -> UInt16 {
    try require(2, what)
    let value = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt16.self)
    position &+= 2
    return littleEndian ? UInt16(littleEndian: value) : UInt16(bigEndian: value)
  }

  /// A 32-bit number, big-endian unless said otherwise.
  @inlinable @_lifetime(self: copy self)
  public mutating func readUInt32(
    _ what: StaticString = "UInt32", littleEndian: Bool = false
  ) throws(DecodeError) -> UInt32 {
    try require(4, what)
    let value = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self)
    position &+= 4
    return littleEndian ? UInt32(littleEndian: value) : UInt32(bigEndian: value)
  }

  /// A 64-bit number, big-endian unless said otherwise.
  @inlinable @_lifetime(self: copy self)
  public mutating func readUInt64(
    _ what: StaticString = "UInt64", littleEndian: Bool = false
  ) throws(DecodeError) -> UInt64 {
    try require(8, what)
    let value = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
    position &+= 8
    return littleEndian ? UInt64(littleEndian: value) : UInt64(bigEndian: value)
  }

  @inlinable @_lifetime(self: copy self)
  public mutating func readInt16(_ what: StaticString = "Int16") throws(DecodeError) -> Int16 {
    Int16(bitPattern: try readUInt16(what))
  }

  @inlinable @_lifetime(self: copy self)
  public mutating func readInt32(_ what: StaticString = "Int32") throws(DecodeError) -> Int32 {
    Int32(bitPattern: try readUInt32(what))
  }

  @inlinable @_lifetime(self: copy self)
  public mutating func readInt64(_ what: StaticString = "Int64") throws(DecodeError) -> Int64 {
    Int64(bitPattern: try readUInt64(what))
  }

  /// The bytes up to the next NUL, which is consumed and not returned.
  ///
  /// - Throws: `DecodeError.Code.unterminated` when no NUL follows.
  @inlinable @_lifetime(copy self) @_lifetime(self: copy self)
  public mutating func readCString(_ what: StaticString = "string") throws(DecodeError) -> Span<UInt8> {
    guard let end = bytes.firstIndex(of: 0, from: position) else {
      throw DecodeError(.unterminated, "\(what)", offset: position)
    }
    let slice = bytes.extracting(position..<end)
    position = end &+ 1
    return slice
  }

  /// Checks that nothing is left.
  ///
  /// - Throws: `DecodeError.Code.trailingBytes` when something is.
  @inlinable
  public func expectEnd(_ what: StaticString) throws(DecodeError) {
    guard isAtEnd else {
      throw DecodeError(.trailingBytes, "\(what)", offset: position, expected: "end", found: "\(remaining) bytes")
    }
  }
}
