import Bytes
import Model

/// What a gateway's decision and a person's word have in common, as the table `decision` keeps them.
struct VerdictRow {
  var kind: String
  var outcome = ""
  var rule: String?
  var reason: String?
  var subject: String?
  var people: [String] = []
  var key: String?
  var request: String?
  var seenAt: Timestamp?

  init(_ event: GatewayEvent) {
    kind = event.type
    switch event {
    case .decision(let decision):
      outcome = decision.outcome.rawValue
      rule = decision.rule
      reason = decision.reason
      subject = decision.subject?.hex
      people = decision.people
      request = decision.signing?.request.hex
    case .approval(let approval):
      outcome = approval.stance.rawValue
      reason = approval.reason
      subject = approval.subject.hex
      people = approval.approver.map { [$0] } ?? []
      key = approval.key
      request = approval.request?.hex
      seenAt = approval.seenAt
    case .opening, .mask, .context, .agent, .closing, .heartbeat, .lost, .other: break
    }
  }
}
