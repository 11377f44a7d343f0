import Bytes

/// Numbers of rsync's protocol 30 and later.
extension ByteReader {
  /// How many bytes follow, by the first: as many as it has bits set from the top, of six.
  private static func extra(_ first: UInt8) -> Int { min(6, (~first).leadingZeroBitCount) }

  /// 32 bits in one to five bytes: the first has the highest bits, behind as many ones as bytes follow, lowest first.
  @_lifetime(self: copy self)
  mutating func readRsyncVarint(_ what: StaticString) throws(DecodeError) -> Int {
    let value = try readRsyncLong(1, what)
    // What is above 32 bits is dropped, as by those who read it into an int.
    return Int(Int32(truncatingIfNeeded: value))
  }

  /// 64 bits in `count` bytes or more: the first has the highest bits.
  @_lifetime(self: copy self)
  mutating func readRsyncLong(_ count: Int, _ what: StaticString) throws(DecodeError) -> Int64 {
    var copy = self
    let first = try copy.readUInt8(what)
    let extra = Self.extra(first)
    var value: UInt64 = 0
    let low = try copy.read(count - 1 + extra, what)
    for index in low.indices where index < 8 { value |= UInt64(low[index]) << UInt64(index * 8) }
    let high = extra == 0 ? first : first & (1 << UInt8(8 - extra) - 1)
    if low.count < 8 { value |= UInt64(high) << UInt64(low.count * 8) }
    self = copy
    return Int64(bitPattern: value)
  }

  @_lifetime(self: copy self)
  mutating func readRsyncInt(_ what: StaticString) throws(DecodeError) -> Int {
    Int(Int32(bitPattern: try readUInt32(what, littleEndian: true)))
  }

  /// A byte with the length, or two when it is 128 or more; then a text.
  @_lifetime(self: copy self)
  mutating func readRsyncText(_ what: StaticString) throws(DecodeError) -> String {
    var count = Int(try readUInt8(what))
    if count >= 0x80 { count = (count & 0x7f) << 8 | Int(try readUInt8(what)) }
    return try read(count, what).string
  }
}
