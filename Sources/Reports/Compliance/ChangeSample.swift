import Bytes
import Model

/// Changes drawn so that neither side can steer which: the evidence fixes one half of the seed, the auditor the other.
struct ChangeSample {
  /// Changes that are drawn: what auditors usually take of a control that runs many times a day.
  static let size = 25

  struct Item {
    /// SHA-256 over seed and id, a line each.
    let key: String
    let action: Action
    let decision: Decision?
  }

  let nonce: String
  /// SHA-256 over the digests of all sources, a line each, and the nonce.
  let seed: String
  /// How many changes there are.
  private(set) var population = 0
  /// The changes with the smallest keys, in that order.
  private(set) var items: [Item] = []

  init(_ reading: any CaseReading, verdict: Verdict, nonce: String) throws {
    self.nonce = nonce
    seed = SHA256.digest(of: CaseRoot(try reading.sources()).lines + nonce).hex
    try reading.forEachAction(session: nil) { if $0.isChange { take($0, verdict.decisions[$0.id]) } }
  }

  private mutating func take(_ action: Action, _ decision: Decision?) {
    population += 1
    let key = SHA256.digest(of: "\(seed)\n\(action.id)\n").hex
    if items.count == Self.size, let last = items.last, last.key <= key { return }
    var kept = action
    kept.text = String(Excerpt(action.text, limit: 2000).text)
    let place = items.firstIndex { key < $0.key } ?? items.endIndex
    items.insert(Item(key: key, action: kept, decision: decision), at: place)
    if items.count > Self.size { items.removeLast() }
  }
}
