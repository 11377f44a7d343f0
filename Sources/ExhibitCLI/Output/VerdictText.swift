import Model
import Replay
import Store

/// A verdict in the terminal: one sentence first, then every change that is not acceptable.
struct VerdictText {
  /// Changes that are printed one by one.
  static let limit = 50

  let verdict: Verdict
  let reading: CaseFile

  func print(quiet: Bool) throws {
    let bad = verdict.decisions.values.filter { !$0.isAcceptable }
    line(headline(bad: bad.count))
    guard !quiet else { return }
    var shown = 0
    var filter = ActionFilter()
    filter.changesOnly = true
    try reading.forEachAction(filter) { action in
      guard let decision = verdict.decisions[action.id], !decision.isAcceptable else { return }
      shown += 1
      guard shown <= VerdictText.limit else { return }
      let undone = action.hasNoLastingEffect ? "  (left no effect: \(action.transaction?.rawValue ?? "failed"))" : ""
      line("")
      line("  \(action.startedAt.clock())  \(action.id)  \(decision.outcome.rawValue)\(undone)")
      line("  \(TerminalText.truncated(TerminalText.oneLine(action.text), width: 110))")
      line("  rule \(decision.rule): \(TerminalText.oneLine(decision.reason))")
    }
    if shown > VerdictText.limit {
      line(
        "\n  and \(Quantity.count(shown - VerdictText.limit)) more: exhibit actions --changes --case \(reading.path)")
    }
    printApproved()
    printOtherFindings()
    if !verdict.incompleteness.isEmpty || !verdict.approvalProblems.isEmpty { line("") }
    for problem in verdict.approvalProblems { line("  not counted: \(TerminalText.oneLine(problem))") }
    for sentence in verdict.incompleteness { line("  not seen: \(TerminalText.oneLine(sentence))") }
    line("\n  policy \(verdict.policyName), sha256 \(verdict.policySHA256.prefix(16))…")
  }

  /// What people approved, by the file that they signed.
  private func printApproved() {
    let valid = verdict.approvals.filter { $0.actionID != nil && $0.state == .valid && $0.stance == .approve }
    guard !valid.isEmpty else { return }
    let byFile = Dictionary(grouping: valid) { $0.file }
    line("")
    for (file, rows) in byFile.sorted(by: { $0.key < $1.key }) {
      let approved = Set(rows.compactMap(\.actionID)).filter { verdict.decisions[$0]?.outcome == .approved }
      guard !approved.isEmpty else { continue }
      let who = Set(rows.compactMap(\.approver)).sorted().joined(separator: ", ")
      line(
        "  approved: \(Quantity.of(approved.count, "change")) by \(TerminalText.oneLine(who)) in \(TerminalText.oneLine(file))"
      )
    }
  }

  /// Findings that are not the policy's word on a change, the gravest first.
  private func printOtherFindings() {
    let others = verdict.findings.filter { finding in
      guard let decision = finding.actionID.flatMap({ verdict.decisions[$0] }) else { return true }
      // Why an approval does not count is told with the change itself.
      return decision.rule != finding.rule && (decision.isAcceptable || !finding.rule.hasPrefix("approval-"))
    }.sorted { ($1.severity, $0.actionID ?? "", $0.id) < ($0.severity, $1.actionID ?? "", $1.id) }
    guard !others.isEmpty else { return }
    line("\n  \(Quantity.of(others.count, "other finding"))")
    for finding in others.prefix(VerdictText.limit) {
      line("")
      line("  \(finding.actionID ?? finding.sessionID ?? "")  \(finding.severity.rawValue)  \(finding.rule)")
      line("  \(TerminalText.oneLine(finding.title)): \(TerminalText.oneLine(finding.detail))")
    }
    if others.count > VerdictText.limit {
      line("\n  and \(Quantity.count(others.count - VerdictText.limit)) more: see the report")
    }
  }

  private func headline(bad: Int) -> String {
    let changes = verdict.decisions.count
    switch verdict.overall {
    case .clean where changes == 0: return "clean: nothing was changed"
    case .clean: return "clean: all \(Quantity.of(changes, "change")) were allowed or approved"
    case .unapproved:
      return "\(Quantity.count(bad)) of \(Quantity.of(changes, "change")) \(bad == 1 ? "was" : "were") not approved"
    case .evidenceBroken: return "the evidence does not verify"
    case .undecidable: return "cannot judge: the evidence does not let the policy decide"
    }
  }

  private func line(_ text: String) { StandardOutput.write(text + "\n") }
}
