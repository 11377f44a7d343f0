import Model

/// What was done on the wire: below the calls that it goes back to, or in a trace of its session.
extension OTLPExport {
  /// Where the span of an action stands.
  private struct ActionPlace {
    var trace: String
    var parent: String?
    /// It is nobody's that is known, or several's.
    var isInSession: Bool
  }

  mutating func writeActions() throws {
    let resource = OTLPLines<Sink>.Resource(service: "exhibit", version: nil, caseName: reading.name)
    let findings = Dictionary(grouping: verdict.findings.filter { $0.actionID != nil }) { $0.actionID ?? "" }
    let sessions = try reading.sessions()
    let byID = Dictionary(sessions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var carried: [String: [TraceParent]] = [:]
    for session in sessions {
      let contexts = try contexts(of: session)
      if !contexts.isEmpty { carried[session.id] = contexts }
    }
    // Sessions that have a span: opaque ones, and those with something that is nobody's.
    var needed = Set(sessions.filter { $0.actionCount == 0 }.map(\.id))
    var lines = lines
    try reading.forEachAction(session: nil) { action in
      guard let session = byID[action.sessionID] else { return }
      let marks = try reading.attributionMarks(of: action.id)
      let place = self.place(of: action.id, session.id, marks)
      if place.isInSession { needed.insert(session.id) }
      var span = OTLPSpan(
        WireAttributes.name(of: action), trace: place.trace, span: TraceIdentity.span(.action, action.id),
        parent: place.parent, from: action.startedAt, until: action.endedAt)
      span.kind = .client
      let head = action.hasHead ? try reading.callHead(of: action.id) : nil
      WireAttributes.set(action, session, head, &span)
      if let decision = verdict.decisions[action.id] {
        span.attributes.set("exhibit.decision", decision.outcome.rawValue)
        span.attributes.set("exhibit.decision.rule", decision.rule)
      }
      span.attributes.set("exhibit.findings", findings[action.id]?.map(\.rule) ?? [])
      try self.link(marks, &span)
      link(Self.contexts(of: action, head) + (carried[session.id] ?? []), &span)
      try lines.write(span, of: resource)
    }
    for session in sessions where needed.contains(session.id) { try lines.write(span(of: session), of: resource) }
    self.lines = lines
  }

  private func span(of session: Session) -> OTLPSpan {
    var span = OTLPSpan(
      "session \(session.protocolName)", trace: TraceIdentity.trace(.session, session.id),
      span: TraceIdentity.span(.session, session.id), parent: nil, from: session.startedAt, until: session.endedAt)
    WireAttributes.set(session, user: session.user, &span.attributes)
    span.attributes.set("exhibit.session.parent", session.parentID)
    span.attributes.set("exhibit.session.application", session.application)
    span.attributes.set("exhibit.session.target", session.target)
    span.attributes.set("exhibit.session.actions", session.actionCount)
    span.attributes.set("exhibit.session.changes", session.changeCount)
    span.attributes.set("exhibit.session.incomplete", if: !session.isComplete)
    span.attributes.set("exhibit.session.incomplete_reason", session.reason)
    span.attributes.set("exhibit.session.encrypted", if: session.isEncrypted)
    span.attributes.set("exhibit.session.decrypted", if: session.isDecrypted)
    span.attributes.set("exhibit.bytes_in", session.bytesIn)
    span.attributes.set("exhibit.bytes_out", session.bytesOut)
    span.attributes.set("exhibit.source", session.sourceID)
    return span
  }

  // MARK: Places

  private func place(of action: String, _ session: String, _ marks: [AttributionMark]) -> ActionPlace {
    let inSession = ActionPlace(
      trace: TraceIdentity.trace(.session, session), parent: TraceIdentity.span(.session, session), isInSession: true)
    guard let best = marks.first, let place = best.conversationID.flatMap({ tree.place(of: $0) }) else {
      return inSession
    }
    let trace = TraceIdentity.trace(.conversation, tree.nodes[tree.nodes[place].root].conversation.id)
    if !best.isAmbiguous {
      let parent =
        best.callID.map { TraceIdentity.span(.call, $0) }
        ?? best.promptID.flatMap { hasPrompt($0, inTreeOf: place) ? TraceIdentity.span(.prompt, $0) : nil }
        ?? TraceIdentity.span(.conversation, tree.nodes[place].conversation.id)
      return ActionPlace(trace: trace, parent: parent, isInSession: false)
    }
    // Several prompts of one conversation: it goes back to that, and no further.
    guard marks.allSatisfy({ $0.conversationID == best.conversationID }) else { return inSession }
    return ActionPlace(
      trace: trace, parent: TraceIdentity.span(.conversation, tree.nodes[place].conversation.id), isInSession: false)
  }

  private func hasPrompt(_ id: String, inTreeOf place: Int) -> Bool {
    prompts[id]?.conversation.map { tree.nodes[$0].root == tree.nodes[place].root } ?? false
  }

  /// Says to what an action goes back; what remains undecided becomes links.
  private func link(_ marks: [AttributionMark], _ span: inout OTLPSpan) throws {
    guard let best = marks.first else { return }
    span.attributes.set("exhibit.attribution.ambiguous", if: best.isAmbiguous)
    if !best.isAmbiguous { describe(best, &span.attributes) }
    for mark in marks where best.isAmbiguous {
      guard let conversation = mark.conversationID, let place = tree.place(of: conversation) else { continue }
      let target =
        mark.callID.map { TraceIdentity.span(.call, $0) }
        ?? mark.promptID.flatMap { hasPrompt($0, inTreeOf: place) ? TraceIdentity.span(.prompt, $0) : nil }
        ?? TraceIdentity.span(.conversation, conversation)
      var link = OTLPSpan.Link(traceID: trace(ofConversation: conversation), spanID: target)
      link.attributes.set("exhibit.link", "candidate")
      describe(mark, &link.attributes)
      span.links.append(link)
    }
    guard let via = best.viaActionID, let dot = via.lastIndex(of: ".") else { return }
    let place = place(of: via, String(via[..<dot]), try reading.attributionMarks(of: via))
    var link = OTLPSpan.Link(traceID: place.trace, spanID: TraceIdentity.span(.action, via))
    link.attributes.set("exhibit.link", "via")
    link.attributes.set("exhibit.action.id", via)
    span.links.append(link)
  }

  private func describe(_ mark: AttributionMark, _ attributes: inout OTLPAttributes) {
    attributes.set("exhibit.attribution.method", mark.method.rawValue)
    attributes.set("exhibit.attribution.confidence", real: mark.confidence)
    attributes.set("exhibit.attribution.reason", mark.reason)
    attributes.set("exhibit.prompt.id", mark.promptID)
    attributes.set("exhibit.call.id", mark.callID)
  }

  // MARK: Contexts of other traces

  /// Contexts that hold for a whole connection: start-up parameters, the environment.
  private func contexts(of session: Session) throws -> [TraceParent] {
    var found = TraceParent.all(in: session.application ?? "")
    for fact in try reading.facts(ofSession: session.id) { found += TraceParent.all(in: fact.value) }
    return Array(found.prefix(TraceParent.countLimit))
  }

  private static func contexts(of action: Action, _ head: CallHead?) -> [TraceParent] {
    var found: [TraceParent] = []
    for value in head?.requestFields.values("traceparent") ?? [] { found += TraceParent.all(in: value) }
    if let application = action.identity.application { found += TraceParent.all(in: application) }
    switch action.kind {
    // In a comment of a statement, which names it (sqlcommenter).
    case "sql", "copy": if action.text.contains("traceparent") { found += TraceParent.all(in: action.text) }
    default: if let parameters = action.parameters { found += TraceParent.all(in: parameters) }
    }
    return found
  }

  private func link(_ contexts: [TraceParent], _ span: inout OTLPSpan) {
    var seen: Set<TraceParent> = []
    for context in contexts where seen.insert(context).inserted && seen.count <= TraceParent.countLimit {
      var link = OTLPSpan.Link(traceID: context.traceID, spanID: context.spanID)
      link.attributes.set("exhibit.link", "traceparent")
      span.links.append(link)
    }
  }
}
