import Bytes
import Model

/// What one look over all actions of a case gives: every number and every list of the page but the transcripts.
struct CaseSurvey {
  let name: String
  let verdict: Verdict
  let sources: [Source]
  /// By time, children after their parents.
  let sessions: [Session]
  let depths: [Int]
  let sessionIndex: [String: Int]
  let sourceIndex: [String: Int]
  let anomalies: [StoredAnomaly]
  let gaps: [StoredGap]
  let serverLogs: [ServerLog]
  /// Sessions that only servers' logs tell of.
  let serverSessions: [String: RecordOutcome]
  let first: Timestamp
  let last: Timestamp
  let clock: CaseClock
  /// The same for prompts, which may be of other days.
  let promptClock: CaseClock
  /// SHA-256 over the sorted digests of the sources, one a line.
  let digest: String

  private(set) var total = Tally()
  private(set) var tallies: [Tally]
  private(set) var exceptions: ExceptionBook
  private(set) var columns = ColumnHistory()
  private(set) var dataSeen = DataSeen()
  private(set) var timeline: TimelineBins
  private(set) var typed = TypedCommands()
  private(set) var files = FileMoves()
  private(set) var prompts: PromptBook
  /// Sessions that were carried inside another, by the other's index.
  let carried: [Int: [Int]]
  /// What the sessions did that lasts, and what they only tried, in the order of time.
  private(set) var deeds: [Int: Deeds] = [:]

  init(_ reading: any CaseReading, verdict: Verdict, limits: HTMLReport.Limits = HTMLReport.Limits()) throws {
    name = reading.name
    self.verdict = verdict
    sources = try reading.sources()
    sourceIndex = Dictionary(sources.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let family = SessionFamily(try reading.sessions())
    sessions = family.sessions
    depths = family.depths
    sessionIndex = Dictionary(sessions.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let index = sessionIndex
    var carried: [Int: [Int]] = [:]
    for (place, session) in sessions.enumerated() {
      guard let name = session.parentID, let parent = index[name], parent != place else { continue }
      carried[parent, default: []].append(place)
    }
    self.carried = carried
    anomalies = try reading.anomalies()
    gaps = try reading.gaps()
    serverLogs = try reading.serverLogs()
    serverSessions = try reading.serverSessions()
    let starts = sessions.map(\.startedAt) + sources.compactMap(\.firstAt)
    let ends = sessions.map { max($0.startedAt, $0.endedAt) } + sources.compactMap(\.lastAt)
    first = starts.min() ?? .epoch
    last = max(first, ends.max() ?? .epoch)
    let prompts = try PromptBook(reading)
    self.prompts = prompts
    clock = CaseClock(first: first, last: last)
    let told = prompts.span
    promptClock = CaseClock(first: min(first, told?.first ?? first), last: max(last, told?.last ?? last))
    let digests = Set(sources.map(\.sha256)).sorted()
    digest = SHA256.digest(of: digests.map { $0 + "\n" }.joined()).hex
    tallies = [Tally](repeating: Tally(), count: sessions.count)
    exceptions = ExceptionBook(verdict: verdict)
    timeline = TimelineBins(
      lanes: TimelineLanes(sessions: sessions, depths: depths, gaps: gaps),
      scale: TimeScale(sessions: sessions, first: first, last: last, others: prompts.causes))
    try reading.forEachAction(session: nil) { take($0, fileLimit: limits.files) }
    exceptions.close(sessions: sessions)
    self.prompts.close(limits: limits)
  }

  private mutating func take(_ action: Action, fileLimit: Int) {
    let decision = action.isChange ? verdict.decisions[action.id] : nil
    total.count(action, decision)
    exceptions.take(action, decision, prompt: prompts.prompt(of: action.id))
    typed.take(action)
    let known = sessionIndex[action.sessionID]
    prompts.take(action, decision, session: known, known.map { sessions[$0] })
    guard let session = known else { return }
    tallies[session].count(action, decision)
    columns.take(action, session: session)
    dataSeen.take(action, session: session)
    files.take(
      action, session: session, of: sessions[session].fileHost, outcome: decision?.outcome, limit: fileLimit)
    timeline.take(action, session: session, outcome: decision?.outcome)
    if action.isChange { deeds[session, default: Deeds()].take(action, decision) }
  }

  /// Changes that the policy does not accept.
  var unacceptedCount: Int { total.unapproved + total.denied + total.undecidable }

  var opaqueSessions: [Session] { sessions.filter(\.isOpaque) }
  var missingByteCount: UInt64 { gaps.reduce(0) { $0.addingReportingOverflow($1.byteCount).partialValue } }
  var protocols: [String] { Set(sessions.map(\.protocolName)).sorted() }

  /// Everything that the captures were asked to show is there.
  var isComplete: Bool {
    gaps.isEmpty && opaqueSessions.isEmpty && verdict.incompleteness.isEmpty && sources.allSatisfy(\.isComplete)
      && sessions.allSatisfy(\.isComplete) && total.incomplete == 0
  }
}
