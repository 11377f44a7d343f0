public import Model

/// A summary for the page of a job: the verdict first, then what somebody must look at. Never more than 64 KB.
public struct MarkdownReport: ReportFormat {
  public static let id = "markdown"
  public static let fileExtension = "md"
  /// Bytes of the rows of each table; together with what stands around them they are below 64,000.
  private static let (exceptionBytes, approvalBytes, missingBytes, sourceBytes) = (34_000, 8000, 6000, 6000)

  public init() {}

  public func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws {
    let survey = try CaseSurvey(reading, verdict: verdict)
    var page = MarkdownPage()
    let sign =
      switch verdict.overall {
      case .clean: "✅"
      case .unapproved, .evidenceBroken: "❌"
      case .undecidable: "⚠️"
      }
    page.line("## \(sign) \(VerdictSection(survey: survey).headline)")
    page.line()
    page.line(Self.markdown(Story(survey: survey).prose))
    page.line()
    numbers(survey, &page)
    exceptions(survey, &page)
    approvals(verdict, &page)
    missing(survey, &page)
    sources(survey, &page)
    let file = ShellQuoting.word(survey.name + ".exhibit")
    page.line(
      "Case \(MarkdownText.code(survey.name)), policy \(MarkdownText.code(verdict.policyName)) "
        + "(\(MarkdownText.code(Figures.short(verdict.policySHA256)))), case digest `\(survey.digest)`. Times are UTC. "
        + "See more with \(MarkdownText.code("exhibit report --case \(file) --html report.html")).")
    try sink.append(Array(page.text.utf8))
  }

  private static func markdown(_ prose: Prose) -> String {
    var text = ""
    for piece in prose.pieces {
      let room = max(0, 3000 - text.utf8.count)
      switch piece {
      case .words(let words), .link(let words, _), .time(let words, _): text += MarkdownText.words(words, limit: room)
      case .code(let code): text += MarkdownText.code(code, limit: min(room, 200))
      case .strong(let words): text += "**\(MarkdownText.words(words, limit: room))**"
      }
    }
    return text
  }

  private func numbers(_ survey: CaseSurvey, _ page: inout MarkdownPage) {
    let total = survey.total
    var columns = ["sessions", "actions", "changes", "not approved", "undecidable", "gaps", "opaque sessions"]
    var row = [
      survey.sessions.count, total.actions, total.changes, total.refused, total.undecidable, survey.gaps.count,
      survey.opaqueSessions.count,
    ]
    if survey.prompts.isPresent {
      columns.insert("from no known prompt", at: 3)
      row.insert(survey.prompts.unexplained.count, at: 3)
    }
    page.line("| \(columns.joined(separator: " | ")) |")
    page.line("|\(columns.map { _ in " ---: |" }.joined())")
    page.line("| \(row.map { Figures.count($0) }.joined(separator: " | ")) |")
    page.line()
  }

  private func exceptions(_ survey: CaseSurvey, _ page: inout MarkdownPage) {
    let entries = survey.exceptions.entries.filter(\.isException)
    guard !entries.isEmpty else { return }
    page.line("### What somebody must look at")
    page.line()
    page.table(
      ["when", "who", "what", "why"], entries.lazy.map { row($0, survey) },
      of: entries.count + survey.exceptions.omittedCount, budget: Self.exceptionBytes
    ) { left in
      "And \(Figures.count(left)) more; `exhibit check` and the HTML report list them."
    }
  }

  private func row(_ entry: ExceptionBook.Entry, _ survey: CaseSurvey) -> [String] {
    let session = entry.sessionID.flatMap { survey.sessionIndex[$0] }.map { survey.sessions[$0] }
    var what = ""
    if let action = entry.action {
      what = MarkdownText.code(action.text.isEmpty ? action.verb : action.text, limit: 240)
      if entry.count > 1 { what += " and \(Figures.count(entry.count - 1)) more like it" }
      if action.isWithoutEffect { what += " (left no effect)" }
    }
    var reasons: [String] = []
    if let decision = entry.decision, !decision.isAcceptable {
      reasons.append("**\(Wording.outcome(decision.outcome))**: \(MarkdownText.words(decision.reason, limit: 300))")
    }
    for finding in entry.findings.prefix(4) where finding.rule != entry.decision?.rule {
      reasons.append("\(finding.severity.rawValue): \(MarkdownText.words(finding.title, limit: 160))")
    }
    let who = entry.action?.identity.user ?? session?.shortName
    return [
      entry.action.map { survey.clock.time($0.startedAt, fractionDigits: 0) } ?? "",
      who.map { MarkdownText.code($0, limit: 80) } ?? "", what, reasons.joined(separator: "<br>"),
    ]
  }

  private func approvals(_ verdict: Verdict, _ page: inout MarkdownPage) {
    let groups = ApprovalGroup.groups(of: verdict.approvals)
    guard !groups.isEmpty else { return }
    page.line("### Approvals")
    page.line()
    page.table(
      ["request", "by", "key", "what", "state", "changes"],
      groups.lazy.map { group in
        [
          MarkdownText.code(group.file, limit: 120), MarkdownText.code(group.approver ?? "unknown", limit: 120),
          MarkdownText.code(group.key ?? "", limit: 60), group.stance?.rawValue ?? "", group.state.rawValue,
          Figures.count(group.changeCount),
        ]
      }, of: groups.count, budget: Self.approvalBytes
    ) { left in "And \(Figures.count(left)) more." }
  }

  private func missing(_ survey: CaseSurvey, _ page: inout MarkdownPage) {
    let sentences = survey.verdict.approvalProblems.map { "not counted: " + $0 } + survey.verdict.incompleteness
    guard !sentences.isEmpty else { return }
    page.line("### Not seen")
    page.line()
    page.list(sentences.map { MarkdownText.words($0) }, budget: Self.missingBytes)
  }

  private func sources(_ survey: CaseSurvey, _ page: inout MarkdownPage) {
    guard !survey.sources.isEmpty else { return }
    page.line("### Evidence")
    page.line()
    page.table(
      ["source", "SHA-256", "packets", "state"],
      survey.sources.lazy.map { source in
        [
          MarkdownText.code(source.path, limit: 160), MarkdownText.code(source.sha256, limit: 64),
          Figures.count(source.packetCount),
          MarkdownText.words(source.integrity, limit: 40) + (source.isComplete ? "" : ", cut or damaged"),
        ]
      }, of: survey.sources.count, budget: Self.sourceBytes
    ) { left in "And \(Figures.count(left)) more." }
  }
}
