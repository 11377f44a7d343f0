import Model

/// What one session did to which things, for a sentence: the first few.
struct Deeds {
  /// Enough for the sentence, which names four at most.
  private static let kept = 12

  struct Deed: Hashable {
    let resource: Resource
    let effect: Effect
    let isUnaccepted: Bool
  }

  private(set) var lasting: [Deed] = []
  private(set) var tried: [Deed] = []
  /// Changes of which nothing can be said but that they were made.
  private(set) var unnamed = 0
  private(set) var unaccepted = 0
  private(set) var changes = 0
  private(set) var lastingChanges = 0

  mutating func take(_ action: Action, _ decision: Decision?) {
    changes += 1
    let isLasting = !action.isWithoutEffect
    if isLasting { lastingChanges += 1 }
    let isUnaccepted = decision.map { !$0.isAcceptable } ?? false
    if isUnaccepted { unaccepted += 1 }
    // The finest thing that is named tells most: the column, not also its table.
    var deeds = action.resources.filter(\.isChanged)
    if deeds.contains(where: { $0.kind == "column" }) { deeds.removeAll { $0.kind == "table" } }
    if deeds.isEmpty { unnamed += 1 }
    for deed in deeds.map({ Deed(resource: $0, effect: action.effect, isUnaccepted: isUnaccepted) }) {
      if isLasting {
        Self.keep(deed, in: &lasting)
      } else {
        Self.keep(deed, in: &tried)
      }
    }
  }

  /// What nobody accepted has room before what someone did.
  private static func keep(_ deed: Deed, in deeds: inout [Deed]) {
    guard !deeds.contains(deed) else { return }
    if deeds.count < kept {
      deeds.append(deed)
    } else if deed.isUnaccepted, let place = deeds.lastIndex(where: { !$0.isUnaccepted }) {
      deeds[place] = deed
    }
  }
}
