/// The ids of calls that a connection and its actions carry, as often as they do.
struct CarriedIDs {
  let ofConnection: [String]
  /// Empty where no call has an id.
  private let ofActions: [[String]]

  init(of session: WireSession, _ actions: [WireAction], _ index: EffectIndex) {
    ofConnection = index.ids(in: session.carriers)
    ofActions = index.hasIDs ? actions.map { index.ids(in: $0.carriers) } : []
  }

  /// Those of one action.
  func of(_ action: Int) -> [String] { ofActions.isEmpty ? [] : ofActions[action] }

  /// All of them, each once.
  var all: Set<String> { Set(ofConnection).union(ofActions.joined()) }
}
