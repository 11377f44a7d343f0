import Model

/// Everything of a case that controls ask for, by one walk over its actions.
struct CaseFacts {
  /// Actions named beside a fact.
  static let namedLimit = 6

  /// A count with its first few actions.
  struct Count {
    private(set) var count = 0
    private(set) var ids: [String] = []

    mutating func add(_ id: String) {
      count += 1
      if ids.count < CaseFacts.namedLimit { ids.append(id) }
    }
  }

  let sources: [Source]
  let sessions: [Session]
  let verdict: Verdict
  let gaps: [StoredGap]
  let conversations: [StoredConversation]
  let hasTranscripts: Bool
  let first: Timestamp?
  let last: Timestamp?
  /// Why the evidence is not complete, a sentence each.
  private(set) var gapsInEvidence: [String] = []

  private(set) var actions = Count()
  private(set) var changes = Count()
  private(set) var allowed = Count()
  private(set) var approved = Count()
  private(set) var refused = Count()
  private(set) var undecidable = Count()
  /// Changes that nothing judged.
  private(set) var unjudged = Count()
  private(set) var anonymous = Count()
  private(set) var logins = Count()
  private(set) var failedLogins = Count()
  private(set) var privileged = Count()
  private(set) var privilegedRefused = Count()
  private(set) var grants = Count()
  private(set) var objects = Count()
  private(set) var reads = Count()
  private(set) var refusedReads = Count()
  private(set) var withoutOutcome = Count()
  private(set) var withoutPlace = Count()
  private(set) var traced = Count()
  private(set) var untraced = Count()
  private(set) var untracedRefused = Count()
  private(set) var rowsRead = 0
  private(set) var users: Set<String> = []
  private var marks: [String: [AttributionMark]] = [:]

  /// Users told apart; of more, the number is a lower bound.
  static let userLimit = 100_000

  init(_ reading: any CaseReading, verdict: Verdict) throws {
    self.verdict = verdict
    sources = try reading.sources()
    sessions = try reading.sessions()
    gaps = try reading.gaps()
    conversations = try reading.conversations()
    let found = try reading.attributionMarks()
    hasTranscripts = found != nil
    marks = found ?? [:]
    first = (sessions.map(\.startedAt) + sources.compactMap(\.firstAt)).min()
    last = (sessions.map { max($0.startedAt, $0.endedAt) } + sources.compactMap(\.lastAt)).max()
    let byID = Dictionary(sessions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    try reading.forEachAction(session: nil) { take($0, byID[$0.sessionID]) }
    marks = [:]
    gapsInEvidence = incompleteness()
  }

  private mutating func take(_ action: Action, _ session: Session?) {
    actions.add(action.id)
    let user = action.identity.user ?? session?.user ?? session?.agent ?? session?.human
    if let user { if users.count < Self.userLimit { users.insert(user) } } else { anonymous.add(action.id) }
    if action.status == .incomplete { withoutOutcome.add(action.id) }
    if action.sourceID == nil || action.packet ?? 0 == 0 { withoutPlace.add(action.id) }
    let decision = verdict.decisions[action.id]
    if action.kind == "login" {
      logins.add(action.id)
      if action.status == .error || action.status == .denied { failedLogins.add(action.id) }
    }
    if action.effect == .read {
      reads.add(action.id)
      rowsRead = rowsRead.addingReportingOverflow(action.rowCount ?? 0).partialValue
      if let decision, !decision.isAcceptable { refusedReads.add(action.id) }
    }
    guard action.isChange else { return }
    takeChange(action, decision)
  }

  private mutating func takeChange(_ action: Action, _ decision: Decision?) {
    changes.add(action.id)
    switch decision?.outcome {
    case .allowed: allowed.add(action.id)
    case .approved: approved.add(action.id)
    case .unapproved, .denied: refused.add(action.id)
    case .undecidable: undecidable.add(action.id)
    case nil: unjudged.add(action.id)
    }
    let isRefused = decision.map { $0.outcome == .unapproved || $0.outcome == .denied } ?? false
    if [.schema, .privilege, .execute].contains(action.effect) {
      privileged.add(action.id)
      if isRefused { privilegedRefused.add(action.id) }
    }
    if action.effect == .privilege { grants.add(action.id) }
    if action.effect == .schema { objects.add(action.id) }
    if let mark = marks[action.id]?.first, !mark.isAmbiguous, mark.promptID != nil {
      traced.add(action.id)
    } else {
      untraced.add(action.id)
      if isRefused { untracedRefused.add(action.id) }
    }
  }

  private func incompleteness() -> [String] {
    var sentences: [String] = []
    if sources.isEmpty { sentences.append("The case holds no source.") }
    if sessions.isEmpty { sentences.append("The case holds no session.") }
    let cut = sources.count { !$0.isComplete }
    if cut > 0 { sentences.append("\(Figures.count(cut, "source")) \(cut == 1 ? "is" : "are") cut or damaged.") }
    if !gaps.isEmpty {
      let bytes = gaps.reduce(UInt64(0)) { $0.addingReportingOverflow($1.byteCount).partialValue }
      sentences.append("\(Figures.count(gaps.count, "gap")) of \(Figures.bytes(bytes)) in all were not captured.")
    }
    let opaque = sessions.filter(\.isOpaque)
    if !opaque.isEmpty {
      let bytes = opaque.reduce(UInt64(0)) { $0.addingReportingOverflow($1.byteCount).partialValue }
      sentences.append(
        "\(Figures.count(opaque.count, "session")) of \(Figures.bytes(bytes)) could not be looked into.")
    }
    let partial = sessions.count { !$0.isComplete && !$0.isOpaque }
    if partial > 0 {
      sentences.append("\(Figures.count(partial, "session")) \(partial == 1 ? "is" : "are") not complete.")
    }
    if withoutOutcome.count > 0 {
      sentences.append("The outcome of \(Figures.count(withoutOutcome.count, "action")) was not captured.")
    }
    if sentences.isEmpty { sentences = Array(verdict.incompleteness.prefix(20)) }
    return sentences
  }
}
