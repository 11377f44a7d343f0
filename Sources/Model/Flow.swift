/// Names a flow within one ingest.
public struct FlowID: Hashable, Sendable, Comparable {
  public var number: UInt32

  public init(_ number: UInt32) { self.number = number }

  public static func < (left: FlowID, right: FlowID) -> Bool { left.number < right.number }
}

/// One TCP connection as far as the captures show it.
public struct Flow: Sendable, Hashable {
  /// How it is known which end is the client.
  public enum Role: String, Sendable, Hashable {
    /// A SYN or SYN-ACK was seen.
    case handshake
    /// Guessed from ports or the first sender; a parser may correct it.
    case inferred
  }

  public var id: FlowID
  public var client: Endpoint
  public var server: Endpoint
  public var role: Role
  public var openedAt: Timestamp
  /// The first packet seen of it.
  public var origin: Origin
  /// Both the SYN and the SYN-ACK were seen.
  public var sawHandshake: Bool
  /// The flow that it runs inside of.
  public var parent: FlowID?
  /// Its server as the request that opened it named it, for one that runs inside another: `db.internal:5432`.
  public var serverName: String?

  public init(
    id: FlowID, client: Endpoint, server: Endpoint, role: Role, openedAt: Timestamp, origin: Origin, sawHandshake: Bool
  ) {
    self.id = id
    self.client = client
    self.server = server
    self.role = role
    self.openedAt = openedAt
    self.origin = origin
    self.sawHandshake = sawHandshake
  }
}
