public import Model

/// One row for each change: what ran, what the policy says, who approved it, which prompt it goes back to.
public struct CSVReport: ReportFormat {
  public static let id = "csv"
  public static let fileExtension = "csv"
  /// Bytes of a prompt's text that are kept; the rest is in the JSON report.
  private static let promptBytes = 2000

  static let columns = [
    "change", "at", "session", "protocol", "client", "server", "target", "user", "human", "agent", "application",
    "kind",
    "verb", "effect", "text", "parameters", "resources", "rows", "status", "code", "transaction", "left_no_effect",
    "decision", "rule", "reason", "approvers", "approval_states", "approval_keys", "approval_files",
    "approval_sha256", "approved_at", "prompt", "prompt_text", "prompt_human", "prompt_agent", "attribution_method",
    "attribution_confidence", "attribution_ambiguous", "source", "source_sha256", "packet",
  ]

  public init() {}

  private struct Asked {
    let text: String
    let human: String?
    let agent: String?
  }

  public func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws {
    let sessions = Dictionary(try reading.sessions().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let sources = Dictionary(try reading.sources().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let marks = try reading.attributionMarks() ?? [:]
    var prompts: [String: Asked] = [:]
    if !marks.isEmpty {
      try reading.forEachPrompt { prompt in
        let excerpt = Excerpt(prompt.text, limit: Self.promptBytes)
        prompts[prompt.id] = Asked(
          text: String(excerpt.text) + (excerpt.isCut ? "…" : ""), human: prompt.human, agent: prompt.agent)
      }
    }
    let approvals = Dictionary(grouping: verdict.approvals.filter { $0.actionID != nil }) { $0.actionID ?? "" }
    var row = CSVRow()
    for column in Self.columns { row.text(column) }
    row.end()
    try sink.append(row.take())
    try reading.forEachAction(session: nil) { action in
      guard let decision = verdict.decisions[action.id] else { return }
      let session = sessions[action.sessionID]
      put(action, session, &row)
      row.text(decision.outcome.rawValue)
      row.text(decision.rule)
      row.text(decision.reason)
      put(approvals[action.id] ?? [], &row)
      let mark = marks[action.id]?.first
      put(mark, mark?.promptID.flatMap { prompts[$0] }, &row)
      row.text(action.sourceID)
      row.text(action.sourceID.flatMap { sources[$0]?.sha256 })
      row.number(action.packet)
      row.end()
      if row.bytes.count > 1 << 16 { try sink.append(row.take()) }
    }
    try sink.append(row.take())
  }

  private func put(_ action: Action, _ session: Session?, _ row: inout CSVRow) {
    row.text(action.id)
    row.text(action.startedAt.description)
    row.text(action.sessionID)
    row.text(session?.protocolName)
    row.text(session?.client)
    row.text(session?.server)
    row.text(action.identity.target ?? session?.target)
    row.text(action.identity.user ?? session?.user)
    row.text(session?.human)
    row.text(session?.agent)
    row.text(action.identity.application ?? session?.application)
    row.text(action.kind)
    row.text(action.verb)
    row.text(action.effect.rawValue)
    row.text(action.text)
    row.text(action.parameters)
    row.text(list: action.resources.prefix(200).map(\.description))
    row.number(action.rowCount)
    row.text(action.status.rawValue)
    row.text(action.code)
    row.text(action.transaction?.rawValue)
    row.truth(action.isWithoutEffect)
  }

  private func put(_ approvals: [Approval], _ row: inout CSVRow) {
    row.text(list: approvals.map { $0.approver ?? "unknown" })
    row.text(list: approvals.map { "\($0.stance?.rawValue ?? "unknown") \($0.state.rawValue)" })
    row.text(list: approvals.map { $0.key ?? "unknown" })
    row.text(list: approvals.map(\.file))
    row.text(list: approvals.map(\.fileSHA256))
    row.text(list: approvals.map { $0.decidedAt?.description ?? "unknown" })
  }

  private func put(_ mark: AttributionMark?, _ prompt: Asked?, _ row: inout CSVRow) {
    row.text(mark?.promptID)
    row.text(prompt?.text)
    row.text(prompt?.human)
    row.text(prompt?.agent)
    row.text(mark?.method.rawValue)
    row.number(mark?.confidence)
    row.truth(mark?.isAmbiguous)
  }
}
