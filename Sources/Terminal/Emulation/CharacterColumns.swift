/// How many columns a character takes: what `wcwidth` answers in the terminals of our day.
enum CharacterColumns {
  /// 0 for what is drawn over the character before it, 2 for wide ones, otherwise 1.
  static func count(_ scalar: UInt32) -> Int {
    if scalar < 0x300 { return 1 }
    switch scalar {
    case 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0x3400...0x4DBF, 0x30A1...0x30FF, 0x3041...0x3096: return 2
    case 0x0400...0x0482, 0x2010...0x2027, 0x2500...0x25FC, 0x1E00...0x1FFF: return 1
    default: break
    }
    if contains(zero, scalar) { return 0 }
    return contains(wide, scalar) ? 2 : 1
  }

  private static func contains(_ ranges: [ClosedRange<UInt32>], _ scalar: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= scalar
  }
}
