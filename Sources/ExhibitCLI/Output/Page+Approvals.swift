import Model
import Replay
import Store

extension Page {
  /// Who approved an action, or tried to: as a gateway in its path saw it, and as the last check weighed it.
  mutating func addApprovals(of action: Action, in file: CaseFile) throws {
    try addDecisions(of: action, in: file)
    let approvals = try file.approvals(of: action.id)
    if approvals.isEmpty, try file.verdicts(of: action.id).allSatisfy({ $0.people.isEmpty }) {
      return add("approval", "none on record")
    }
    for approval in approvals {
      let who = approval.approver ?? "a key that is nobody's"
      let when = approval.decidedAt.map { ", no later than \($0.formatted(fractionDigits: 0))" } ?? ""
      let reason = approval.reason.isEmpty ? "" : "\n\(TerminalText.oneLine(approval.reason))"
      add(
        "approval",
        "\(approval.state.rawValue): \(approval.stance?.rawValue ?? "signed for something else") by \(who)\(when)\(reason)\n\(approval.file)  \(approval.key ?? "")"
      )
    }
  }
}
