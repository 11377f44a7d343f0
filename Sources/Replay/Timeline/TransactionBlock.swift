import Model

/// Follows whether a session is inside a transaction block, by the statements that begin and end one.
struct TransactionBlock {
  enum State: Hashable {
    case none
    case open
    /// A statement in it failed; all but its end is refused.
    case failed
  }

  private(set) var state = State.none

  mutating func take(_ action: Action) {
    if action.status == .error || action.status == .denied {
      if state == .open { state = .failed }
      return
    }
    switch action.verb {
    case "BEGIN", "START TRANSACTION": if state == .none { state = .open }
    case "COMMIT", "END", "ROLLBACK", "ABORT", "PREPARE TRANSACTION": state = .none
    case "ROLLBACK TO": if state == .failed { state = .open }
    default: break
    }
  }
}
