import Bytes

/// Serial numbers of certificates, as ranges.
struct SerialSet: Hashable, Sendable {
  /// Ranges that do not touch, in order.
  private var ranges: [ClosedRange<UInt64>] = []

  func contains(_ serial: UInt64) -> Bool {
    let index = firstEnd(atLeast: serial)
    return index < ranges.count && ranges[index].contains(serial)
  }

  /// The first range that ends at the number or behind it.
  private func firstEnd(atLeast serial: UInt64) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = low + (high - low) / 2
      if ranges[middle].upperBound < serial { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func insert(_ first: UInt64, _ last: UInt64, at offset: Int) throws(DecodeError) {
    guard first <= last else {
      throw DecodeError(.outOfRange, "serial range", offset: offset, expected: "first up to last")
    }
    var (low, high) = (first, last)
    // Those that touch the new one become part of it.
    let start = firstEnd(atLeast: first == 0 ? 0 : first - 1)
    var end = start
    while end < ranges.count, ranges[end].lowerBound == 0 || ranges[end].lowerBound - 1 <= last {
      low = min(low, ranges[end].lowerBound)
      high = max(high, ranges[end].upperBound)
      end += 1
    }
    ranges.replaceSubrange(start..<end, with: [low...high])
  }
}
