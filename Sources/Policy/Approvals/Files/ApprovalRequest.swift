public import Model

/// What somebody asks others to approve: the changes word for word, where, and within which limits. One text file, which
/// people read and sign (docs/formats/approvals.md).
public struct ApprovalRequest: Sendable, Hashable {
  /// Where the changes may run. What is given must hold exactly; there are no patterns.
  public struct Place: Sendable, Hashable {
    /// A name under the policy's `targets`.
    public var target: String?
    /// `postgres`, `ssh`, `http`.
    public var protocolName: String?
    /// `host:port` as the evidence shows it.
    public var server: String?
    public var database: String?
    /// Who it may run as.
    public var user: String?

    public init(
      target: String? = nil, protocolName: String? = nil, server: String? = nil, database: String? = nil,
      user: String? = nil
    ) {
      self.target = target
      self.protocolName = protocolName
      self.server = server
      self.database = database
      self.user = user
    }
  }

  public var title: String
  /// The principal of who asks; he cannot approve it.
  public var requestedBy: String
  public var agent: String?
  public var reason: String?
  public var place: Place
  /// How often the changes may run, all together. At least 1.
  public var uses: Int
  /// Signatures count that are proven to be no later.
  public var decideBy: Timestamp?
  public var useFrom: Timestamp?
  /// When the last of it may begin.
  public var useBy: Timestamp
  /// SHA-256 of the policy it was asked under, hexadecimal; another policy makes it void.
  public var policySHA256: String?
  /// Settings that the connection begins with, other than the server's own: `search_path=app`.
  public var settings: [String]
  /// In the order in which they may run.
  public var changes: [ApprovalChange]

  public init(
    title: String, requestedBy: String, agent: String? = nil, reason: String? = nil, place: Place, uses: Int = 1,
    decideBy: Timestamp? = nil, useFrom: Timestamp? = nil, useBy: Timestamp, policySHA256: String? = nil,
    settings: [String] = [], changes: [ApprovalChange]
  ) {
    self.title = title
    self.requestedBy = requestedBy
    self.agent = agent
    self.reason = reason
    self.place = place
    self.uses = uses
    self.decideBy = decideBy
    self.useFrom = useFrom
    self.useBy = useBy
    self.policySHA256 = policySHA256
    self.settings = settings
    self.changes = changes
  }
}
