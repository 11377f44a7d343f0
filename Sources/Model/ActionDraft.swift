/// An action on its way into the case file.
public struct ActionDraft: Sendable {
  public var sequence: Int
  public var parentSequence: Int?
  public var kind: String
  /// What the text has in common with others that differ in constants only, and what it does; stored once.
  public var form: StatementForm
  /// The text itself, nil when it is the form's.
  public var text: String?
  public var parameters: String?
  public var startedAt: Timestamp
  public var firstResponseAt: Timestamp?
  public var endedAt: Timestamp?
  public var status: Action.Status
  public var code: String?
  public var message: String?
  public var rowCount: UInt64?
  public var bytesIn: UInt64 = 0
  public var bytesOut: UInt64 = 0
  public var isInferred = false
  /// Stretch of the session's transactions that it belongs to; nil outside of any.
  public var segment: UInt32?
  public var origin: Origin
  public var columns: [Column] = []
  public var request: Payload?
  public var response: Payload?
  /// What only a request with heads or a stream of messages has.
  public var call: CallDetails?
  /// On whose behalf it ran; nil when nothing is known.
  public var identity = Identity()
  /// What of it is worth finding beside its shape: constants, parameters, the beginning of its result.
  public var searchText: [UInt8] = []
  /// Of a text or parameters that were masked: what approvals are held against in their place, hexadecimal.
  public var maskedSubject: String?

  public init(
    sequence: Int, kind: String, form: StatementForm, startedAt: Timestamp, status: Action.Status, origin: Origin
  ) {
    self.sequence = sequence
    self.kind = kind
    self.form = form
    self.startedAt = startedAt
    self.status = status
    self.origin = origin
  }
}
