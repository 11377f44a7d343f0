import Bytes
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

  private typealias Range = (from: Int64, through: Int64)
  private var byClock: [Int64: [Range]] = [:]
  /// All transcripts of one host share its clock.
  private var byHost: [String: [Range]] = [:]
  private var all: [Range] = []
  private var hosts: [Int64: [String: Int]] = [:]
  private var found: [String: Offset] = [:]

  /// Takes a pair of which each is the other's only candidate; `host` is the client's address.
  mutating func add(clock: Int64, host: String, _ call: CallEvidence, _ action: Timestamp) {
    guard let started = call.startedAt, byClock[clock]?.count ?? 0 < Self.anchorLimit else { return }
    let ended = call.endedAt?.nanoseconds ?? started.nanoseconds.addingClamped(Self.openEnd)
    // The call's times less the offset must hold the action.
    let from = started.nanoseconds.subtractingClamped(action.nanoseconds)
    let through = ended.subtractingClamped(action.nanoseconds)
    let range = (min(from, through), max(from, through))
    byClock[clock, default: []].append(range)
    hosts[clock, default: [:]][host, default: 0] += 1
    if byHost[host]?.count ?? 0 < Self.anchorLimit { byHost[host, default: []].append(range) }
    if all.count < Self.anchorLimit { all.append(range) }
  }

  /// The offset of a transcript: its host's, where its own pairs do not speak against that.
  mutating func offset(of clock: Int64) -> Offset {
    let own = byClock[clock] ?? []
    let host = hosts[clock]?.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    var shared = offset(of: host)
    if shared.anchorCount == 0 { shared = offset(of: nil) }
    guard own.count >= Self.fewest else { return shared }
    let alone = Self.estimate(own)
    let agreeing = own.count { $0.from <= shared.nanoseconds && $0.through >= shared.nanoseconds }
    if shared.anchorCount > 0, agreeing * 5 >= alone.anchorCount * 4 {
      return Offset(nanoseconds: shared.nanoseconds, spread: shared.spread, anchorCount: agreeing)
    }
    return alone
  }

  /// The offset of a host, or of all; found once.
  private mutating func offset(of host: String?) -> Offset {
    let key = host ?? ""
    if let known = found[key] { return known }
    let ranges = host.map { byHost[$0] ?? [] } ?? all
    let offset = ranges.count >= Self.fewest ? Self.estimate(ranges) : Offset()
    found[key] = offset
    return offset
  }

  private static func estimate(_ ranges: [Range]) -> Offset {
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
    var found: [Range] = []
    for (index, edge) in edges.enumerated() {
      count += edge.change
      guard edge.change > 0, index + 1 < edges.count else { continue }
      if count > best { (best, found) = (count, []) }
      if count == best { found.append((edge.at, edges[index + 1].at)) }
    }
    // Of ranges that fit as many, the one nearest to none.
    guard let range = found.min(by: { distance($0) < distance($1) }) else { return Offset() }
    // Without a reason against it, the clocks agree; otherwise the first actions follow their calls at once.
    let offset = range.from <= 0 && range.through >= 0 ? 0 : range.from
    return Offset(nanoseconds: offset, spread: range.through.subtractingClamped(range.from), anchorCount: best)
  }

  private static func distance(_ range: Range) -> UInt64 {
    range.from <= 0 && range.through >= 0 ? 0 : min(range.from.magnitude, range.through.magnitude)
  }
}
