import Foundation

/// How the characters of a run are spread.
struct ByteTally {
  /// Shannon's entropy in bits a character.
  private(set) var bits = 0.0
  private(set) var digits = 0
  /// What is neither letter nor digit.
  private(set) var marks = 0
  /// Of small letters, capitals and digits, those that there are.
  private(set) var kinds = 0
  private(set) var isHex = true
  /// Whether small letters stand together as in words and paths.
  private(set) var hasWords = false

  init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    var counts = [UInt16](repeating: 0, count: 128)
    var (lower, upper) = (0, 0)
    var (row, longestRow) = (0, 0)
    for index in range {
      let byte = bytes.peek(index)
      counts[Int(byte & 0x7F)] += 1
      let isLower = byte &- 0x61 < 26
      row = isLower ? row + 1 : 0
      longestRow = max(longestRow, row)
      if ByteClass.isDigit(byte) {
        digits += 1
      } else if isLower {
        lower += 1
      } else if ByteClass.isUpper(byte) {
        upper += 1
      } else {
        marks += 1
      }
      if !ByteClass.isHex(byte) { isHex = false }
    }
    let total = Double(range.count)
    for place in 0..<128 where counts[place] > 0 {
      let share = Double(counts[place]) / total
      bits -= share * log2(share)
    }
    kinds = (lower > 0 ? 1 : 0) + (upper > 0 ? 1 : 0) + (digits > 0 ? 1 : 0)
    hasWords = longestRow > 6
  }
}
