public import Model

/// A session as the correlation sees it.
public struct WireSession: Sendable {
  /// Its row in the case.
  public var number: Int64
  /// `postgres`, `ssh`, `http`.
  public var protocolName: String
  /// `host:port`.
  public let client: String
  public let server: String
  /// Their hosts, and the server's port.
  let clientHost: String
  let serverHost: String
  let serverPort: UInt16?
  public var user: String?
  /// The database.
  public var target: String?
  /// The client program, as it names itself.
  public var application: String?
  public var startedAt: Timestamp
  public var endedAt: Timestamp
  /// The session that carries it: an SSH connection with a tunnel.
  public var parent: Int64?
  /// Texts in which ids of agents may stand: start-up parameters, the environment.
  public var carriers: [String]
  /// Programs and libraries that what was said shows: `alembic`, `django`, `sqlalchemy`.
  public var tells: Set<String> = []

  public init(
    number: Int64, protocolName: String, client: String, server: String, startedAt: Timestamp, endedAt: Timestamp
  ) {
    self.number = number
    self.protocolName = protocolName
    self.client = client
    self.server = server
    clientHost = ConnectionFit.split(client).host
    (serverHost, serverPort) = ConnectionFit.split(server)
    self.startedAt = startedAt
    self.endedAt = endedAt
    carriers = []
  }
}

/// An action as the correlation sees it.
public struct WireAction: Sendable {
  /// Bytes of a body that are compared.
  public static let bodyLimit = 4096

  /// Its row in the case.
  public var number: Int64
  public var startedAt: Timestamp
  public var endedAt: Timestamp
  /// What kind of effect would be this; nil of what only belongs to the connection: logins, channels.
  public var kind: ExpectedEffect.Kind?
  public var verb: String
  public var text: String
  public var fingerprint: String?
  /// Of requests: the start of the body, where it is text.
  public var body: String?
  /// The parameters' values as texts; those that are null or no text are left out.
  public var values: [String]
  /// What a client prints of its outcome: a command tag, an error's text, a status.
  public var echoes: [String]
  /// Texts in which ids of agents may stand: comments, headers.
  public var carriers: [String]
  public var effect: Effect

  public init(number: Int64, startedAt: Timestamp, endedAt: Timestamp, verb: String, text: String, effect: Effect) {
    self.number = number
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.verb = verb
    self.text = text
    self.effect = effect
    values = []
    echoes = []
    carriers = []
  }
}
