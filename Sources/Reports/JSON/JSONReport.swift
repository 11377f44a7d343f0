import Bytes
public import Model

/// The case and its verdict as one JSON object, for programs; docs/reports/json.md names its members.
public struct JSONReport: ReportFormat {
  public static let id = "json"
  public static let fileExtension = "json"
  /// Version of the object's members.
  static let schemaVersion = 1

  public init() {}

  public func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws {
    var json = JSONWriter()
    json.beginObject()
    json.key("anomalies")
    json.beginArray()
    for anomaly in try reading.anomalies() { put(anomaly, &json) }
    json.endArray()
    json.key("approvals")
    json.array { json in for approval in verdict.approvals { put(approval, &json) } }
    let prompts = try reading.prompts()
    var book = try PromptBook(reading, prompts: prompts)
    let changes = try changes(reading, verdict, &book)
    putAttribution(book, &json)
    json.member("case", reading.name)
    json.key("changes")
    json.beginArray()
    try sink.append(json.take())
    for part in changes { try sink.append(part) }
    json.endArray()
    json.key("conversations")
    json.array { json in for conversation in book.conversations { put(conversation, &json) } }
    json.key("findings")
    json.beginArray()
    for finding in verdict.findings { put(finding, &json) }
    json.endArray()
    try sink.append(json.take())
    json.key("gaps")
    json.beginArray()
    for gap in try reading.gaps() { put(gap, &json) }
    json.endArray()
    json.key("prompts")
    json.beginArray()
    for (prompt, (entry, root)) in zip(prompts, zip(book.entries, book.roots)) {
      put(prompt, entry, root: book.entries[root].id, &json)
      if json.bytes.count > 1 << 16 { try sink.append(json.take()) }
    }
    json.endArray()
    json.member("schema", Int64(JSONReport.schemaVersion))
    put(try reading.serverLogs(), try reading.serverSessions(), &json)
    json.key("sessions")
    json.beginArray()
    for session in try reading.sessions() { put(session, &json) }
    json.endArray()
    json.key("sources")
    json.beginArray()
    for source in try reading.sources() { put(source, &json) }
    json.endArray()
    put(verdict, &json)
    json.endObject()
    json.newline()
    try sink.append(json.take())
  }

  /// The changes as elements of an array, in pieces; what they go back to is counted on the way.
  private func changes(
    _ reading: any CaseReading, _ verdict: Verdict, _ book: inout PromptBook
  ) throws -> [[UInt8]] {
    // Elements know only inside of an array that commas stand between them.
    var writer = JSONWriter()
    writer.beginArray()
    _ = writer.take()
    var parts: [[UInt8]] = []
    var counted = book
    try reading.forEachAction(session: nil) { action in
      let decision = action.isChange ? verdict.decisions[action.id] : nil
      counted.take(action, decision, session: nil, nil)
      guard let decision = verdict.decisions[action.id] else { return }
      put(action, decision, counted, &writer)
      if writer.bytes.count > 1 << 16 { parts.append(writer.take()) }
    }
    parts.append(writer.take())
    book = counted
    return parts
  }

  private func put(_ action: Action, _ decision: Decision, _ book: PromptBook, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("at_ns", action.startedAt.nanoseconds)
    if book.isPresent { putMarks(book.marks[action.id] ?? [], &json) }
    json.member("code", action.code)
    json.member("decision", decision.outcome.rawValue)
    json.member("effect", action.effect.rawValue)
    json.member("id", action.id)
    if action.identity != Identity() {
      json.key("identity")
      json.object { json in
        json.member("application", action.identity.application)
        json.member("target", action.identity.target)
        json.member("user", action.identity.user)
      }
    }
    json.member("kind", action.kind)
    json.member("packet", action.packet.map { Int64(clamping: $0) })
    json.key("parameters")
    json.json(action.parameters ?? "null")
    json.member("reason", decision.reason)
    json.key("resources")
    json.beginArray()
    for resource in action.resources { json.value(resource.description) }
    json.endArray()
    json.member("rows", action.rowCount.map(Int64.init))
    json.member("rule", decision.rule)
    json.member("session", action.sessionID)
    json.member("source", action.sourceID)
    json.member("status", action.status.rawValue)
    json.member("text", action.text)
    json.member("transaction", action.transaction?.rawValue)
    json.member("unfiltered", action.isUnfiltered)
    json.member("verb", action.verb)
    json.endObject()
  }

  private func put(_ session: Session, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("actions", Int64(session.actionCount))
    json.member("application", session.application)
    json.member("bytes_in", Int64(clamping: session.bytesIn))
    json.member("bytes_out", Int64(clamping: session.bytesOut))
    json.member("changes", Int64(session.changeCount))
    json.member("client", session.client)
    json.member("complete", session.isComplete)
    json.member("decrypted", session.isDecrypted)
    json.member("encrypted", session.isEncrypted)
    json.member("ended_ns", session.endedAt.nanoseconds)
    json.member("id", session.id)
    json.member("parent", session.parentID)
    json.member("protocol", session.protocolName)
    json.member("reason", session.reason)
    json.member("server", session.server)
    json.member("started_ns", session.startedAt.nanoseconds)
    json.member("target", session.target)
    json.member("user", session.user)
    json.endObject()
  }

  private func put(_ source: Source, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("bytes", Int64(clamping: source.byteCount))
    json.member("complete", source.isComplete)
    json.member("first_ns", source.firstAt?.nanoseconds)
    json.member("id", source.id)
    json.member("integrity", source.integrity)
    json.member("kind", source.kind)
    json.member("last_ns", source.lastAt?.nanoseconds)
    json.member("note", source.note)
    json.member("packets", Int64(clamping: source.packetCount))
    json.member("path", source.path)
    json.member("sha256", source.sha256)
    json.endObject()
  }

  private func put(_ anomaly: StoredAnomaly, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("code", anomaly.code)
    json.member("detail", anomaly.detail)
    json.member("id", anomaly.id)
    json.member("packet", anomaly.packet.map { Int64(clamping: $0) })
    json.member("session", anomaly.sessionID)
    json.member("source", anomaly.sourceID)
    json.endObject()
  }

  private func put(_ gap: StoredGap, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("at_ns", gap.at.nanoseconds)
    json.member("bytes", Int64(clamping: gap.byteCount))
    json.member("reason", gap.reason.rawValue)
    json.member("sender", gap.direction == .fromClient ? "client" : "server")
    json.member("session", gap.sessionID)
    json.member("until_ns", gap.until?.nanoseconds)
    json.endObject()
  }

  private func put(_ finding: Finding, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("action", finding.actionID)
    json.key("controls")
    json.beginArray()
    for control in finding.controls { json.value(control) }
    json.endArray()
    json.member("detail", finding.detail)
    json.member("id", finding.id)
    json.member("rule", finding.rule)
    json.member("severity", finding.severity.rawValue)
    json.member("title", finding.title)
    json.endObject()
  }

  private func put(_ verdict: Verdict, _ json: inout JSONWriter) {
    json.key("verdict")
    json.beginObject()
    json.member("changes", Int64(verdict.decisions.count))
    json.member("exit_code", Int64(verdict.exitCode))
    json.key("not_seen")
    json.beginArray()
    for sentence in verdict.incompleteness { json.value(sentence) }
    json.endArray()
    json.member("overall", verdict.overall.rawValue)
    json.member("policy", verdict.policyName)
    json.member("policy_sha256", verdict.policySHA256)
    json.member("unacceptable", Int64(verdict.decisions.values.count { !$0.isAcceptable }))
    json.endObject()
  }
}
