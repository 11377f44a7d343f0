/// Digits that stand together, and how they are grouped: `078-05-1120` is 3, 2 and 4 with dashes between.
struct DigitGroups {
  /// The longest number that is looked for is a card of 19 digits; one more tells that it is longer.
  static let digitLimit = 20
  static let groupLimit = 8

  // Vectors and no arrays in line, which are copied whole whenever an element is read.
  private var digits = SIMD32<UInt8>(repeating: 0)
  /// Of each group, how many bytes from the beginning its end is, and how many digits there are up to it.
  private var ends = SIMD8<UInt8>(repeating: 0)
  private var counts = SIMD8<UInt8>(repeating: 0)
  private let start: Int
  /// Groups that were read; a prefix of them may be what is looked for.
  private(set) var groupCount = 0

  // Of the prefix that is looked at
  /// Digits of it.
  private(set) var count = 0
  /// A byte for each group: `0x030204`.
  private(set) var shape: UInt64 = 0
  /// A half byte for each separator: 1 a blank, 2 a dash, 3 a point, 4 a slash.
  private(set) var separators: UInt64 = 0
  private(set) var range: Range<Int>

  /// Reads from the first digit on, which is at `start`.
  init(_ bytes: Span<UInt8>, at start: Int) {
    self.start = start
    range = start..<start
    var index = start
    var total = 0
    while groupCount < DigitGroups.groupLimit {
      let first = index
      while index < bytes.count, ByteClass.isDigit(bytes[index]), total < DigitGroups.digitLimit {
        digits[total] = bytes[index] &- 0x30
        total += 1
        index += 1
      }
      // Longer than anything that is looked for, or no group.
      guard index > first, !ByteClass.isDigit(bytes.peek(index)) else { break }
      ends[groupCount] = UInt8(truncatingIfNeeded: index - start)
      counts[groupCount] = UInt8(truncatingIfNeeded: total)
      groupCount += 1
      guard DigitGroups.separator(bytes.peek(index)) != 0, ByteClass.isDigit(bytes.peek(index + 1)) else { break }
      index += 1
    }
    look(at: groupCount, bytes)
  }

  /// No digits yet: for those that are put in one by one.
  init() { (start, range) = (0, 0..<0) }

  mutating func append(_ digit: UInt8) {
    guard count < DigitGroups.digitLimit else { return }
    digits[count] = digit
    count += 1
  }

  mutating func truncate(to limit: Int) { count = min(count, max(0, limit)) }

  /// Looks at the first groups only.
  mutating func look(at groups: Int, _ bytes: Span<UInt8>) {
    guard groups > 0, groups <= groupCount else { return }
    (shape, separators) = (0, 0)
    var before = 0
    for group in 0..<groups {
      shape = shape << 8 | UInt64(Int(counts[group]) - before)
      before = Int(counts[group])
      if group + 1 < groups {
        separators = separators << 4 | DigitGroups.separator(bytes.peek(start + Int(ends[group])))
      }
    }
    count = before
    range = start..<(start + Int(ends[groups - 1]))
  }

  /// 0 for what separates no digits.
  @inline(__always)
  static func separator(_ byte: UInt8) -> UInt64 {
    switch byte {
    case 0x20: 1
    case 0x2D: 2
    case 0x2E: 3
    case 0x2F: 4
    default: 0
    }
  }

  /// Whether nothing stands between the digits.
  var isSolid: Bool { separators == 0 }

  /// Whether all separators are the same.
  var isUniform: Bool {
    let last = separators & 15
    var rest = separators
    while rest != 0 {
      if rest & 15 != last { return false }
      rest >>= 4
    }
    return true
  }

  /// The digit at a place, zero outside.
  subscript(place: Int) -> Int {
    place >= 0 && place < count ? Int(digits[place]) : 0
  }

  /// The number that some digits make, 18 at most.
  func number(_ places: Range<Int>) -> Int {
    var value = 0
    for place in places.prefix(18) { value = value * 10 + self[place] }
    return value
  }

  /// The sum of the first digits times their weights.
  func weighted(_ weights: [Int]) -> Int {
    var sum = 0
    for (place, weight) in weights.enumerated() { sum += self[place] * weight }
    return sum
  }

  /// Whether all digits are the same: what people type into forms.
  var isMonotonous: Bool {
    var place = 1
    while place < count {
      if digits[place] != digits[0] { return false }
      place += 1
    }
    return true
  }

  /// The digits without some at the beginning, as if they stood solid: what is behind a country's code.
  func dropping(_ number: Int) -> DigitGroups {
    var rest = self
    guard number > 0, number <= count else { return self }
    for place in 0..<(count - number) { rest.digits[place] = digits[place + number] }
    rest.count = count - number
    return rest
  }
}
