/// How well sessions fit where effects go, each pair worked out once as long as there is room.
struct SessionFits {
  /// Pairs that are kept.
  private static let limit = 1 << 18

  private struct Pair: Hashable {
    var target: Int32
    var session: Int
  }

  private let weights: EvidenceWeights
  private var known: [Pair: Double] = [:]

  init(_ weights: EvidenceWeights) { self.weights = weights }

  /// What a session says for a target, both given as places in their lists.
  mutating func score(
    _ target: Int32, _ targets: [ConnectionTarget], _ session: Int, _ sessions: [WireSession]
  ) -> Double {
    let pair = Pair(target: target, session: session)
    if let score = known[pair] { return score }
    if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
    let score = ConnectionFit(targets[Int(target)], sessions[session], weights).score
    known[pair] = score
    return score
  }
}
