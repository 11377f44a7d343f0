/// A classified exchange: effect on a resource; a row of the `actions` view.
public struct Action: Sendable, Hashable {
  public enum Status: String, Sendable, Hashable, CaseIterable {
    case ok
    case error
    case denied
    /// The evidence of its outcome is missing.
    case incomplete
  }

  /// What became of the transaction that it ran in.
  public enum Transaction: String, Sendable, Hashable, CaseIterable {
    case committed
    case rolledBack = "rolled-back"
    /// The capture ended before the transaction did, or a gap hides its end.
    case undecided
    /// Never ran: an earlier statement of the same request failed.
    case notRun = "not-run"
  }

  /// `<session id>.<seq>`.
  public var id: String
  public var sessionID: String
  public var parentID: String?
  /// From 1 in its session.
  public var sequence: Int
  public var startedAt: Timestamp
  public var firstResponseAt: Timestamp?
  public var endedAt: Timestamp?
  /// `sql`, `copy`, `login`, `cancel`, `notification`, `session`, …
  public var kind: String
  /// `SELECT`, `ALTER TABLE`, …
  public var verb: String
  /// Statement, command line, or `METHOD URL`; secrets redacted.
  public var text: String
  /// JSON array of strings and nulls, or nil.
  public var parameters: String?
  public var resources: [Resource]
  public var effect: Effect
  public var status: Status
  /// SQLSTATE, HTTP status, exit code.
  public var code: String?
  /// The error's text, or why it is incomplete.
  public var message: String?
  public var rowCount: Int?
  public var bytesIn: UInt64
  public var bytesOut: UInt64
  public var fingerprint: String?
  public var isUnfiltered: Bool
  public var isInferred: Bool
  public var transaction: Transaction?
  public var sourceID: String?
  /// Number of the packet in its source where the request begins.
  public var packet: UInt64?
  /// The names of the result's columns.
  public var columns: [String]
  public var hasRequestPayload: Bool
  public var hasResponsePayload: Bool
  /// Messages with their times belong to it (`CaseReading.records(of:)`).
  public var hasRecords = false
  /// It is a request with heads (`CaseReading.callHead(of:)`).
  public var hasHead = false
  /// Its text or parameters were masked: the digest that approvals are held against in their place.
  public var maskedSubject: String?
  /// On whose behalf it ran, as far as the wire said at that moment.
  public var identity = Identity()

  public init(
    id: String, sessionID: String, parentID: String? = nil, sequence: Int, startedAt: Timestamp,
    firstResponseAt: Timestamp? = nil, endedAt: Timestamp? = nil, kind: String, verb: String, text: String,
    parameters: String? = nil, resources: [Resource] = [], effect: Effect, status: Status, code: String? = nil,
    message: String? = nil, rowCount: Int? = nil, bytesIn: UInt64 = 0, bytesOut: UInt64 = 0,
    fingerprint: String? = nil, isUnfiltered: Bool = false, isInferred: Bool = false, transaction: Transaction? = nil,
    sourceID: String? = nil, packet: UInt64? = nil, columns: [String] = [], hasRequestPayload: Bool = false,
    hasResponsePayload: Bool = false
  ) {
    self.id = id
    self.sessionID = sessionID
    self.parentID = parentID
    self.sequence = sequence
    self.startedAt = startedAt
    self.firstResponseAt = firstResponseAt
    self.endedAt = endedAt
    self.kind = kind
    self.verb = verb
    self.text = text
    self.parameters = parameters
    self.resources = resources
    self.effect = effect
    self.status = status
    self.code = code
    self.message = message
    self.rowCount = rowCount
    self.bytesIn = bytesIn
    self.bytesOut = bytesOut
    self.fingerprint = fingerprint
    self.isUnfiltered = isUnfiltered
    self.isInferred = isInferred
    self.transaction = transaction
    self.sourceID = sourceID
    self.packet = packet
    self.columns = columns
    self.hasRequestPayload = hasRequestPayload
    self.hasResponsePayload = hasResponsePayload
  }

  public var isChange: Bool { effect.isChange }
  /// It was undone or never ran, so nothing of it lasts in the database.
  public var hasNoLastingEffect: Bool {
    transaction == .rolledBack || transaction == .notRun || (status == .error && transaction != .committed)
  }
}
