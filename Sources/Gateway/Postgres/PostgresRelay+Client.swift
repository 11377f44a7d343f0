import Bytes
import Model
import NIOCore
import Parsers
import Policy

/// What the client sends.
extension PostgresRelay {
  private enum Kind {
    static let query = UInt8(ascii: "Q")
    static let functionCall = UInt8(ascii: "F")
    static let parse = UInt8(ascii: "P")
    static let terminate = UInt8(ascii: "X")
    static let bind = UInt8(ascii: "B")
    static let execute = UInt8(ascii: "E")
    static let describe = UInt8(ascii: "D")
    static let close = UInt8(ascii: "C")

    /// Whether the body of such a message decides.
    static func isJudged(_ type: UInt8) -> Bool {
      switch type {
      case query, parse, bind, execute, describe, close, functionCall: true
      default: false
      }
    }
  }

  /// Takes as many messages from the inbox as can go on.
  func processClient() {
    while !isOver, hold == nil, !isWaiting, toTarget.isWritable {
      if passing.left > 0 {
        guard passOn() else { break }
        continue
      }
      guard let frame = nextFrame() else { break }
      process(frame)
    }
    sendOn()
    if inbox.readableBytes == 0 { inbox = ByteBuffer() }
  }

  /// Passes on, or throws away, what is there of a long message; false when there is nothing.
  private func passOn() -> Bool {
    let count = min(passing.left, inbox.readableBytes)
    guard count > 0 else { return false }
    passing.left -= count
    if passing.isSent { forward(count) } else { inbox.moveReaderIndex(forwardBy: count) }
    return true
  }

  /// Lets bytes at the beginning of the inbox go on, in one piece with those before them where it can be.
  private func forward(_ count: Int) {
    if unsent.count > 0, unsent.gate !== clientGate || unsent.start + unsent.count != inbox.readerIndex { sendOn() }
    if unsent.count == 0 { unsent = (inbox.readerIndex, 0, clientGate) }
    unsent.count += count
    inbox.moveReaderIndex(forwardBy: count)
  }

  /// Sends what goes on and was not sent yet.
  func sendOn() {
    guard unsent.count > 0 else { return }
    let (start, count, gate) = unsent
    unsent = (0, 0, nil)
    let next = inbox.readerIndex
    inbox.moveReaderIndex(to: start)
    let slice = inbox.readSlice(length: count)
    inbox.moveReaderIndex(to: next)
    if let slice { toTarget.send(slice, after: gate) }
  }

  /// The message at the beginning of the inbox; nil when not enough of it is there.
  private func nextFrame() -> Frame? {
    guard let type = inbox.getInteger(at: inbox.readerIndex, as: UInt8.self),
      let length = inbox.getInteger(at: inbox.readerIndex + 1, as: UInt32.self)
    else { return nil }
    guard let limit = PostgresPipeline.clientLimit(type), (4...limit).contains(Int(length)) else {
      fail("the client sent no message of the protocol")
      return nil
    }
    let byteCount = Int(length) + 1
    let isJudged = Kind.isJudged(type)
    let heldCount = isJudged ? min(byteCount, PostgresPipeline.heldLength) : 5
    guard inbox.readableBytes >= heldCount else { return nil }
    // A long one grows in one piece.
    return Frame(type: type, byteCount: byteCount, heldCount: isJudged ? heldCount : byteCount)
  }

  private func body(_ frame: Frame) -> Range<Int> {
    Kind.isJudged(frame.type) ? 5..<frame.heldCount : 5..<5
  }

  private func process(_ frame: Frame) {
    let ask = pipeline.ask(
      frame.type, inbox.readableBytesUInt8Span.extracting(body(frame)), isWhole: frame.isWhole, readsValues: false)
    switch ask {
    case .pass:
      if frame.type == Kind.parse { note(parse: frame) }
      if frame.type == Kind.terminate { isLeaving = true }
      forward(frame, ticket: 0)
    case .skip: drop(frame)
    case .wait: isWaiting = true
    case .violation(let why): fail(why)
    case .statement(let statement): judge(statement, frame)
    }
  }

