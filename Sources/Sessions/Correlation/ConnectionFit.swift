import Model

/// How well a session fits what a call's arguments say of where it goes, and as whom. Compares texts: made once for each pair.
struct ConnectionFit {
  private(set) var score = 0.0
  private(set) var agreements: [String] = []
  private(set) var contradictions: [String] = []

  init(_ target: ConnectionTarget, _ session: WireSession, _ weights: EvidenceWeights) {
    let (host, port) = (session.serverHost, session.serverPort)
    if let wanted = target.host {
      let seen = Self.canonical(host)
      if wanted == seen {
        agree("host", weights.host)
      } else if Self.isAddress(wanted), Self.isAddress(seen) {
        contradict("host \(wanted)", weights)
      }
    }
    if let wanted = target.port, let port {
      if wanted == port { agree("port", weights.host / 2) } else { contradict("port \(wanted)", weights) }
    }
    compare(target.user, session.user, "user", weights.user, weights)
    if target.kind == .sql || target.kind == .connection {
      compare(target.database, session.target, "database", weights.database, weights)
    }
    if let program = target.program?.lowercased() { weigh(program, session, weights) }
    if let program = target.program?.lowercased(), let application = session.application?.lowercased() {
      if Self.speaks(program, application) {
        agree("client program", weights.program)
      } else if Self.named.contains(where: { application.hasPrefix($0) }) {
        contradict("client program \(program)", weights)
      }
    }
  }

  /// What is said on the connection fits the program; a driver names no program, as `psql` does.
  private mutating func weigh(_ program: String, _ session: WireSession, _ weights: EvidenceWeights) {
    let isPython = program.hasPrefix("python") || program == "alembic" || program == "django"
    if session.tells.contains(program) {
      agree("what \(program) says of its own", weights.tells)
    } else if isPython, session.tells.contains("sqlalchemy") || session.tells.contains("django") {
      agree("a library of Python's", weights.tells / 2)
    } else if isPython, session.protocolName == "postgres", session.application?.isEmpty ?? true {
      agree("a driver", weights.program / 2)
    }
  }

  private mutating func agree(_ what: String, _ worth: Double) {
    score += worth
    agreements.append(what)
  }

  private mutating func contradict(_ what: String, _ weights: EvidenceWeights) {
    score += weights.contradiction
    contradictions.append(what)
  }

  private mutating func compare(
    _ wanted: String?, _ seen: String?, _ what: String, _ worth: Double, _ weights: EvidenceWeights
  ) {
    guard let wanted, let seen, !wanted.isEmpty, !seen.isEmpty else { return }
    if wanted == seen { agree(what, worth) } else { contradict("\(what) \(wanted)", weights) }
  }

  /// Client programs that name themselves on the wire, so that another name contradicts.
  private static let named = [
    "psql", "pg_dump", "pg_restore", "pgbench", "pgadmin", "dbeaver", "datagrip", "curl", "wget", "python-requests",
    "openssh", "asyncssh", "paramiko",
  ]

  /// Whether a program's connections bear a name.
  private static func speaks(_ program: String, _ application: String) -> Bool {
    switch program {
    case "ssh", "scp", "sftp", "rsync", "git": application.contains("openssh") || application.contains("git")
    default: application.hasPrefix(program)
    }
  }

  /// The host and port of `host:port`; IPv6 addresses stand in brackets.
  static func split(_ server: String) -> (host: String, port: UInt16?) {
    guard let colon = server.lastIndex(of: ":"), let port = UInt16(server[server.index(after: colon)...]) else {
      return (server, nil)
    }
    return (String(server[..<colon].filter { $0 != "[" && $0 != "]" }), port)
  }

  static func canonical(_ host: String) -> String {
    let host = host.lowercased()
    return host == "localhost" || host == "::1" || host.hasPrefix("127.") ? "127.0.0.1" : host
  }

  private static func isAddress(_ host: String) -> Bool {
    host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
  }
}

extension EvidenceWeights {
  /// More than any fit can be worth: as if all agreed.
  var bestFit: Double { host * 1.5 + user + database + program * 1.5 + tells }
}
