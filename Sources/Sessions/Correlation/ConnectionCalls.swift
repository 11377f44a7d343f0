import Bytes
import Model

/// Calls that should open connections whose content their arguments do not tell, by time.
struct ConnectionCalls {
  /// Calls looked at for one moment.
  private static let limit = 32
  /// Calls that last longer are kept apart.
  private static let long: Int64 = 600_000_000_000

  private var short: [(from: Int64, through: Int64, call: Int32)] = []
  private var lasting: [(from: Int64, through: Int64, call: Int32)] = []

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
  }

  /// The calls that were at work at a moment.
  func running(at time: Int64) -> [Int32] {
    var (low, high) = (0, short.count)
    while low < high {
      let middle = (low + high) / 2
      if short[middle].from <= time { low = middle + 1 } else { high = middle }
    }
    var found: [Int32] = []
    for entry in short[max(0, low - Self.limit)..<low] where entry.through.addingClamped(Correlator.grace) >= time {
      found.append(entry.call)
    }
    // Of those that last, the latest.
    for entry in lasting.reversed() where entry.from <= time && entry.through >= time {
      found.append(entry.call)
      if found.count >= 2 * Self.limit { break }
    }
    return found
  }
}
