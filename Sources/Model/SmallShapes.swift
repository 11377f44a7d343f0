/// A request to cancel what another session is doing (PostgreSQL: CancelRequest), on a connection of its own.
public struct Cancellation: Sendable, Hashable {
  public var processID: UInt32
  /// Keyed hash of the secret, so that it can be compared and never used.
  public var secretHash: String

  public init(processID: UInt32, secretHash: String) {
    self.processID = processID
    self.secretHash = secretHash
  }
}

/// A message that the server sent without being asked (PostgreSQL: NotificationResponse).
public struct Notification: Sendable, Hashable {
  public var channel: String
  public var payload: String
  public var processID: UInt32

  public init(channel: String, payload: String, processID: UInt32) {
    self.channel = channel
    self.payload = payload
    self.processID = processID
  }
}

/// An event with a name: `terminate`, `parameter-status`, `notice`.
public struct Marker: Sendable, Hashable {
  public var name: String
  public var text: String

  public init(name: String, text: String = "") {
    self.name = name
    self.text = text
  }
}

/// Bytes that were not looked into, and why.
public struct Opaque: Sendable, Hashable {
  public enum Reason: String, Sendable, Hashable {
    case tls
    case ssh
    case gssEncryption = "gss-encryption"
    case replication
    case unknownProtocol = "unknown-protocol"
    /// The parser could not go on.
    case undecodable
  }

  public var reason: Reason
  public var clientByteCount: UInt64
  public var serverByteCount: UInt64

  public init(reason: Reason, clientByteCount: UInt64, serverByteCount: UInt64) {
    self.reason = reason
    self.clientByteCount = clientByteCount
    self.serverByteCount = serverByteCount
  }
}
