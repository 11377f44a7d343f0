import Model

/// The ids of calls that a connection and its actions carry, as often as they do.
struct CarriedIDs {
  /// Those that hold for the whole connection.
  let ofConnection: [String]
  /// Empty where no call has an id.
  private let ofActions: [[String]]
  /// The connection's ids that hold for some of its actions alone, by action; empty where all of them hold.
  private let passedOn: [[String]]
  /// By an action's row, the ids that contradict it.
  private let refuted: [Int64: Set<String>]

  /// `refuted` has, by an action's row, the ids that contradict it: they name nothing there.
  init(
    of session: WireSession, _ actions: [WireAction], _ index: EffectIndex, refuted: [Int64: Set<String>] = [:]
  ) {
    self.refuted = refuted
    let whole = index.ids(in: session.carriers)
    let own = index.hasIDs ? actions.map { index.ids(in: $0.carriers) } : []
    guard !refuted.isEmpty, !own.isEmpty else {
      (ofConnection, ofActions, passedOn) = (whole, own, [])
      return
    }
    let doubtful = refuted.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    ofConnection = whole.filter { !doubtful.contains($0) }
    ofActions = zip(actions, own).map { action, ids in
      ids.filter { refuted[action.number]?.contains($0) != true }
    }
    let rest = whole.filter { doubtful.contains($0) }
    guard !rest.isEmpty else {
      passedOn = []
      return
    }
    // Logins and transactions agree with any id: they go with the statements of their connection.
    passedOn = actions.map { action in
      action.effect == .session ? [] : rest.filter { refuted[action.number]?.contains($0) != true }
    }
  }

  /// Those of one action.
  func of(_ action: Int) -> [String] { ofActions.isEmpty ? [] : ofActions[action] }

  /// Those of the connection that hold for this action and not for all.
  func passedOn(to action: Int) -> [String] { passedOn.isEmpty ? [] : passedOn[action] }

  /// Those of an action and its connection that do not contradict it.
  func believed(of action: Int) -> Set<String> { Set(ofConnection).union(of(action)).union(passedOn(to: action)) }

  /// Whether an id contradicts this action.
  func isRefuted(_ action: WireAction) -> Bool { refuted[action.number] != nil }

  /// All of them, each once.
  var all: Set<String> { Set(ofConnection).union(ofActions.joined()).union(passedOn.joined()) }
}
