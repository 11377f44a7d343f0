import Bytes
import Model
import Policy

/// What becomes of a request, all its actions together.
enum RequestVerdict {
  /// It goes on; the decision is for the recording, nil where none is recorded.
  case forward(GatewayDecision?, [ApprovalUse], [ApprovalVoice])
  case refuse(Refusal)
  case hold(rule: String, reason: String)

  struct Refusal {
    var rule: String
    var reason: String
    /// An approval would let it pass.
    var isUnapproved: Bool
    var voices: [ApprovalVoice] = []

    /// What whoever is refused can do.
    var hint: String {
      isUnapproved
        ? "Ask for it: exhibit plan writes down what to approve, exhibit approve signs it; put both into the gateway's folder of approvals and run this again."
        : "A policy forbids it. Whoever keeps the policy can say what is allowed instead."
    }
  }
}

extension GatewayCore {
  /// Judges a request by what the policy said of its actions and by the approvals: one that is refused refuses all.
  ///
  /// `offset`: bytes of the client before it.
  /// `obstacle`: why it cannot be held against an approval; nil when it can.
  func verdict(
    _ judged: [JudgedAction], in session: Session, before: StandingApprovals.Before, offset: UInt64,
    obstacle: @autoclosure () -> String?
  ) -> RequestVerdict {
    func decision(_ outcome: GatewayDecision.Outcome, rule: String, _ reason: String) -> GatewayDecision {
      GatewayDecision(offset: offset, outcome: outcome, rule: rule, reason: reason)
    }
    func refusal(_ decision: Decision, _ more: String = "") -> RequestVerdict.Refusal {
      RequestVerdict.Refusal(
        rule: decision.rule, reason: decision.reason + more, isUnapproved: decision.outcome == .unapproved)
    }
    if let denied = judged.first(where: { $0.decision.outcome == .denied || $0.decision.outcome == .undecidable }) {
      return .refuse(refusal(denied.decision))
    }
    guard let wanting = judged.first(where: { $0.decision.outcome == .unapproved }) else {
      approvals?.pass(judged)
      let change = judged.first { $0.action.isChange }
      return .forward(change.map { decision(.allowed, rule: $0.decision.rule, $0.decision.reason) }, [], [])
    }
    if let obstacle = obstacle() { return .refuse(refusal(wanting.decision, "; \(obstacle)")) }
    guard let desk = approvals else { return .refuse(refusal(wanting.decision)) }
    let answer = desk.ask(judged, in: session, before: before)
    let reason = answer.reason ?? wanting.decision.reason
    if answer.isApproved {
      return .forward(decision(.approved, rule: wanting.decision.rule, reason), answer.uses, answer.voices)
    }
    if answer.isFinal || limits.holdSeconds == 0 {
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

  /// Lays out what people have to sign, for a session that waits so many seconds.
  func post(
    _ judged: [JudgedAction], in session: Session, before: StandingApprovals.Before, requestedBy: String,
    number: UInt64, seconds: Int64
  ) -> HeldRequest.Posted? {
    let wanting = judged.filter { $0.decision.outcome == .unapproved }
    let bodies = wanting.compactMap { one in one.bodySHA256.map { (one.action.id, $0) } }
    // The last second of the hold is used up by its end.
    let end = now().adding(seconds: seconds + 1)
    guard
      let request = StandingApprovals.request(
        for: wanting.map(\.action), in: session, before: before,
        bodies: Dictionary(bodies, uniquingKeysWith: { first, _ in first }), requestedBy: requestedBy, useBy: end),
      let change = request.changes.last, let file = approvals?.post(request, name: "\(session.id)-\(number)")
    else {
      log.write(.warning, "what is held could not be laid out for signing", ["session": session.id])
      return nil
    }
    return HeldRequest.Posted(file: file, text: request.text, subject: request.subject(of: change))
  }

  /// A decision with the word of each who had a say in it, as events in their order.
  func events(of decision: GatewayDecision, _ voices: [ApprovalVoice]) -> [GatewayEvent] {
    var decision = decision
    decision.add(voices)
    let said = voices.compactMap { voice in
      GatewayApproval(voice, offset: decision.offset, reason: approvals?.reason(of: voice))
    }
    return said.map { .approval($0) } + [.decision(decision)]
  }
}
