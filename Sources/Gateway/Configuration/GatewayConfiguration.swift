import Evidence
import Foundation
public import Policy

/// What a gateway does: the file that `exhibit gateway --config` reads.
public struct GatewayConfiguration: Sendable {
  /// Where it listens, and where that leads.
  public struct Listener: Sendable {
    public var name: String
    public var address: SocketPlace
    /// Nil means plain TCP, on loopback only.
    var tls: ServerTLS?
    var authentication: Authentication
    var service: Service

    /// Names of what it leads to, for a person.
    public var leadsTo: String {
      switch service {
      case .postgres(let target, _): target.name
      case .http(let rules): rules.targets.map(\.name).joined(separator: ", ")
      case .ssh(let rules): rules.target.name
      }
    }
  }

  /// What a listener speaks, and where that leads.
  enum Service: Sendable {
    /// `estimates`: the target may be asked how many rows a request that waits would touch.
    case postgres(TargetServer, estimates: Bool)
    case http(HTTPRules)
    case ssh(SSHRules)
  }

  /// Certificate chain and key, both PEM.
  struct ServerTLS: Sendable {
    var certificateFile: String
    var keyFile: String
    /// Who certifies clients; nil when they are asked for no certificate.
    var clients: Clients?

    struct Clients: Sendable {
      /// Certificates of the authorities, PEM.
      var file: String
      var authorities: ClientAuthorities
    }
  }

  /// How clients prove who they are.
  enum Authentication: String, Sendable, CaseIterable {
    case scram = "scram-sha-256"
    /// The token itself, over TLS.
    case password
    case certificate
    case certificateAndScram = "certificate+scram-sha-256"
    case certificateAndPassword = "certificate+password"

    var wantsCertificate: Bool { self != .scram && self != .password }
    var wantsScram: Bool { self == .scram || self == .certificateAndScram }
    var wantsPassword: Bool { self == .password || self == .certificateAndPassword }
  }

  /// Limits; each has a value without being given.
  public struct Limits: Sendable {
    public var sessions = 1_000
    public var sessionsPerIdentity = 100
    /// For everything up to the first ReadyForQuery.
    var loginSeconds: Int64 = 30
    /// How long a request waits for an approval.
    var holdSeconds: Int64 = 900
    /// How long sessions have to end after SIGTERM.
    var drainSeconds: Int64 = 30
    /// Whether the sessions of a token end when it is gone, changed or out of its time.
    var revokesSessions = true
    /// How long a peer may be silent before it is asked whether it is still there.
    var probeSeconds: Int64 = 60
  }

  public enum Durability: String, Sendable, CaseIterable {
    case strict
    case batched
  }

  /// Where everything is recorded.
  public struct Recording: Sendable {
    public var directory: String
    public var durability = Durability.strict
    public var segmentBytes = 256 << 20
    /// Signs the evidence log.
    var key: NoteSigner
    var anchors: AnchorRules?
  }

  /// The file that it was read from.
  public var file: String
  public var policyFile: String
  public var policy: PolicyDocument
  /// The folder of approvals; nil means that nothing is held for long: what needs an approval has none.
  public var approvalsFolder: String?
  /// Whom it tells of what waits.
  var notices: NoticeRules?
  /// The socket for those who decide; nil for none.
  public var socket: String?
  /// The page on which people see what waits; nil for none.
  var page: PageRules?
  /// Where it keeps what must outlive it: which approvals were used.
  public var stateFolder: String
  public var recording: Recording
  public var listeners: [Listener]
  var tokens: [String: Token]
  /// Who may sign tokens.
  var signers: TokenSigners?
  /// Whose JSON Web Tokens count, by their names.
  var issuers: [String: TokenIssuer] = [:]
  /// Where relays connect; nil for none.
  var relays: RelayRules?
  /// Who certifies the clients of a listener, by its name.
  var authorities: [String: ClientAuthorities] {
    Dictionary(
      listeners.compactMap { one in one.tls?.clients.map { (one.name, $0.authorities) } }
        + (relays?.tls.clients.map { [(Self.relayListener, $0.authorities)] } ?? []),
      uniquingKeysWith: { first, _ in first })
  }
  public var limits = Limits()
  /// Where metrics and health are asked for; on loopback.
  public var metrics: SocketPlace?
  /// Threads that carry traffic: of usual machines all cores, so that one connection's work holds up the others as little as may be.
  public var threads = max(1, min(ProcessInfo.processInfo.activeProcessorCount, 8))
  /// What an operator should know of and may want.
  public var warnings: [String] = []
}

/// An address to listen on or to connect to.
public struct SocketPlace: Sendable, Hashable, CustomStringConvertible {
  /// A name or address; or the folder of a Unix socket when it begins with `/`.
  public var host: String
  public var port: Int

  /// `host:port`, `[::1]:port`, or `/folder:port` for PostgreSQL's socket in that folder. Nil for what is none.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard host.contains(":") else { return nil }
    } else if !host.hasPrefix("/"), host.contains(":") {
      return nil
    }
    guard !host.isEmpty, host.utf8.count <= 255, host.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      return nil
    }
    (self.host, self.port) = (host, port)
  }

  public init(host: String, port: Int) { (self.host, self.port) = (host, port) }

  var isUnix: Bool { host.hasPrefix("/") }
  /// PostgreSQL's name for its socket.
  var socketPath: String { "\(host)/.s.PGSQL.\(port)" }
  /// Nobody else's machine reaches it.
  public var isLoopback: Bool {
    if isUnix || host == "::1" || host == "localhost" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// It is no name: TLS sends none, and certificates have it as an address.
  var isAddress: Bool { host.contains(":") || host.split(separator: ".").allSatisfy { UInt8($0) != nil } }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
