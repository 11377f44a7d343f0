public import Bytes

/// Reads a case: what Replay and Reports need of it, so that they do not know the store.
///
/// Everything comes in a stable order (sessions and actions by time, then id) and large things come one at a time.
public protocol CaseReading {
  /// The case's name: its file name without the extension.
  var name: String { get }
  func sources() throws -> [Source]
  func sessions() throws -> [Session]
  func session(id: String) throws -> Session?
  /// Calls `body` for each action of the session, or of all sessions in order of time when nil.
  func forEachAction(session: String?, _ body: (Action) throws -> Void) throws
  func action(id: String) throws -> Action?
  func anomalies() throws -> [StoredAnomaly]
  func gaps() throws -> [StoredGap]
  /// What the client sent beyond the text: COPY data, the whole of a multi-statement query.
  func requestPayload(of actionID: String) throws -> StoredPayload?
  /// What the server returned: rows, COPY data.
  func responsePayload(of actionID: String) throws -> StoredPayload?
  /// Messages with their times: WebSocket, server-sent events, gRPC, a terminal.
  func records(of actionID: String) throws -> StoredPayload?
  /// The heads of an HTTP request and its response.
  func callHead(of actionID: String) throws -> CallHead?
  /// The prompts in order of time, each with the tool calls that serve it.
  func prompts() throws -> [StoredPrompt]
  /// To which prompts actions go back, by the action's id, the likeliest first; nil when the case has no tool calls.
  func attributionMarks() throws -> [String: [AttributionMark]]?
  /// Of one action: to which prompts it goes back, the likeliest first, each with its conversation.
  func attributionMarks(of actionID: String) throws -> [AttributionMark]
  /// The conversations with language models in order of their beginnings.
  func conversations() throws -> [StoredConversation]
  /// Calls `body` for each prompt, without its calls: by conversation, and in each by time.
  func forEachPrompt(_ body: (StoredPrompt) throws -> Void) throws
  /// Calls `body` for each tool call: by conversation, and in each by time.
  func forEachToolCall(_ body: (StoredToolCall) throws -> Void) throws
  /// Where secrets were seen, by their keyed hashes.
  func secretSightings() throws -> [SecretSighting]
  /// Servers' own logs, and how they agree with the captures.
  func serverLogs() throws -> [ServerLog]
  /// Calls `body` for each record of a log, or of all, whose outcome is one of those; in the order of the logs.
  func forEachServerRecord(
    of sourceID: String?, _ outcomes: Set<RecordOutcome>, _ body: (StoredServerRecord) throws -> Void) throws
  /// Ids of actions that a log should tell of and does not, with the log's source, in order.
  func untoldActions(limit: Int) throws -> [(actionID: String, sourceID: String)]
  /// What only logs tell of, by the session's id.
  func serverSessions() throws -> [String: RecordOutcome]
  /// That a gateway let an action go on which it had held against approvals, where its recording verifies; nil otherwise.
  func release(of actionID: String) throws -> GatewayRelease?
  /// What made the hashes of `secretSightings()`; nil when the case has none.
  func storedSecretHasher() throws -> SecretHasher?
  /// Other facts of a session by name, sorted: `ssh.hassh`, `tls.sni`, parameters of start-up.
  func facts(ofSession id: String) throws -> [(name: String, value: String)]
}

extension CaseReading {
  public func records(of actionID: String) throws -> StoredPayload? { nil }
  public func callHead(of actionID: String) throws -> CallHead? { nil }
  public func facts(ofSession id: String) throws -> [(name: String, value: String)] { [] }
  public func secretSightings() throws -> [SecretSighting] { [] }
  public func serverLogs() throws -> [ServerLog] { [] }
  public func forEachServerRecord(
    of sourceID: String?, _ outcomes: Set<RecordOutcome>, _ body: (StoredServerRecord) throws -> Void
  ) throws {}
  public func untoldActions(limit: Int) throws -> [(actionID: String, sourceID: String)] { [] }
  public func serverSessions() throws -> [String: RecordOutcome] { [:] }
  public func release(of actionID: String) throws -> GatewayRelease? { nil }
  public func storedSecretHasher() throws -> SecretHasher? { nil }
  public func prompts() throws -> [StoredPrompt] { [] }
  public func attributionMarks() throws -> [String: [AttributionMark]]? { nil }
  public func attributionMarks(of actionID: String) throws -> [AttributionMark] { [] }
  public func conversations() throws -> [StoredConversation] { [] }
  public func forEachPrompt(_ body: (StoredPrompt) throws -> Void) throws {}
  public func forEachToolCall(_ body: (StoredToolCall) throws -> Void) throws {}
}
