/// A session on its way into the case file, written when it is over.
public struct SessionDraft: Sendable {
  public var id: String
  /// Number of the session that it belongs to.
  public var parent: Int64?
  public var protocolName: String
  public var client: String
  public var server: String
  public var facts: SessionFacts
  public var startedAt: Timestamp
  public var endedAt: Timestamp
  public var actionCount: Int
  public var changeCount: Int
  public var bytesIn: UInt64
  public var bytesOut: UInt64
  public var incompleteReason: String?
  public var origin: Origin

  public init(
    id: String, parent: Int64? = nil, protocolName: String, client: String, server: String, facts: SessionFacts,
    startedAt: Timestamp, endedAt: Timestamp, actionCount: Int, changeCount: Int, bytesIn: UInt64, bytesOut: UInt64,
    incompleteReason: String?, origin: Origin
  ) {
    self.id = id
    self.parent = parent
    self.protocolName = protocolName
    self.client = client
    self.server = server
    self.facts = facts
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.actionCount = actionCount
    self.changeCount = changeCount
    self.bytesIn = bytesIn
    self.bytesOut = bytesOut
    self.incompleteReason = incompleteReason
    self.origin = origin
  }
}
