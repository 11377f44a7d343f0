import Bytes

/// How far a server's clock runs ahead of the capture's, from pairs that are beyond doubt.
struct ServerClock {
  /// With fewer pairs nothing is said.
  static let fewest = 3
  /// Until it is measured: clocks of servers are kept together by NTP or are off by much.
  static let presumed: Int64 = 5_000_000_000
  /// A server may log later than the request arrives: it waits for a lock, for the rest of a pipeline.
  static let patience: Int64 = 50_000_000

  private(set) var offset: Int64 = 0
  private(set) var spread: Int64 = 0
  private(set) var pairCount = 0
  /// The coarsest step of the log's clock.
  var precision: Int64 = 0

  /// Takes all differences, server minus capture.
  mutating func measure(_ differences: [Int64]) {
    pairCount = differences.count
    guard pairCount >= Self.fewest else { return (offset, spread) = (0, 0) }
    let sorted = differences.sorted()
    offset = sorted[sorted.count / 2]
    let apart = sorted.map { TimePairing.distance($0, offset) }.sorted()
    spread = apart[min(apart.count - 1, apart.count * 9 / 10)]
  }

  /// Whether differences are so alike that they are one clock's: the same texts at another server are apart by anything.
  func agree(_ differences: [Int64]) -> Bool {
    var other = self
    other.measure(differences)
    return other.isMeasured && other.spread <= max(Self.presumed, precision)
  }

  var isMeasured: Bool { pairCount >= Self.fewest }

  /// What may lie between a record and its action once the offset is taken off.
  var tolerance: Int64 {
    guard isMeasured else { return Self.presumed }
    return min(Self.presumed, max(spread.multipliedClamped(by: 4), precision).addingClamped(Self.patience))
  }
}
