import Bytes
import Model

/// What the captures would show: servers that were seen, by protocol, and the time between the first packet and the last.
struct Coverage {
  private var servers: Set<String> = []
  private var protocols: Set<String> = []
  private var first = Int64.max
  private var last = Int64.min
  /// Sessions of which no call tells, by protocol and client.
  private var unexplained: [String: Int] = [:]

  /// How long the captures last, in seconds; a minute at least.
  var seconds: Double { first > last ? 60 : max(60, Double(last.subtractingClamped(first)) / 1e9) }

  /// How many sessions like this one, from the same host, have nothing in them that a call tells; one at least.
  func unexplained(_ session: WireSession) -> Double { Double(max(1, unexplained[Self.kind(session)] ?? 0)) }

  private static func kind(_ session: WireSession) -> String {
    "\(session.protocolName) \(session.clientHost)"
  }

  /// Counts a session of which no call tells.
  mutating func addUnexplained(_ session: WireSession) { unexplained[Self.kind(session), default: 0] += 1 }

  mutating func add(_ session: WireSession) {
    protocols.insert(session.protocolName)
    let (host, port) = ConnectionFit.split(session.server)
    servers.insert("\(session.protocolName) \(ConnectionFit.canonical(host))")
    if let port { servers.insert("\(session.protocolName) \(ConnectionFit.canonical(host)):\(port)") }
    first = min(first, session.startedAt.nanoseconds)
    last = max(last, session.endedAt.nanoseconds)
  }

  /// Whether an effect between two moments would be seen: its server was, by name or by being the only kind there is.
  func holds(_ effect: ExpectedEffect, from: Int64, through: Int64) -> Bool {
    guard from >= first, through <= last, from > .min else { return false }
    let name = Self.protocolName(effect)
    guard protocols.contains(name) else { return false }
    guard let host = effect.host else { return true }
    let canonical = ConnectionFit.canonical(host)
    if let port = effect.port { return servers.contains("\(name) \(canonical):\(port)") }
    return servers.contains("\(name) \(canonical)")
  }

  private static func protocolName(_ effect: ExpectedEffect) -> String {
    switch effect.kind {
    case .sql: "postgres"
    case .http: "http"
    case .command, .file: "ssh"
    case .repository: effect.text.contains("://") && !effect.text.contains("ssh://") ? "http" : "ssh"
    case .connection:
      switch effect.program {
      case "ssh", "scp", "sftp", "rsync": "ssh"
      case "curl", "wget", "http", "aws", "kubectl", "gh": "http"
      default: "postgres"
      }
    }
  }
}
