import Bytes

/// Pairs two lists of times that stand in order, so that most are paired and their distances are least.
///
/// Both tell of the same thing, such as every `COMMIT` of a connection; a few may be missing on either side.
enum TimePairing {
  /// Cells of the table for the best pairing; larger lists are paired one after the other.
  static let cellLimit = 250_000

  /// - Parameters:
  ///   - left: nanoseconds, rising.
  ///   - right: nanoseconds, rising.
  ///   - tolerance: what lies further apart is no pair.
  /// - Returns: places in both lists, rising.
  static func pairs(_ left: [Int64], _ right: [Int64], tolerance: Int64) -> [(Int, Int)] {
    guard !left.isEmpty, !right.isEmpty else { return [] }
    if left.count == right.count, zip(left, right).allSatisfy({ distance($0, $1) <= tolerance }) {
      return left.indices.map { ($0, $0) }
    }
    let (cells, overflow) = left.count.multipliedReportingOverflow(by: right.count)
    return overflow || cells > cellLimit ? inTurn(left, right, tolerance) : best(left, right, tolerance)
  }

  /// Each with the first that is near enough.
  private static func inTurn(_ left: [Int64], _ right: [Int64], _ tolerance: Int64) -> [(Int, Int)] {
    var found: [(Int, Int)] = []
    var other = 0
    for (index, time) in left.enumerated() {
      while other < right.count, right[other] < time.subtractingClamped(tolerance) { other += 1 }
      guard other < right.count else { break }
      guard distance(time, right[other]) <= tolerance else { continue }
      found.append((index, other))
      other += 1
    }
    return found
  }

  /// Leaving one out costs more than any pair.
  private static func best(_ left: [Int64], _ right: [Int64], _ tolerance: Int64) -> [(Int, Int)] {
    let width = right.count + 1
    let skip = Double(tolerance) * 2 + 1
    var costs = [Double](repeating: 0, count: (left.count + 1) * width)
    for index in 1...left.count { costs[index * width] = Double(index) * skip }
    for other in 1...right.count { costs[other] = Double(other) * skip }
    for index in 1...left.count {
      for other in 1...right.count {
        let apart = distance(left[index - 1], right[other - 1])
        let pair = apart <= tolerance ? costs[(index - 1) * width + other - 1] + Double(apart) : .infinity
        let either = min(costs[(index - 1) * width + other], costs[index * width + other - 1]) + skip
        costs[index * width + other] = min(pair, either)
      }
    }
    var found: [(Int, Int)] = []
    var (index, other) = (left.count, right.count)
    while index > 0, other > 0 {
      let apart = distance(left[index - 1], right[other - 1])
      let cost = costs[index * width + other]
      if apart <= tolerance, cost == costs[(index - 1) * width + other - 1] + Double(apart) {
        found.append((index - 1, other - 1))
        (index, other) = (index - 1, other - 1)
      } else if cost == costs[(index - 1) * width + other] + skip {
        index -= 1
      } else {
        other -= 1
      }
    }
    return found.reversed()
  }

  static func distance(_ left: Int64, _ right: Int64) -> Int64 {
    let apart = left.subtractingClamped(right)
    return apart == .min ? .max : abs(apart)
  }
}
