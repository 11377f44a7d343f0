/// An id of an agent's on the wire that does not agree with what else is known: who sent it may have it from elsewhere.
public struct CarrierConflict: Sendable, Hashable {
  /// The code of the anomaly.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// What the id names was over, or had not begun.
    case time = "carrier-time"
    /// The call that it names goes to another server, or as another user.
    case target = "carrier-target"
    /// The call that it names tells all that it does, and not this.
    case statement = "carrier-statement"
    /// Another id beside it goes back to another prompt.
    case several = "carrier-several"
  }

  public var kind: Kind
  /// The first action that carries it: its row in the case.
  public var action: Int64
  public var at: Timestamp
  /// Actions of the session of which the same is to be said.
  public var count: Int
  /// One sentence for a person.
  public var detail: String

  public init(kind: Kind, action: Int64, at: Timestamp, count: Int, detail: String) {
    self.kind = kind
    self.action = action
    self.at = at
    self.count = count
    self.detail = detail
  }

  /// Ends the detail of what is to be said of several actions.
  public static let more = " more of the session"

  /// Begins the codes of all kinds.
  public static let prefix = "carrier-"
}

extension StoredAnomaly {
  /// The action that an id's contradiction was seen at first, which its detail begins with.
  public var carrierActionID: String? {
    guard code.hasPrefix(CarrierConflict.prefix), let end = detail.firstRange(of: ": ") else { return nil }
    return String(detail[..<end.lowerBound])
  }
}
