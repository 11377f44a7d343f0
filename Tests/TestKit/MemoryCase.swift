import Bytes
public import Model

/// A case in memory, which a test fills.
public final class MemoryCase: CaseReading {
  public var name: String
  public var storedSources: [Source] = []
  public var storedSessions: [Session] = []
  public var storedServerSessions: [String: RecordOutcome] = [:]
  public var storedActions: [Action] = [] {
    didSet { ordered = nil }
  }
  public var storedAnomalies: [StoredAnomaly] = []
  public var storedGaps: [StoredGap] = []
  public var requests: [String: StoredPayload] = [:]
  public var responses: [String: StoredPayload] = [:]
  public var streams: [String: StoredPayload] = [:]
  public var heads: [String: CallHead] = [:]
  /// Other facts of sessions by their ids.
  public var storedFacts: [String: [String: String]] = [:]
  /// What gateways let go, by the actions' ids.
  public var storedReleases: [String: GatewayRelease] = [:]
  /// Conversations with their prompts and calls, and what actions go back to.
  public var storedConversations: [StoredConversation] = []
  public var storedPrompts: [StoredPrompt] = []
  public var storedCalls: [StoredToolCall] = []
  public var marks: [String: [AttributionMark]] = [:]

  /// The actions in order of time, while they stay as they are.
  private var ordered: [Action]?

  public init(_ name: String) { self.name = name }

  // MARK: CaseReading

