import Bytes
import Model
import Sessions

/// Turns sessions and actions into what the attribution compares.
struct WireReader {
  /// Headers in which agents and tracers send ids; others are not looked at.
  private static let headers: Set<String> = [
    "traceparent", "tracestate", "baggage", "x-claude-code-session-id", "x-claude-code-agent-id", "x-client-request-id",
    "session-id", "session_id", "thread-id", "x-codex-thread-id", "x-codex-turn-metadata", "x-interaction-id",
    "x-task-id", "x-request-id", "mcp-session-id", "x-hoop-correlation-id", "x-opencode-session", "x-opencode-request",
    "x-correlation-id",
  ]

  /// Parameters of a statement that are compared.
  private static let valueLimit = 64

  /// Whether there are ids that could be found.
  let hasIDs: Bool
  /// Whether calls tell the bodies of requests.
  let hasBodies: Bool
  /// Whether calls tell values that parameters may have.
  let hasValues: Bool

  func read(
    _ number: Int64, _ session: Session, _ actions: [Action], _ store: some CorrelationStore
  ) throws -> (WireSession, [WireAction]) {
    var wire = WireSession(
      number: number, protocolName: session.protocolName, client: session.client, server: session.server,
      startedAt: session.startedAt, endedAt: session.endedAt)
    wire.user = session.user
    wire.target = session.target
    wire.application = session.application
    if session.protocolName == "postgres" { wire.tells = ConnectionTells.of(actions) }
    if hasIDs {
      if let application = session.application { wire.carriers.append(application) }
      for fact in try store.facts(ofSession: number) { wire.carriers.append(fact.value) }
    }
    var read = try actions.map { try self.read($0, number, store) }
    if hasIDs, session.protocolName == "ssh" {
      let services = ChannelServices(actions)
      for (index, action) in actions.enumerated() {
        if let parameters = services.parameters(around: action) { read[index].carriers.append(parameters) }
      }
    }
    if hasIDs { passOn(actions, &read) }
    return (wire, read)
  }

  /// What came with a shell came with what was typed into it.
  private func passOn(_ actions: [Action], _ read: inout [WireAction]) {
    var shells: [String: String] = [:]
    for (index, action) in actions.enumerated() where action.kind == "shell" {
      if let parent = action.parentID {
        if let parameters = shells[parent] { read[index].carriers.append(parameters) }
      } else if let parameters = action.parameters {
        shells[action.id] = parameters
      }
    }
  }

  private func read(_ action: Action, _ session: Int64, _ store: some CorrelationStore) throws -> WireAction {
    let number = session << 32 | Int64(UInt32(clamping: action.sequence))
    var wire = WireAction(
      number: number, startedAt: action.startedAt, endedAt: action.endedAt ?? action.startedAt, verb: action.verb,
      text: action.text, effect: action.effect)
    wire.kind = Self.kind(of: action)
    wire.fingerprint = action.fingerprint
    wire.echoes = Self.echoes(of: action)
    if hasBodies, action.kind == "http", action.hasRequestPayload,
      let body = try store.requestBody(ofAction: number, limit: WireAction.bodyLimit)
    {
      wire.body = String(decoding: body, as: UTF8.self)
    }
    if hasValues, action.kind == "sql", let parameters = action.parameters {
      wire.values =
        JSONValue.document(in: Array(parameters.utf8))?.elements.prefix(Self.valueLimit).compactMap(\.scalar) ?? []
    }
    guard hasIDs else { return wire }
    switch action.kind {
    case "sql", "copy": wire.carriers = PromptContext.comments(in: action.text)
    case "exec", "shell": if let parameters = action.parameters { wire.carriers.append(parameters) }
    case "http":
      if action.hasHead, let head = try store.callHead(ofAction: number) {
        for field in head.requestFields where Self.headers.contains(field.name.lowercased()) {
          wire.carriers.append(field.value)
        }
      }
      if let parameters = action.parameters { wire.carriers.append(parameters) }
    default: break
    }
    return wire
  }

  private static func kind(of action: Action) -> ExpectedEffect.Kind? {
    switch action.kind {
    case "sql", "copy": .sql
    case "http": .http
    case "exec": .command
    // A line typed into a shell on another host.
    case "shell": action.isInferred || action.parentID != nil ? .command : nil
    case "sftp", "scp", "rsync": .file
    case "git": .repository
    default: nil
    }
  }

  /// What a client prints of the outcome: psql's command tags and footers, errors as they are.
  private static func echoes(of action: Action) -> [String] {
    var echoes: [String] = []
    if action.status == .error, let message = action.message { echoes.append(message) }
    guard let rows = action.rowCount else { return echoes }
    switch action.verb {
    case "INSERT": echoes.append("INSERT 0 \(rows)")
    case "UPDATE", "DELETE", "MERGE", "COPY": echoes.append("\(action.verb) \(rows)")
    case "SELECT": echoes.append(rows == 1 ? "(1 row)" : "(\(rows) rows)")
    default: break
    }
    return echoes
  }
}
