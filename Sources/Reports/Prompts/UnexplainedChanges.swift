import Bytes
import Model

/// Changes that no tool call of any transcript explains, alike ones of one actor together.
struct UnexplainedChanges {
  struct Group {
    let actionID: String
    let time: Timestamp
    let text: String
    let effect: Effect
    let verb: String
    let outcome: Decision.Outcome?
    let isWithoutEffect: Bool
    let session: Int?
    var count = 1
    var last: Timestamp
    /// The first few others.
    var others: [(id: String, time: Timestamp)] = []
  }

  private struct Shape: Hashable {
    let actor: String
    let host: String
    let target: String
    let statement: String
    let outcome: Decision.Outcome?
    let isWithoutEffect: Bool
  }

  private static let kept = 2000
  private static let othersKept = 8

  private(set) var groups: [Group] = []
  private(set) var count = 0
  /// Of them, those that the policy does not accept.
  private(set) var refused = 0
  private(set) var omittedCount = 0
  private var index: [Shape: Int] = [:]

  mutating func take(_ action: Action, _ decision: Decision?, session: Int?, _ about: Session?) {
    count += 1
    if decision?.outcome == .unapproved || decision?.outcome == .denied { refused += 1 }
    let shape = Shape(
      actor: about?.actor ?? action.sessionID, host: about?.clientHost ?? "", target: about?.target ?? "",
      statement: action.verb + "\u{0}" + (action.fingerprint ?? SHA256.digest(of: action.text).hex),
      outcome: decision?.outcome, isWithoutEffect: action.isWithoutEffect)
    if let place = index[shape] {
      groups[place].count += 1
      groups[place].last = action.startedAt
      if groups[place].others.count < Self.othersKept {
        groups[place].others.append((action.id, action.startedAt))
      }
      return
    }
    guard groups.count < Self.kept else {
      omittedCount += 1
      return
    }
    index[shape] = groups.count
    groups.append(
      Group(
        actionID: action.id, time: action.startedAt, text: String(Excerpt(action.text, limit: 400).text),
        effect: action.effect, verb: action.verb, outcome: decision?.outcome, isWithoutEffect: action.isWithoutEffect,
        session: session, last: action.startedAt))
  }

  /// What nobody approved first, what lasts before what left no effect, schema and privileges before data.
  var sorted: [Group] {
    groups.enumerated().sorted {
      let (one, two) = (Self.rank($0.element), Self.rank($1.element))
      return one == two ? $0.offset < $1.offset : one.lexicographicallyPrecedes(two)
    }.map(\.element)
  }

  private static func rank(_ group: Group) -> [Int] {
    let byOutcome =
      switch group.outcome {
      case .denied: 0
      case .unapproved: 1
      case .undecidable: 2
      default: 3
      }
    let byEffect =
      switch group.effect {
      case .privilege: 0
      case .schema: 1
      case .execute: 2
      case .unknown: 3
      default: 4
      }
    return [byOutcome, group.isWithoutEffect ? 1 : 0, byEffect]
  }
}
