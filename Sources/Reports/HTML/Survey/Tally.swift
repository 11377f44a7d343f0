import Model

/// Counts over some actions.
struct Tally {
  private(set) var actions = 0
  private(set) var changes = 0
  private(set) var errors = 0
  private(set) var incomplete = 0
  private(set) var unapproved = 0
  private(set) var denied = 0
  private(set) var undecidable = 0
  private(set) var acceptable = 0
  /// Changes that were undone or never ran.
  private(set) var withoutEffect = 0
  private(set) var rowsReturned = 0
  /// Rows of a transcript that stand by themselves: changes, and whatever did not simply work.
  private(set) var notable = 0
  private var effects = [Int](repeating: 0, count: Effect.allCases.count)

  mutating func count(_ action: Action, _ decision: Decision?) {
    actions += 1
    effects[action.effect.index] += 1
    if action.isChange { changes += 1 }
    if action.isNotable { notable += 1 }
    switch action.status {
    case .error, .denied: errors += 1
    case .incomplete: incomplete += 1
    case .ok: break
    }
    if action.isChange, action.isWithoutEffect { withoutEffect += 1 }
    if action.returnsRows { rowsReturned = rowsReturned.addingReportingOverflow(action.rowCount ?? 0).partialValue }
    switch decision?.outcome {
    case .unapproved: unapproved += 1
    case .denied: denied += 1
    case .undecidable: undecidable += 1
    case .allowed, .approved: acceptable += 1
    case nil: break
    }
  }

  subscript(effect: Effect) -> Int { effects[effect.index] }

  /// Changes that the policy does not accept, or cannot.
  var unaccepted: Int { unapproved + denied + undecidable }
  /// Changes that the policy does not accept.
  var refused: Int { unapproved + denied }
}

extension Effect {
  /// Its place in `allCases`.
  var index: Int {
    switch self {
    case .read: 0
    case .write: 1
    case .schema: 2
    case .privilege: 3
    case .execute: 4
    case .transfer: 5
    case .session: 6
    case .unknown: 7
    }
  }
}

extension Resource {
  /// The access is one that leaves something behind.
  var isChanged: Bool { !["read", "use", "lock"].contains(access) }
}

extension Action {
  /// Worth a row of its own when there are too many.
  var isNotable: Bool { isChange || status != .ok }

  /// Its row count is of rows that went to the client, not of rows changed.
  var returnsRows: Bool { effect == .read || effect == .transfer || !columns.isEmpty }
}
