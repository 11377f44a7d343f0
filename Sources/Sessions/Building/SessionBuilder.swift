public import Model

/// Builds one session and its actions from the exchanges of a flow.
public struct SessionBuilder: Sendable {
  public let flow: Flow
  public private(set) var facts = SessionFacts()
  public private(set) var actionCount = 0
  public private(set) var changeCount = 0
  var transactions = TransactionTracker()
  var identities = IdentityHistory()
  private var incompleteReason: String?
  /// Sequence of the first Execute of each portal that is suspended, by portal name.
  var suspendedPortals: [String: Int] = [:]

  public init(flow: Flow) { self.flow = flow }

  /// Takes what a parser learned of the session.
  public mutating func add(_ new: SessionFacts) {
    facts.merge(new)
    identities.note(facts, since: new.learnedAt)
  }

  /// Takes an exchange that is not a statement; gives its action, if it is one.
  public mutating func add(_ exchange: Exchange) -> ActionDraft? {
    switch exchange.shape {
    case .login(let login): return draft(login, exchange)
    case .cancellation(let cancellation):
      let text = "cancel request for process \(cancellation.processID)"
      return draft(exchange, kind: "cancel", verb: "CANCEL", text: text, status: .ok)
    case .notification(let notification):
      let text = "NOTIFY \(notification.channel), '\(notification.payload)' from process \(notification.processID)"
      return draft(exchange, kind: "notification", verb: "NOTIFY", text: text, status: .ok)
    case .marker(let marker) where marker.name == "terminate": return nil
    case .marker(let marker):
      let said = String(marker.text.reversed().drop(while: \.isWhitespace).reversed())
      let text = said.isEmpty ? marker.name : "\(marker.name): \(said)"
      return draft(exchange, kind: "session", verb: marker.name.uppercased(), text: text, status: .ok)
    case .opaque(let opaque):
      note(
        "opaque: \(opaque.reason.rawValue), \(opaque.clientByteCount + opaque.serverByteCount) bytes not looked into")
      return nil
    case .statement, .call, .command, .file, .forwarding, .repository: return nil
    }
  }

  private mutating func draft(_ login: Login, _ exchange: Exchange) -> ActionDraft {
    let text = "login as \(login.user ?? "an unknown user") by \(login.method)"
    var draft: ActionDraft
    switch login.outcome {
    case .accepted: draft = self.draft(exchange, kind: "login", verb: "LOGIN", text: text, status: .ok)
    case .unknown: draft = self.draft(exchange, kind: "login", verb: "LOGIN", text: text, status: .incomplete)
    case .refused(let message):
      draft = self.draft(exchange, kind: "login", verb: "LOGIN", text: text, status: .denied)
      draft.code = message.code
      draft.message = message.message
    }
    return draft
  }

  private mutating func draft(
    _ exchange: Exchange, kind: String, verb: String, text: String, status: Action.Status
  ) -> ActionDraft {
    var draft = ActionDraft(
      sequence: nextSequence(), kind: kind,
      form: StatementForm(shape: text, classification: Classification(verb: verb, effect: .session)),
      startedAt: exchange.startedAt, status: exchange.incompleteReason == nil ? status : .incomplete,
      origin: exchange.origin)
    draft.identity = identities.identity(at: exchange.startedAt)
    draft.firstResponseAt = exchange.firstResponseAt
    draft.endedAt = exchange.endedAt
    draft.message = exchange.incompleteReason
    draft.bytesIn = exchange.requestByteCount
    draft.bytesOut = exchange.responseByteCount
    note(exchange.incompleteReason)
    return draft
  }

  /// Counts a statement of which no action is made: one that is judged as others like it were.
  public mutating func pass(_ control: TransactionControl?) {
    _ = nextSequence()
    transactions.completed(control, tag: "")
    _ = transactions.takeOutcomes()
  }

  mutating func nextSequence() -> Int {
    actionCount += 1
    return actionCount
  }

  mutating func countChange() { changeCount += 1 }

  /// Takes note of who one of its actions acted for.
  mutating func note(_ identity: Identity) { identities.note(identity) }

  /// Keeps the first reason why the session is not complete.
  public mutating func note(_ reason: String?) {
    if incompleteReason == nil { incompleteReason = reason }
  }

  /// Segments whose outcome is known by now and is not `committed`.
  public mutating func takeOutcomes() -> [(segment: UInt32, outcome: Action.Transaction)] {
    transactions.takeOutcomes()
  }

  /// The session's row; the builder is done.
  public mutating func finish(
    id: String, protocolName: String, end: FlowEnd, endedAt: Timestamp, bytesIn: UInt64, bytesOut: UInt64,
    missingBytes: UInt64, parent: Int64?
  ) -> SessionDraft {
    let isEndCaptured = missingBytes == 0 && (end == .finished || end == .reset)
    transactions.finish(isEndCaptured: isEndCaptured)
    if !flow.sawHandshake { note("its beginning was not captured") }
    if missingBytes > 0 { note("\(missingBytes) bytes were not captured") }
    switch end {
    case .captureEnded: note("the capture ended before the connection did")
    case .evicted: note("set aside after a long silence or for want of room")
    case .replaced: note("its end was not captured")
    case .finished, .reset: break
    }
    facts.user = facts.user ?? identities.firstUser
    facts.application = identities.applications.isEmpty ? nil : identities.applications.joined(separator: ", ")
    return SessionDraft(
      id: id, parent: parent, protocolName: protocolName, client: flow.client.description,
      server: facts.upstream ?? flow.serverName ?? flow.server.description, facts: facts, startedAt: flow.openedAt,
      endedAt: max(endedAt, flow.openedAt),
      actionCount: actionCount, changeCount: changeCount, bytesIn: bytesIn, bytesOut: bytesOut,
      incompleteReason: incompleteReason, origin: flow.origin)
  }
}
