public import Model

/// A tool call as the correlation sees it: what it should have done, and when.
public struct CallEvidence: Sendable {
  /// Its row in the case.
  public var number: Int64
  /// The row of the prompt that it serves, at the root of sub-agents; nil when it is not known.
  public var prompt: Int64?
  /// Whose clock its times are of: transcripts of one source share one.
  public var clock: Int64
  /// When the model had asked for it; nil when the source has no times.
  public var startedAt: Timestamp?
  /// When its result was known or, where that is lost, when its agent went on.
  public var endedAt: Timestamp?
  /// Its times are of a known time zone.
  public var hasZone = true
  /// It went on after its result: there is no end.
  public var isOpenEnded: Bool
  /// The row of the call whose running program it types into.
  public var continues: Int64?
  /// Ids by which it may be named on the wire, the most telling first: its own, its turn's, its conversation's.
  public var ids: [CarriedID]
  public var effects: [ExpectedEffect]
  /// The start of the result's text.
  public var result: String
  public var hasFailed: Bool

  public init(number: Int64, prompt: Int64?, clock: Int64, startedAt: Timestamp?, endedAt: Timestamp?) {
    self.number = number
    self.prompt = prompt
    self.clock = clock
    self.startedAt = startedAt
    self.endedAt = endedAt
    isOpenEnded = false
    ids = []
    effects = []
    result = ""
    hasFailed = false
  }
}
