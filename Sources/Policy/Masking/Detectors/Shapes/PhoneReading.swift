/// The digits of a telephone number, with parentheses and pairs of separators in between.
struct PhoneReading {
  private static let groupLimit = 8
  /// E.164 §6, and a few of the next number.
  private static let digitLimit = 19

  private(set) var digits: DigitGroups
  private(set) var groupCount = 0
  private(set) var end: Int
  /// The last one.
  private(set) var separator: UInt8 = 0
  private(set) var hasParentheses = false
  /// Digits of the first group.
  private(set) var firstGroup = 0
  private var ends = SIMD8<Int>(repeating: 0)
  private var counts = SIMD8<Int>(repeating: 0)

  /// Reads from a digit or a parenthesis on.
  init(_ bytes: Span<UInt8>, at start: Int) {
    digits = DigitGroups()
    end = start
    var index = bytes.peek(start) == 0x28 ? start + 1 : start
    while groupCount < PhoneReading.groupLimit {
      let first = index
      while index < bytes.count, ByteClass.isDigit(bytes[index]), digits.count < PhoneReading.digitLimit {
        digits.append(bytes[index] &- 0x30)
        index += 1
      }
      guard index > first, !ByteClass.isDigit(bytes.peek(index)) else { break }
      if groupCount == 0 { firstGroup = digits.count }
      (ends[groupCount], counts[groupCount]) = (index, digits.count)
      groupCount += 1
      guard let next = nextGroup(bytes, from: index) else { break }
      index = next
    }
    keep(groupCount, bytes)
  }

  /// Leaves out the last groups until there are no more than so many digits.
  mutating func shorten(toAtMost limit: Int, _ bytes: Span<UInt8>) {
    while digits.count > limit, groupCount > 1 { keep(groupCount - 1, bytes) }
  }

  private mutating func keep(_ groups: Int, _ bytes: Span<UInt8>) {
    guard groups > 0 else {
      digits.truncate(to: 0)
      return
    }
    groupCount = groups
    end = ends[groups - 1]
    digits.truncate(to: counts[groups - 1])
    if groups > 1 { separator = bytes.peek(ends[groups - 2]) }
  }

  /// Where the next group begins: behind one mark, or two of which one is a parenthesis.
  private mutating func nextGroup(_ bytes: Span<UInt8>, from end: Int) -> Int? {
    var index = end
    var parentheses = 0
    var marks = 0
    while marks < 3, PhoneReading.isSeparator(bytes.peek(index)) {
      if bytes.peek(index) == 0x28 || bytes.peek(index) == 0x29 { parentheses += 1 }
      index += 1
      marks += 1
    }
    guard marks == 1 || marks == 2 && parentheses == 1, ByteClass.isDigit(bytes.peek(index)) else { return nil }
    if parentheses > 0 { hasParentheses = true }
    return index
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x28, 0x29, 0x2D, 0x2E, 0x2F: true
    default: false
    }
  }
}
