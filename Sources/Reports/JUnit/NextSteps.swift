import Model

/// The commands to run next after a change that is not acceptable.
struct NextSteps {
  private let file: String
  /// Of changes that have some: the states of their approvals, and the requests that more people may sign.
  private var approvals: [String: [Approval]] = [:]

  init(caseName: String, verdict: Verdict) {
    file = ShellQuoting.word(caseName + ".exhibit")
    for approval in verdict.approvals {
      if let action = approval.actionID { approvals[action, default: []].append(approval) }
    }
  }

  func lines(_ action: Action, _ session: Session?, _ decision: Decision) -> [String] {
    let id = ShellQuoting.value(action.id)
    let given = approvals[action.id] ?? []
    var lines = given.prefix(20).map { approval in
      "approval  \(approval.state.rawValue): \(approval.stance?.rawValue ?? "signed") by "
        + "\(approval.approver ?? approval.key ?? "unknown") in \(approval.file)"
    }
    lines.append("next      exhibit show \(id) --case \(file)")
    lines.append("          exhibit why \(id) --case \(file)")
    guard decision.outcome == .unapproved else { return lines }
    // What lacks people only can still be signed by them; everything else needs a request of its own.
    if let open = given.first(where: { $0.state == .incomplete }) {
      lines.append("          exhibit approve \(ShellQuoting.word(open.file)) --key KEY")
    } else if let session {
      lines.append(
        "          exhibit plan --case \(file) --session \(ShellQuoting.value(session.id)) --server "
          + "\(ShellQuoting.value(session.server)) --title TITLE --requested-by YOU --use-by TIME --output "
          + "NAME.approval"
      )
    }
    return lines
  }
}
