import Model

/// What one session did to which things, for a sentence: the first few of each kind.
struct Deeds {
  /// Enough for the sentence, which names four at most.
  private static let kept = 12

  private(set) var lasting: [Resource] = []
  private(set) var tried: [Resource] = []
  /// Changes of which nothing can be said but that they were made.
  private(set) var unnamed = 0
  private(set) var unaccepted = 0
  private(set) var changes = 0
  private(set) var lastingChanges = 0

  mutating func take(_ action: Action, _ decision: Decision?) {
    changes += 1
    let isLasting = !action.hasNoLastingEffect
    if isLasting { lastingChanges += 1 }
    if let decision, !decision.isAcceptable { unaccepted += 1 }
    // The finest thing that is named tells most: the column, not also its table.
    var deeds = action.resources.filter { Wording.deed($0, effect: action.effect) != nil }
    if deeds.contains(where: { $0.kind == "column" }) { deeds.removeAll { $0.kind == "table" } }
    if deeds.isEmpty { unnamed += 1 }
    for deed in deeds {
      if isLasting {
        if lasting.count < Self.kept, !lasting.contains(deed) { lasting.append(deed) }
      } else if tried.count < Self.kept, !tried.contains(deed) {
        tried.append(deed)
      }
    }
  }
}
