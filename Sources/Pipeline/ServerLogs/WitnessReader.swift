import Bytes
import Model
import Sessions

/// Says of actions and of records what they must have in common to be the same.
enum WitnessReader {
  /// Fields by which a server names a request, in lower case: its log has the value too.
  private static let idFields: Set<String> = [
    "audit-id", "x-amzn-requestid", "x-amz-request-id", "x-request-id", "x-correlation-id", "traceparent",
  ]

  /// What was captured, and by what logs may name it.
  struct Captured {
    var sessions: [WitnessSession] = []
    /// Rows of actions by the ids that they carry.
    var ids: [String: [Int64]] = [:]
    /// Ends of clients that stand for processes of a server on the gateway's own machine.
    var processes: Set<String> = []
  }

  static func sessions(_ store: some ReconciliationStore) throws -> Captured {
    let gaps = try store.sessionsWithGaps()
    var found = Captured()
    try store.forEachSession { number, session, actions in
      var own = WitnessSession(
        number: number, protocolName: session.protocolName, client: session.client, server: session.server,
        startedAt: session.startedAt.nanoseconds, endedAt: session.endedAt.nanoseconds, actions: [])
      own.user = session.user
      own.isOpaque =
        session.isEncrypted && !session.isDecrypted || !["postgres", "http", "ssh"].contains(session.protocolName)
      own.hasGap = gaps.contains(number)
      own.isComplete = session.isComplete
      let passage = session.gateway == nil ? nil : GatewayPassage(try store.facts(ofSession: number))
      if let end = passage?.end { own.client = end }
      if let end = passage?.processEnd { found.processes.insert(end) }
      for action in actions {
        let row = number << 32 | Int64(action.sequence)
        let head = action.hasHead ? try store.callHead(ofAction: row) : nil
        for field in (head?.requestFields ?? []) + (head?.responseFields ?? [])
        where idFields.contains(field.name.lowercased()) {
          for id in names(in: field) { found.ids[id, default: []].append(row) }
        }
        own.actions.append(witness(action, row, session, head, passage))
      }
      found.sessions.append(own)
    }
    return found
  }

  /// `00-<trace>-<span>-01` names a trace; other fields are the id.
  private static func names(in field: HeaderField) -> [String] {
    guard field.name.lowercased() == "traceparent" else { return field.value.isEmpty ? [] : [field.value] }
    let parts = field.value.split(separator: "-")
    return parts.count == 4 ? [String(parts[1])] : []
  }

  private static func witness(
    _ action: Action, _ row: Int64, _ session: Session, _ head: CallHead?, _ passage: GatewayPassage?
  ) -> WitnessAction {
    var own = WitnessAction(
      number: row, key: key(of: action, session, head, passage), startedAt: action.startedAt.nanoseconds,
      endedAt: (action.endedAt ?? action.startedAt).nanoseconds, effect: action.effect)
    if session.protocolName == "http", action.parentID == nil { own.otherKey = WitnessKey(action.verb) }
    switch action.status {
    case .ok: own.isFailure = false
    case .error, .denied: own.isFailure = true
    case .incomplete: own.isFailure = nil
    }
    own.isLogin = action.kind == "login"
    own.mayBeUntold = action.transaction == .notRun || action.status == .incomplete || action.code == "57P01"
    if let status = head?.status { own.isFailure = status >= 400 }
    if passage != nil, action.status == .denied || action.code == "57014" {
      // The gateway refused it, or the server did: of the gateway's own refusals its log has at most this.
      own.otherKey = WitnessKey(GatewayRefusal.statement)
      own.mayBeUntold = true
    }
    // The target was gone when it was sent on.
    if passage != nil, action.code == "08006" { own.mayBeUntold = true }
    return own
  }

