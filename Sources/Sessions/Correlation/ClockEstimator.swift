import Model

/// Finds how far the clock of a transcript runs ahead of the capture's, from actions whose call is beyond doubt.
///
/// Each such pair bounds the offset: the action began after the call was made and before its result was known. The offset
/// that satisfies most of the pairs is sought, and of several the one nearest to none. So a time zone that is not told shows
/// itself too.
struct ClockEstimator {
  /// Pairs taken for each clock.
  static let anchorLimit = 20_000
  /// With fewer, the clocks are taken to agree.
  static let fewest = 3
  /// Calls without an end are taken to end after so long.
  static let openEnd: Int64 = 600_000_000_000

  /// The offset that a transcript's times have from those of the capture.
  struct Offset: Hashable {
    /// Transcript minus capture, in nanoseconds.
    var nanoseconds: Int64 = 0
    /// How wide the range is in which the truth lies.
    var spread: Int64 = 0
    var anchorCount = 0
  }

  private var ranges: [Int64: [(from: Int64, through: Int64)]] = [:]

  /// Takes a pair of which each is the other's only candidate.
  mutating func add(clock: Int64, _ call: CallEvidence, _ action: WireAction) {
    guard let started = call.startedAt, ranges[clock]?.count ?? 0 < Self.anchorLimit else { return }
    let ended = call.endedAt?.nanoseconds ?? started.nanoseconds.addingClamped(Self.openEnd)
    // The call's times less the offset must hold the action.
    let from = started.nanoseconds.subtractingClamped(action.startedAt.nanoseconds)
    let through = ended.subtractingClamped(action.startedAt.nanoseconds)
    ranges[clock, default: []].append((min(from, through), max(from, through)))
  }

  func offset(of clock: Int64) -> Offset {
    guard let ranges = ranges[clock], ranges.count >= Self.fewest else { return Offset() }
    // Each range holds the offsets that fit one pair.
    var edges: [(at: Int64, change: Int)] = []
    edges.reserveCapacity(ranges.count * 2)
    for range in ranges {
      edges.append((range.from, 1))
      edges.append((range.through, -1))
    }
    edges.sort { ($0.at, -$0.change) < ($1.at, -$1.change) }
    var count = 0
    var best = 0
    var found: [(from: Int64, through: Int64)] = []
    for (index, edge) in edges.enumerated() {
      count += edge.change
      guard edge.change > 0, index + 1 < edges.count else { continue }
      if count > best { (best, found) = (count, []) }
      if count == best { found.append((edge.at, edges[index + 1].at)) }
    }
    // Of ranges that fit as many, the one nearest to none.
    guard let range = found.min(by: { Self.distance($0) < Self.distance($1) }) else { return Offset() }
    // Without a reason against it, the clocks agree; otherwise the first actions follow their calls at once.
    let offset = range.from <= 0 && range.through >= 0 ? 0 : range.from
    return Offset(
      nanoseconds: offset, spread: range.through.subtractingClamped(range.from), anchorCount: best)
  }

  private static func distance(_ range: (from: Int64, through: Int64)) -> UInt64 {
    range.from <= 0 && range.through >= 0 ? 0 : min(range.from.magnitude, range.through.magnitude)
  }
}

extension Int64 {
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }

  func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
