/// Fills a case: what the Pipeline needs of it, so that it does not know the store.
public protocol CaseWriting {
  /// Says that a source will be written under this ordinal.
  @discardableResult
  func reserveSource(_ ordinal: UInt32) -> Int64
  /// Writes a source that was read to its end.
  func write(_ source: Source, ordinal: UInt32, headSHA256: String?) throws
  /// The number for the first session that is new; those after it count on.
  var firstSessionNumber: Int64 { get }
  /// Begins a session. It gets the id `proposed`, with a suffix when the case has that already. Its row comes last, by
  /// `finish`.
  func open(session: Int64, proposedID: String) throws
  /// Adds one action to a session that is open.
  func write(_ draft: ActionDraft, session: Int64) throws
  /// Writes the session's own row; no action of it may follow.
  func finish(_ draft: SessionDraft, number: Int64) throws
  func write(_ gap: Gap, session: Int64, direction: Direction, at: Timestamp, until: Timestamp?) throws
  func write(_ anomaly: Anomaly, session: Int64?) throws
  /// Says that a stretch of a session's transactions was not committed.
  func write(segment: UInt32, of session: Int64, outcome: Action.Transaction) throws
  /// Adds what was said to and by a language model; what the case has already stays as it is.
  func write(_ event: ConversationEvent) throws
  /// Adds what a server's log tells.
  func write(_ part: ServerRecordPart) throws
  func write(secretHash: String, kind: String, session: Int64?, sequence: Int?) throws
  /// Says what a gateway decided.
  func write(_ verdict: RecordedVerdict) throws
  /// Says what was masked.
  func write(_ masked: MaskRecord) throws
}
