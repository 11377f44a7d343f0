import Bytes

/// Serial numbers of certificates, as ranges.
struct SerialSet: Hashable, Sendable {
  /// Bounds the memory of a list: 64 MiB. OpenSSH's own lists have fewer than a thousandth of it.
  static let rangeLimit = 4 << 20

  /// Ranges that do not touch, in order.
  private let ranges: [ClosedRange<UInt64>]

  init() { ranges = [] }

  /// Takes ranges in any order.
  init(_ unordered: [ClosedRange<UInt64>]) {
    var merged: [ClosedRange<UInt64>] = []
    for range in unordered.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1 {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    ranges = merged
  }

  func contains(_ serial: UInt64) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = low + (high - low) / 2
      if ranges[middle].upperBound < serial { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(serial)
  }
}
