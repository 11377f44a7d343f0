import Bytes
import Model

/// Holds leaves against what a recorder writes: their numbers, their chain, their clocks, their runs and epochs.
struct LeafJudge {
  /// Findings that are kept; more are counted.
  static let findingLimit = 1_000

  private let keys: LogKeys
  private let origin: String
  private var previous = Digest.zero
  private var last: LogClock.Reading?
  private var clockStep: Timestamp?
  private var heartbeat: Int64?
  private var counts = LeafCounts()
  private(set) var isOpen = false
  /// Of the key that signs a checkpoint which ends with the last leaf.
  private(set) var epoch: UInt64 = 1
  /// Of the key that signs one that goes on behind it.
  private var nextEpoch: UInt64 = 1
  private(set) var findings: [LogFinding] = []
  private(set) var findingCount = 0
  private(set) var firstTime: Timestamp?
  private(set) var runCount = 0

  var lastTime: Timestamp? { last?.wall }

  init(_ keys: LogKeys, origin: String) {
    self.keys = keys
    self.origin = origin
  }

  /// Takes the next leaf.
  ///
  /// - Throws: `LeafError` when it is not what a recorder writes there.
  mutating func judge(_ bytes: [UInt8], hash: Digest, at index: UInt64) throws(LeafError) -> Leaf {
    let leaf = try Leaf(parsing: bytes)
    guard leaf.sequence == index else { throw LeafError("says that it is record \(leaf.sequence)") }
    guard leaf.previous == previous else { throw LeafError("does not follow from the one before") }
    try judgeTime(leaf)
    epoch = nextEpoch
    try judgeRun(leaf)
    counts.add(leaf.record)
    previous = hash
    last = leaf.time
    firstTime = firstTime ?? leaf.time.wall
    return leaf
  }

  private mutating func judgeTime(_ leaf: Leaf) throws(LeafError) {
    guard let last else { return }
    if case .clock(let step) = leaf.record {
      guard step.before == last.wall, leaf.time.wall < last.wall else {
        throw LeafError("tells a step of the clock that was none")
      }
      let back = last.wall.nanoseconds(since: leaf.time.wall)
      find(.clock, leaf.sequence, "the clock was set back by \(LeafJudge.seconds(back))")
    } else if leaf.time.wall < last.wall {
      throw LeafError("is earlier than the one before, and no step of the clock is told")
    }
    if case .open = leaf.record { return }
    guard leaf.time.monotonic >= last.monotonic else {
      // Only an `open` may follow on a machine that was started anew; a clock leaf may stand before it.
      if case .clock = leaf.record { return }
      throw LeafError("has a clock of the machine that went back")
    }
    if isOpen, let heartbeat {
      let (difference, isTooLong) = leaf.time.monotonic.subtractingReportingOverflow(last.monotonic)
      let gap = isTooLong ? Int64.max : difference
      if gap > heartbeat {
        find(
          .gap, leaf.sequence,
          "\(LeafJudge.seconds(gap)) without a leaf; \(LeafJudge.seconds(heartbeat)) is what the recorder promised")
      }
    }
  }

  private mutating func judgeRun(_ leaf: Leaf) throws(LeafError) {
    let index = leaf.sequence
    switch leaf.record {
    case .open(let opening):
      guard opening.origin == origin, opening.key == keys.key(of: epoch).map({ "\($0)" }) else {
        throw LeafError("opens another log, or with another key")
      }
      guard isTrue(opening.tail, at: index) else { throw LeafError("says that it found the log \(opening.tail)") }
      if isOpen { find(.unclosed, index, "the run before ended without closing; this one found it \(opening.tail)") }
      if opening.droppedLeafCount > 0 {
        find(.dropped, index, "\(opening.droppedLeafCount) unsigned leaves were found and not taken over")
      }
      isOpen = true
      heartbeat = opening.heartbeatNanoseconds > 0 ? opening.heartbeatNanoseconds : nil
      runCount += 1
      return
    case .clock where !isOpen: return
    default: break
    }
    guard isOpen else { throw LeafError("stands outside of a run: no open before it") }
    switch leaf.record {
    case .close(let closing):
      var told = counts
      told.leaves &+= 1
      guard closing.counts == told else { throw LeafError("counts other leaves than there are since open") }
      isOpen = false
    case .epoch(let handOver):
      guard handOver.number == epoch &+ 1, keys.epochs?.key(of: handOver.number).map({ "\($0)" }) == handOver.key else {
        throw LeafError("hands over to a key that is not of the next epoch")
      }
      nextEpoch = handOver.number
    case .deletion(let deletion):
      find(.deleted, index, "\(deletion.segment), \(deletion.byteCount) bytes, was deleted: \(deletion.reason)")
    case .lost(let loss): find(.loss, index, "lost: \(loss.count) \(loss.what): \(loss.reason)")
    case .other(let kind): find(.unknown, index, "a leaf of kind \(kind), which is not known here")
    default: break
    }
  }

  /// Whether what `open` says of the end that it found is so.
  private func isTrue(_ tail: String, at index: UInt64) -> Bool {
    switch tail {
    case "new": index == 0
    case "closed": index > 0 && !isOpen
    case "open": isOpen
    default: tail == "unsigned"
    }
  }

  mutating func find(_ kind: LogFinding.Kind, _ leaf: UInt64, _ detail: String) {
    findingCount += 1
    if findings.count < Self.findingLimit { findings.append(LogFinding(kind, leaf, detail)) }
  }

  private static func seconds(_ nanoseconds: Int64) -> String {
    "\(nanoseconds / 1_000_000_000).\(nanoseconds % 1_000_000_000 / 100_000_000) s"
  }
}
