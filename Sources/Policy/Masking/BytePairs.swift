/// Two bytes in a row, of all that there can be a few: tells with one look that nothing begins or ends with them.
struct BytePairs: Sendable {
  private var bits = [UInt64](repeating: 0, count: 1 << 10)

  mutating func insert(_ first: UInt8, _ second: UInt8) {
    let place = Int(first) << 8 | Int(second)
    bits[place >> 6] |= 1 << UInt64(place & 63)
  }

  @inline(__always)
  func contains(_ first: UInt8, _ second: UInt8) -> Bool {
    let place = Int(first) << 8 | Int(second)
    return bits[place >> 6] >> UInt64(place & 63) & 1 == 1
  }
}
