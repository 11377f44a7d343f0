/// A server's record with what its request does, as the case holds it; a row of the `server_records` view.
public struct StoredServerRecord: Sendable, Hashable {
  /// Its row.
  public var number: Int64
  /// `src-….17`: the source and the line; behind it `:2` for the second statement of that line.
  public var id: String
  public var sourceID: String
  /// Secrets redacted.
  public var record: ServerRecord
  public var verb: String
  public var effect: Effect
  public var resources: [Resource]
  public var outcome: RecordOutcome?
  public var actionID: String?
  public var sessionID: String?
  /// The server's time minus the capture's, in nanoseconds.
  public var offset: Int64?
  public var reason: String

  public init(
    number: Int64, id: String, sourceID: String, record: ServerRecord, verb: String, effect: Effect,
    resources: [Resource], outcome: RecordOutcome? = nil, actionID: String? = nil, sessionID: String? = nil,
    offset: Int64? = nil, reason: String = ""
  ) {
    self.number = number
    self.id = id
    self.sourceID = sourceID
    self.record = record
    self.verb = verb
    self.effect = effect
    self.resources = resources
    self.outcome = outcome
    self.actionID = actionID
    self.sessionID = sessionID
    self.offset = offset
    self.reason = reason
  }
}

/// One part of a server's record on its way into the case: a log's line may hold several statements.
public struct ServerRecordPart: Sendable {
  /// From 0 in its line.
  public var ordinal: Int
  /// Its text is that of the part, secrets redacted.
  public var record: ServerRecord
  public var classification: Classification

  public init(ordinal: Int, record: ServerRecord, classification: Classification) {
    self.ordinal = ordinal
    self.record = record
    self.classification = classification
  }
}
