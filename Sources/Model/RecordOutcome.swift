/// What became of a server's record when it was held against the captures.
public enum RecordOutcome: String, Sendable, Hashable, CaseIterable {
  /// The capture shows it too.
  case matched
  /// The capture shows it with another outcome: an error where the server tells success.
  case differs
  /// Captures of that time have nothing of it: it went another way.
  case unseen
  /// Its connection was captured, but not what stood in it: a gap, encryption, an end that is missing.
  case hidden
  /// It came over a socket of the server's own machine, which no capture of a network shows.
  case local
  /// Before the first packet of the captures or behind the last.
  case outside

  /// A few words for people.
  public var meaning: String {
    switch self {
    case .matched: "the captures show it too"
    case .differs: "the captures show another outcome"
    case .unseen: "the server did it, and no capture shows it"
    case .hidden: "its connection was captured and could not be read whole"
    case .local: "came over a socket of the server's own machine"
    case .outside: "before or after what was captured"
    }
  }

  /// The server did it, and nothing that was captured tells so.
  public var isOnlyAtServer: Bool { self != .matched && self != .differs }
}

/// How a server's record and the captures go together.
public struct RecordPairing: Sendable, Hashable {
  /// The record's row.
  public var record: Int64
  public var outcome: RecordOutcome
  /// The row of the action that it tells of.
  public var action: Int64?
  /// The row of the session that it belongs to.
  public var session: Int64?
  /// The server's time minus the capture's, in nanoseconds.
  public var offset: Int64?
  /// A few words for people; empty when nothing needs saying.
  public var reason: String

  public init(
    record: Int64, outcome: RecordOutcome, action: Int64? = nil, session: Int64? = nil, offset: Int64? = nil,
    reason: String = ""
  ) {
    self.record = record
    self.outcome = outcome
    self.action = action
    self.session = session
    self.offset = offset
    self.reason = reason
  }
}

/// An action of a captured connection that its server's log should tell of and does not.
public struct UntoldAction: Sendable, Hashable {
  /// The row of the action.
  public var action: Int64
  /// The row of the log's source.
  public var log: Int64

  public init(action: Int64, log: Int64) {
    self.action = action
    self.log = log
  }
}
