import Bytes
import Model

/// Calls that should open connections whose content their arguments do not tell, by time.
struct ConnectionCalls {
  /// Calls looked at for one moment.
  private static let limit = 32
  /// Calls that last longer are kept apart.
  private static let long: Int64 = 600_000_000_000

  /// Of calls that last, so many are passed over at once when none of them was still at work.
  private static let blockCount = 64

  private typealias Entry = (from: Int64, through: Int64, call: Int32)
  private var short: [Entry] = []
  private var lasting: [Entry] = []
  /// When the last of each block of `lasting` ended.
  private var blockEnds: [Int64] = []

  init(_ effects: EffectTable, _ facts: [CallFacts]) {
    for (number, call) in facts.enumerated() where call.from > .min {
      let isSuch = effects.contains(Int32(number)) { $0.kind == .connection || $0.evidence == .writtenFile }
      guard isSuch else { continue }
      if call.through.subtractingClamped(call.from) > Self.long {
        lasting.append((call.from, call.through, Int32(number)))
      } else {
        short.append((call.from, call.through, Int32(number)))
      }
    }
    short.sort { ($0.from, $0.call) < ($1.from, $1.call) }
    lasting.sort { ($0.from, $0.call) < ($1.from, $1.call) }
    for start in stride(from: 0, to: lasting.count, by: Self.blockCount) {
      blockEnds.append(lasting[start...].prefix(Self.blockCount).reduce(.min) { max($0, $1.through) })
    }
  }

  /// The calls that were at work at a moment.
  func running(at time: Int64) -> [Int32] {
    var found: [Int32] = []
    let begun = Self.count(of: short, begunAt: time)
    for entry in short[max(0, begun - Self.limit)..<begun] where entry.through.addingClamped(Correlator.grace) >= time {
      found.append(entry.call)
    }
    // Of those that last, the latest.
    var place = Self.count(of: lasting, begunAt: time)
    while place > 0, found.count < 2 * Self.limit {
      if place % Self.blockCount == 0, blockEnds[place / Self.blockCount - 1] < time {
        place -= Self.blockCount
        continue
      }
      place -= 1
      if lasting[place].through >= time { found.append(lasting[place].call) }
    }
    return found
  }

  /// How many had begun at a moment.
  private static func count(of entries: [Entry], begunAt time: Int64) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].from <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
