/// Who opened a connection to a gateway, where it goes, and on whose behalf: a `session.open` event.
public struct SessionOpening: Sendable, Hashable {
  /// Why it is told.
  public enum Part: String, Sendable, Hashable {
    /// The connection begins.
    case beginning = "begin"
    /// More became known: fields that are there replace what was told before.
    case addition = "add"
    /// The connection was open before this segment began; all that is known is told again.
    case continuation = "continue"
  }

  public var part = Part.beginning
  /// `postgres`, `ssh`, `http`.
  public var protocolName: String
  public var client: Endpoint
  /// Where the client connected to.
  public var gateway: Endpoint
  /// Name of the target in the gateway's configuration.
  public var target: String?
  /// The target's server, `host:port`.
  public var upstream: String?
  /// The gateway's own end of its connection to the target, `address:port`, as the target's log names its client; nil for
  /// one over a socket of the machine.
  public var source: String?
  /// The target's process that serves it, as its log names it (BackendKeyData of PostgreSQL).
  public var process: String?
  /// The user that the gateway goes by at the target.
  public var user: String?
  public var database: String?
  public var application: String?
  public var agent: String?
  public var human: String?
  /// The agent's or the pipeline's own name for its run.
  public var run: String?
  /// How the client proved who it is: `token:ci`, `certificate:ci`, `certificate+token:ci`, `ssh-key:SHA256:…` of a
  /// signed token, `public-key:SHA256:…`, `ssh-certificate:SHA256:…`.
  public var authentication: String?
  /// Id of the signed token that it gave.
  public var token: String?
  /// SHA-256 of the client's certificate, hexadecimal.
  public var certificate: String?
  /// SHA-256 of the policy in force, hexadecimal.
  public var policy: String?
  /// W3C trace context, as the client said it.
  public var traceparent: String?
  /// Ids of conversations, turns or calls of agents, as the client said them.
  public var prompts: [String] = []

  /// What is recorded was encrypted between the client and the gateway.
  public var isEncrypted = false

  /// Bytes that the client had sent before; only a continuation has some.
  public var offset: UInt64 = 0

  public init(protocolName: String, client: Endpoint, gateway: Endpoint, target: String? = nil) {
    self.protocolName = protocolName
    self.client = client
    self.gateway = gateway
    self.target = target
  }

  /// Takes over what an addition tells.
  public mutating func add(_ other: SessionOpening) {
    target = other.target ?? target
    upstream = other.upstream ?? upstream
    source = other.source ?? source
    process = other.process ?? process
    user = other.user ?? user
    database = other.database ?? database
    application = other.application ?? application
    agent = other.agent ?? agent
    human = other.human ?? human
    run = other.run ?? run
    authentication = other.authentication ?? authentication
    certificate = other.certificate ?? certificate
    token = other.token ?? token
    policy = other.policy ?? policy
    isEncrypted = isEncrypted || other.isEncrypted
    traceparent = other.traceparent ?? traceparent
    for id in other.prompts where !prompts.contains(id) && prompts.count < SessionOpening.promptLimit {
      prompts.append(id)
    }
  }

  /// Ids of one connection that are kept.
  static let promptLimit = 64
}
