import Model

/// A named target: what a rule's `target` stands for.
struct Target: Sendable, Hashable {
  var protocolName: String?
  var databases: [Glob] = []
  var servers: [Glob] = []
  /// From where alone it may be reached; empty means from anywhere.
  var gateways: [ClientPattern] = []

  func matches(_ action: Action, in session: Session) -> Bool {
    if let protocolName, protocolName != session.protocolName { return false }
    if !databases.isEmpty, !databases.contains(where: { $0.matches(action.identity.target ?? "") }) { return false }
    return servers.isEmpty || servers.contains { $0.matches(session.server) }
  }

  /// Whether the session goes to it, as far as can be told: of what could not be looked into only the server is known.
  func isReached(by session: Session) -> Match {
    let isAtServer = servers.contains { $0.matches(session.server) }
    guard servers.isEmpty || isAtServer else { return .no }
    if session.isOpaque {
      return isAtServer ? .unknown("what was done in it could not be looked into") : .no
    }
    if let protocolName, protocolName != session.protocolName { return .no }
    guard !databases.isEmpty else { return servers.isEmpty && protocolName == nil ? .no : .yes }
    guard let target = session.target else { return .unknown("the database was not captured") }
    return databases.contains { $0.matches(target) } ? .yes : .no
  }
}

extension Session {
  /// Nobody could look into it.
  var isOpaque: Bool {
    isEncrypted ? !isDecrypted : actionCount == 0 && ["unknown", "tls"].contains(protocolName)
  }
}