  public func sources() -> [Source] { storedSources }
  public func sessions() -> [Session] { storedSessions.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) } }
  public func session(id: String) -> Session? { storedSessions.first { $0.id == id } }

  public func forEachAction(session: String?, _ body: (Action) throws -> Void) rethrows {
    let all = ordered ?? storedActions.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    ordered = all
    for action in all where session == nil || action.sessionID == session { try body(action) }
  }

  public func serverSessions() -> [String: RecordOutcome] { storedServerSessions }

  public func action(id: String) -> Action? { storedActions.first { $0.id == id } }
  public func anomalies() -> [StoredAnomaly] { storedAnomalies }
  public func gaps() -> [StoredGap] { storedGaps }
  public func requestPayload(of actionID: String) -> StoredPayload? { requests[actionID] }
  public func responsePayload(of actionID: String) -> StoredPayload? { responses[actionID] }
  public func records(of actionID: String) -> StoredPayload? { streams[actionID] }
  public func release(of actionID: String) -> GatewayRelease? { storedReleases[actionID] }
  public func callHead(of actionID: String) -> CallHead? { heads[actionID] }
  public func facts(ofSession id: String) -> [(name: String, value: String)] {
    (storedFacts[id] ?? [:]).sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
  }
  public func prompts() -> [StoredPrompt] {
    storedPrompts.sorted { ($0.at ?? $0.seenAt, $0.id) < ($1.at ?? $1.seenAt, $1.id) }.map { prompt in
      var prompt = prompt
      prompt.toolCalls = storedCalls.filter { $0.promptID == prompt.id }
      return prompt
    }
  }
  public func attributionMarks() -> [String: [AttributionMark]]? { storedCalls.isEmpty ? nil : marks }
  public func attributionMarks(of actionID: String) -> [AttributionMark] { marks[actionID] ?? [] }
  public func conversations() -> [StoredConversation] {
    storedConversations.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
  }
  public func forEachPrompt(_ body: (StoredPrompt) throws -> Void) rethrows {
    let sorted = storedPrompts.sorted { left, right in
      (left.conversation, left.at ?? left.seenAt, left.id) < (right.conversation, right.at ?? right.seenAt, right.id)
    }
    for prompt in sorted { try body(prompt) }
  }
  public func forEachToolCall(_ body: (StoredToolCall) throws -> Void) rethrows {
    let sorted = storedCalls.sorted { left, right in
      (left.conversation, left.at ?? .epoch, left.id) < (right.conversation, right.at ?? .epoch, right.id)
    }
    for call in sorted { try body(call) }
  }

  // MARK: Filling

  @discardableResult
  public func add(_ source: Source) -> Source {
    storedSources.append(source)
    return source
  }

  /// Adds a capture of that path, whose id and digest follow from it.
  @discardableResult
  public func addSource(_ path: String, packets: UInt64, from: Timestamp, until: Timestamp) -> String {
    let sha256 = SHA256.digest(of: path).hex
    let source = Source(
      id: "src-" + sha256.prefix(16), path: path, kind: "pcapng", sha256: sha256, byteCount: packets * 311,
      packetCount: packets, firstAt: from, lastAt: until, isComplete: true, integrity: "unsigned", note: nil)
    return add(source).id
  }

  /// Counts actions into their sessions, after either were changed by hand.
  public func settle() {
    for index in storedSessions.indices {
      let own = storedActions.filter { $0.sessionID == storedSessions[index].id }
      storedSessions[index].actionCount = own.count
      storedSessions[index].changeCount = own.count { $0.isChange }
    }
    storedActions.sort { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    storedSessions.sort { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
  }

  @discardableResult
  public func add(_ session: Session) -> Session {
    storedSessions.append(session)
    return session
  }

  /// Adds an action with its payloads, and counts it into its session.
  @discardableResult
  public func add(
    _ action: Action, request: StoredPayload? = nil, response: StoredPayload? = nil, records: StoredPayload? = nil,
    head: CallHead? = nil
  ) -> Action {
    var action = action
    action.hasRecords = records != nil
    action.hasHead = head != nil
    streams[action.id] = records
    heads[action.id] = head
    action.hasRequestPayload = request != nil
    action.hasResponsePayload = response != nil
    if let response, action.columns.isEmpty { action.columns = response.columns.map(\.name) }
    storedActions.append(action)
    requests[action.id] = request
    responses[action.id] = response
    if let place = storedSessions.firstIndex(where: { $0.id == action.sessionID }) {
      storedSessions[place].actionCount += 1
      if action.isChange { storedSessions[place].changeCount += 1 }
    }
    return action
  }
}

extension StoredPayload {
  /// Content as it moved.
  public static func text(_ text: String) -> StoredPayload {
    StoredPayload(
      layout: .text, bytes: Array(text.utf8), byteCount: UInt64(text.utf8.count), sha256: SHA256.digest(of: text).hex,
      columns: [])
  }

  public static func bytes(_ bytes: [UInt8]) -> StoredPayload {
    StoredPayload(
      layout: .bytes, bytes: bytes, byteCount: UInt64(bytes.count), sha256: SHA256.digest(of: bytes.span).hex,
      columns: [])
  }

  /// Rows of cells; nil is NULL.
  public static func rows(_ columns: [(String, String)], _ rows: [[String?]]) -> StoredPayload {
    var writer = ByteWriter()
    for row in rows {
      writer.write(UInt16(row.count))
      for cell in row {
        guard let cell else {
          writer.write(Int32(-1))
          continue
        }
        writer.write(Int32(cell.utf8.count))
        writer.write(cell)
      }
    }
    return StoredPayload(
      layout: .rows, bytes: writer.bytes, byteCount: UInt64(writer.count),
      sha256: SHA256.digest(of: writer.bytes.span).hex,
      columns: columns.map { Column(name: $0.0, type: $0.1) })
  }

  /// Rows of text.
  public static func rows(_ columns: [String], _ rows: [[String?]]) -> StoredPayload {
    self.rows(columns.map { ($0, "text") }, rows)
  }

  /// Messages with their times.
  public static func records(_ records: [StreamRecord]) -> StoredPayload {
    var builder = StreamRecordBuilder()
    for record in records { builder.append(record) }
    let payload = builder.finish()
    return StoredPayload(
      layout: .records, bytes: payload.bytes, byteCount: payload.byteCount, sha256: payload.digest.hex, columns: [])
  }

  /// The same, of which the end was not kept.
  public func cut(after byteCount: Int) -> StoredPayload {
    var payload = self
    payload.bytes = Array(bytes.prefix(byteCount))
    return payload
  }
}
