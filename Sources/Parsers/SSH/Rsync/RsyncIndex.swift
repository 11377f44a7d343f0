import Bytes

/// Numbers of files as they are sent: the difference to the last one of the same sign, in a byte where it is small.
///
///     00            the end of a phase (-1)
///     01…FD         the last positive one and so many
///     FE hh ll      the same with 15 bits; with the top bit of hh four bytes are the number itself
///     FF …          a negative one, in the same way
struct RsyncIndex {
  static let done = -1
  /// No more lists come.
  static let lastList = -2
  static let removals = -3
  /// A list of the folder of that number less this follows.
  static let list = -101

  private var positive = -1
  private var negative = 1

  @_lifetime(reader: copy reader)
  mutating func read(_ reader: inout ByteReader) throws(DecodeError) -> Int {
    var first = try reader.readUInt8("number")
    if first == 0 { return Self.done }
    let isNegative = first == 0xff
    if isNegative { first = try reader.readUInt8("number") }
    var value = (isNegative ? negative : positive) + Int(first)
    if first == 0xfe {
      let (high, low) = (Int(try reader.readUInt8("number")), Int(try reader.readUInt8("number")))
      if high & 0x80 != 0 {
        let middle = Int(try reader.readUInt16("number", littleEndian: true))
        value = (high & 0x7f) << 24 | middle << 8 | low
      } else {
        value = (isNegative ? negative : positive) + (high << 8 | low)
      }
    }
    // No list is as long; what overflows an int is not believed.
    guard value <= Int(Int32.max) else {
      throw DecodeError(.outOfRange, "number of rsync", offset: reader.offset, found: "\(value)")
    }
    if isNegative { negative = value } else { positive = value }
    return isNegative ? -value : value
  }
}
