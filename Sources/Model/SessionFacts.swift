/// What a parser learned of the session itself; each set field replaces what was known before.
public struct SessionFacts: Sendable, Hashable {
  public var user: String?
  /// PostgreSQL: the database.
  public var target: String?
  public var application: String?
  public var serverVersion: String?
  /// PostgreSQL: protocol version of the StartupMessage, `3.0` or `3.2`.
  public var protocolVersion: String?
  /// PostgreSQL: process id of BackendKeyData, which a CancelRequest names.
  public var processID: UInt32?
  /// Keyed hash of the cancel secret.
  public var cancelSecretHash: String?
  /// Keyed hash of a password or token that was seen, so that reuse can be detected.
  public var credentialHash: String?
  /// `tls`, `gss`: the rest of the flow is encrypted.
  public var encryption: String?
  /// What is encrypted could be read.
  public var isDecrypted: Bool?
  /// The client asked for replication: `true`, `database`.
  public var replication: String?
  /// Who a gateway knows to be behind the connection, where it recorded it: an agent, a person.
  public var agent: String?
  public var human: String?
  /// Where the client connected to, of a connection that a gateway recorded.
  public var gateway: String?
  /// The server behind the gateway, `host:port`.
  public var upstream: String?
  /// When the server said so, in a session that was under way; nil for what holds from its beginning.
  public var learnedAt: Timestamp?
  /// All other parameters of start-up and ParameterStatus, and facts of TLS (`tls.sni`, `tls.ja4`); last value each.
  public var parameters: [String: String]

  public init() { parameters = [:] }
}