  private static func key(
    of action: Action, _ session: Session, _ head: CallHead?, _ passage: GatewayPassage?
  ) -> WitnessKey? {
    switch (session.protocolName, action.kind) {
    case ("postgres", "sql"), ("postgres", "copy"):
      if action.verb == "FUNCTION CALL" { return WitnessKey("fastpath") }
      return action.text.isEmpty || action.verb == "EMPTY" ? nil : WitnessKey(action.text)
    case (_, "login"):
      return WitnessKey("login\n\(passage?.user ?? action.identity.user ?? session.user ?? "")")
    case ("http", _):
      guard action.parentID == nil, let head else { return nil }
      return WitnessKey(request("\(head.method) \(head.target)"))
    case ("ssh", "exec"):
      if action.verb == "SUBSYSTEM" { return WitnessKey(action.text) }
      return WitnessKey("command")
    case ("ssh", "shell") where action.verb == "SHELL": return WitnessKey("shell")
    default: return nil
    }
  }

  /// A record as it is held against the captures.
  static func record(_ stored: StoredServerRecord, _ captured: Captured) -> WitnessRecord {
    let record = stored.record
    var own = WitnessRecord(
      number: stored.number, key: stored.verb == "EMPTY" ? nil : key(of: record), at: record.at.nanoseconds,
      precision: max(0, record.precision),
      effect: stored.effect)
    own.isEnd = record.isEnd
    if record.isEnd, record.protocolName == "postgres", let duration = record.duration {
      // Statements are logged when they end only to tell how long they took.
      own.at = own.at.subtractingClamped(duration)
      own.isEnd = false
    }
    own.lane = record.sessionKey
    switch record.peer {
    case .unknown: break
    case .local:
      let end = GatewayPassage.end(ofLogged: record.sessionKey)
      own.client = end.flatMap { captured.processes.contains($0) ? $0 : nil }
      own.isLocal = own.client == nil
    case .host(let name, let port):
      // A listener for both families writes addresses of version 4 so (RFC 4291 §2.5.5.2).
      let host = name.hasPrefix("::ffff:") && name.contains(".") ? String(name.dropFirst(7)) : name
      own.host = host
      own.client = port.map { host.contains(":") ? "[\(host)]:\($0)" : "\(host):\($0)" }
    }
    own.user = record.user
    own.target = record.target
    own.isAboutConnection = record.kind == .connection || record.kind == .disconnection || own.key == nil
    own.isLogin = record.kind == .login
    own.isPoolsOwn =
      record.kind == .login
      || record.kind == .request && record.protocolName == "postgres" && PoolStatement.isOwn(record.text)
    switch record.protocolName {
    case "http": own.isFailure = record.code.flatMap { Int($0) }.map { $0 >= 400 }
    default: own.isFailure = record.status == .error || record.status == .denied ? true : nil
    }
    own.named = record.nativeIDs.flatMap { captured.ids[$0] ?? [] }
    return own
  }

  private static func key(of record: ServerRecord) -> WitnessKey? {
    switch (record.kind, record.protocolName) {
    case (.connection, _), (.disconnection, _): return nil
    case (.login, _): return WitnessKey("login\n\(record.user ?? "")")
    case (.request, "postgres"):
      if record.form == "fastpath" { return WitnessKey("fastpath") }
      return record.text.isEmpty || record.isCut ? nil : WitnessKey(record.text)
    case (.command, _):
      if record.text.hasPrefix("shell") { return WitnessKey("shell") }
      if record.text.hasPrefix("subsystem ") { return WitnessKey(record.text) }
      return WitnessKey(record.text == "command" ? "command" : record.text)
    case (.request, _): return record.text.isEmpty ? nil : WitnessKey(request(record.text))
    }
  }

  /// A proxy is asked for the whole URL, the server behind it for the path (RFC 9112 §3.2).
  private static func request(_ line: String) -> String {
    guard let blank = line.firstIndex(of: " "), let scheme = line[blank...].firstRange(of: "://") else { return line }
    guard line[line.index(after: blank)..<scheme.lowerBound].allSatisfy(\.isLetter) else { return line }
    let path = line[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
    return "\(line[..<blank]) \(path.hasPrefix("/") ? "" : "/")\(path)"
  }
}