  /// What a Bind asks, with its values.
  private func withValues(_ statement: Statement, _ frame: Frame) -> Statement {
    guard frame.type == Kind.bind else { return statement }
    let (buffer, range) = (inbox, body(frame))
    let ask = pipeline.ask(frame.type, buffer.readableBytesUInt8Span.extracting(range), isWhole: frame.isWhole)
    return if case .statement(let whole) = ask { whole } else { statement }
  }

  /// A name that the client gives to a statement is one of SQL's too.
  private func note(parse frame: Frame) {
    let buffer = inbox
    let range = body(frame)
    let body = buffer.readableBytesUInt8Span.extracting(range)
    guard let end = body.firstIndex(of: 0) else { return }
    judge.note(naming: body.extracting(0..<end).string)
  }

  // MARK: Judging

  private func judge(_ statement: Statement, _ frame: Frame) {
    core.metrics.count(.statement)
    if let context = prompts?.next(statement.text, application: judge.session.application) {
      guard note(.context(GatewayContext(offset: offset, context: context))) else { return }
    }
    masking?.stream.note(statement: statement.text)
    let policy = core.policy
    if let precedent = judge.precedent(for: statement, by: policy) { return forward(frame, statement, precedent) }
    let statement = withValues(statement, frame)
    let judged = judge.judge(statement, by: policy.policy, at: core.now())
    switch verdict(judged, frame) {
    case .forward(let decision, let used, let voices):
      judge.remember(statement, judged, by: policy)
      forward(frame, judged, decision, used, voices)
    case .refuse(let refusal): refuse(frame, refusal)
    case .hold(let rule, let reason): hold(frame, judged, of: statement, rule: rule, reason: reason)
    }
  }

  enum Verdict {
    case forward(GatewayDecision?, [ApprovalUse], [ApprovalVoice])
    case refuse(Refusal)
    case hold(rule: String, reason: String)
  }

  struct Refusal {
    var outcome: GatewayDecision.Outcome
    var rule: String
    var reason: String
    var trouble: ClientAnswer.Trouble
    var voices: [ApprovalVoice] = []
  }

  /// What becomes of a request, all its statements together: one that is refused refuses all.
  func verdict(_ judged: [StatementJudge.Judged], _ frame: Frame) -> Verdict {
    if let denied = judged.first(where: { $0.decision.outcome == .denied || $0.decision.outcome == .undecidable }) {
      return .refuse(refusal(denied.decision))
    }
    guard let wanting = judged.first(where: { $0.decision.outcome == .unapproved }) else {
      core.approvals?.pass(judged)
      let change = judged.first { $0.action.isChange }
      return .forward(change.map { decision(.allowed, rule: $0.decision.rule, $0.decision.reason) }, [], [])
    }
    guard frame.isWhole, let desk = core.approvals else {
      let why = frame.isWhole ? "" : "; it is too long to be held against an approval"
      return .refuse(refusal(wanting.decision, why))
    }
    let answer = desk.ask(judged, in: judge.session, before: judge.before)
    let reason = answer.reason ?? wanting.decision.reason
    if answer.isApproved {
      return .forward(decision(.approved, rule: wanting.decision.rule, reason), answer.uses, answer.voices)
    }
    if answer.isFinal || core.limits.holdSeconds == 0 {
      let said = answer.voices.compactMap { desk.reason(of: $0) }.map { ": \($0)" }.joined()
      var refusal = refusal(wanting.decision, "; \(reason)\(said)")
      refusal.voices = answer.voices
      return .refuse(refusal)
    }
    let takesData = judged.contains { $0.decision.outcome == .unapproved && StandingApprovals.takesData($0.action) }
    return .hold(
      rule: wanting.decision.rule,
      reason: takesData ? reason + "; its data come after the approval, which covers any" : reason)
  }

  /// Bytes of the client before the message at the beginning of the inbox.
  private var offset: UInt64 { record.receivedCount &- UInt64(inbox.readableBytes) }

  func decision(_ outcome: GatewayDecision.Outcome, rule: String, _ reason: String) -> GatewayDecision {
    GatewayDecision(offset: offset, outcome: outcome, rule: rule, reason: reason)
  }

