/// A connection that was carried, or asked to be carried, inside another (RFC 4254 §7).
public struct Forwarding: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    /// The client had the server connect somewhere (`ssh -L`, `-W`, `-D`).
    case directTCPIP = "direct-tcpip"
    /// Someone connected to a port that the server listens on for the client (`ssh -R`).
    case forwardedTCPIP = "forwarded-tcpip"
    case directStreamLocal = "direct-streamlocal@openssh.com"
    case forwardedStreamLocal = "forwarded-streamlocal@openssh.com"
    case x11
    /// The server used the client's authentication agent.
    case agent = "auth-agent@openssh.com"
    /// A tunnel of packets (`ssh -w`).
    case tun = "tun@openssh.com"
    /// The client asked the server to listen: `tcpip-forward`, `streamlocal-forward@openssh.com`.
    case listen
    case cancelListen = "cancel-listen"
  }

  public enum Outcome: Sendable, Hashable {
    case accepted
    /// The reason, in the server's words: `administratively prohibited: open failed`.
    case refused(String)
    case unknown
  }

  public var kind: Kind
  /// `host:port`, or the path of a socket.
  public var destination: String
  /// Who asked for the connection, as the opener says; `host:port`.
  public var originator: String?
  public var outcome = Outcome.unknown
  /// Number of the channel in its session, in the order of opening, from 0; nil for a request to listen.
  public var channel: UInt32?

  public init(_ kind: Kind, destination: String) {
    self.kind = kind
    self.destination = destination
  }
}
