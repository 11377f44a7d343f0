import Model

/// What the captures would show: servers that were seen, by protocol, and the time between the first packet and the last.
struct Coverage {
  private var servers: Set<String> = []
  private var protocols: Set<String> = []
  private var first = Int64.max
  private var last = Int64.min
  private var sessionCounts: [String: Int] = [:]

  /// How long the captures last, in seconds; a minute at least.
  var seconds: Double { first > last ? 60 : max(60, Double(last.subtractingClamped(first)) / 1e9) }

  /// Sessions of a protocol.
  func count(of protocolName: String) -> Int { sessionCounts[protocolName] ?? 0 }

  mutating func add(_ session: WireSession, _ actions: [WireAction]) {
    protocols.insert(session.protocolName)
    sessionCounts[session.protocolName, default: 0] += 1
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