  private func refusal(_ decision: Decision, _ more: String = "") -> Refusal {
    let outcome: GatewayDecision.Outcome = .denied
    let hint =
      decision.outcome == .unapproved
      ? "Ask for it: exhibit plan writes down what to approve, exhibit approve signs it; put both into the gateway's folder of approvals and run this again."
      : "A policy forbids it. Whoever keeps the policy can say what is allowed instead."
    return Refusal(
      outcome: outcome, rule: decision.rule, reason: decision.reason + more,
      trouble: ClientAnswer.Trouble(
        code: "42501", message: "permission denied by policy: \(decision.reason + more)",
        detail: "rule: \(decision.rule)", hint: hint))
  }

  // MARK: Forwarding

  func forward(
    _ frame: Frame, _ judged: [StatementJudge.Judged], _ decision: GatewayDecision?, _ used: [ApprovalUse],
    _ voices: [ApprovalVoice]
  ) {
    if let decision {
      guard note(decision, voices) else { return }
      core.metrics.count(decision.outcome == .approved ? .approved : .allowedChange)
    }
    judge.forward(judged)
    for one in judged { follow(one.action) }
    lastTicket &+= 1
    // Of several statements some may have lasted though the request failed.
    if !used.isEmpty, judged.count == 1 { uses[lastTicket] = used }
    forward(frame, ticket: lastTicket)
  }

  /// Sends on what is like something that was: it asks for no approval, and means nothing for what comes behind it.
  private func forward(_ frame: Frame, _ statement: Statement, _ precedent: StatementJudge.Precedent) {
    core.approvals?.pass(sql: statement.text)
    if precedent.isChange {
      let given = precedent.decision
      guard note(.decision(decision(.allowed, rule: given.rule, given.reason))) else { return }
      core.metrics.count(.allowedChange)
    }
    judge.forward(precedent)
    lastTicket &+= 1
    forward(frame, ticket: lastTicket)
  }

  /// What a statement does to the names and the reading of those behind it.
  private func follow(_ action: Action) {
    switch action.verb {
    case "DEALLOCATE":
      let words = action.text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }
      let isPlain = action.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_; \n".contains($0)) }
      let name = words.last.map { $0.lowercased() }
      pipeline.forget(statement: isPlain && name != "all" ? name : nil)
    case "DISCARD": pipeline.forget(statement: nil)
    case "DECLARE CURSOR", "CLOSE CURSOR": pipeline.forgetPortals()
    default: break
    }
    let isAboutReading = action.resources.contains {
      $0.kind == "setting"
        && ["client_encoding", "names", "standard_conforming_strings", "backslash_quote", ""].contains(
          $0.name.lowercased())
    }
    if isAboutReading || action.effect == .unknown { pipeline.doubtReading() }
  }

  private func forward(_ frame: Frame, ticket: UInt64) {
    pipeline.requestOffset = offset
    pipeline.take(
      frame.type, inbox.readableBytesUInt8Span.extracting(body(frame)), isWhole: frame.isWhole, ticket: ticket)
    let count = min(frame.byteCount, inbox.readableBytes)
    passing = (frame.byteCount - count, true)
    forward(count)
  }

  func drop(_ frame: Frame) {
    let count = min(frame.byteCount, inbox.readableBytes)
    inbox.moveReaderIndex(forwardBy: count)
    passing = (frame.byteCount - count, false)
  }

  /// Sends in the place of a message what the server refuses in the same way.
  func refuse(_ frame: Frame, _ refusal: Refusal) {
    guard note(decision(refusal.outcome, rule: refusal.rule, refusal.reason), refusal.voices) else { return }
    core.metrics.count(.refused)
    core.log.write(
      .notice, "refused", ["session": id, "identity": token.name, "rule": refusal.rule, "reason": refusal.reason])
    lastTicket &+= 1
    refusals[lastTicket] = refusal.trouble
    let isCycle = frame.type == Kind.query || frame.type == Kind.functionCall
    pipeline.requestOffset = offset
    pipeline.take(
      isCycle ? Kind.query : Kind.bind, inbox.readableBytesUInt8Span.extracting(body(frame)),
      isWhole: frame.isWhole, ticket: lastTicket, isRefused: true)
    sendOn()
    drop(frame)
    toTarget.send(isCycle ? TargetRequest.refusedQuery : refusedBind, after: clientGate)
  }
}
