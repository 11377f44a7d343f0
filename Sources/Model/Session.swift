/// One authenticated conversation; a row of the `sessions` view.
public struct Session: Sendable, Hashable {
  public var id: String
  public var parentID: String?
  /// `postgres`, `ssh`, `http`, `tls`, `unknown`.
  public var protocolName: String
  /// `host:port`.
  public var client: String
  public var server: String
  public var user: String?
  /// Database or host.
  public var target: String?
  public var application: String?
  public var agent: String?
  public var human: String?
  public var isEncrypted: Bool
  public var isDecrypted: Bool
  public var startedAt: Timestamp
  public var endedAt: Timestamp
  public var actionCount: Int
  public var changeCount: Int
  /// Bytes from the client.
  public var bytesIn: UInt64
  /// Bytes from the server.
  public var bytesOut: UInt64
  public var isComplete: Bool
  /// Why it is not complete.
  public var reason: String?
  public var sourceID: String?
  /// Address of the gateway that recorded it, `host:port`; nil for what was captured.
  public var gateway: String?

  public init(
    id: String, parentID: String? = nil, protocolName: String, client: String, server: String, user: String? = nil,
    target: String? = nil, application: String? = nil, agent: String? = nil, human: String? = nil,
    isEncrypted: Bool = false, isDecrypted: Bool = false, startedAt: Timestamp, endedAt: Timestamp,
    actionCount: Int = 0, changeCount: Int = 0, bytesIn: UInt64 = 0, bytesOut: UInt64 = 0, isComplete: Bool = true,
    reason: String? = nil, sourceID: String? = nil
  ) {
    self.id = id
    self.parentID = parentID
    self.protocolName = protocolName
    self.client = client
    self.server = server
    self.user = user
    self.target = target
    self.application = application
    self.agent = agent
    self.human = human
    self.isEncrypted = isEncrypted
    self.isDecrypted = isDecrypted
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.actionCount = actionCount
    self.changeCount = changeCount
    self.bytesIn = bytesIn
    self.bytesOut = bytesOut
    self.isComplete = isComplete
    self.reason = reason
    self.sourceID = sourceID
  }
}
