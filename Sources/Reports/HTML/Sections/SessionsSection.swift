import Model

/// Each session as a transcript.
struct SessionsSection {
  let survey: CaseSurvey
  let reading: any CaseReading
  let limits: HTMLReport.Limits

  /// Rows of the list of sessions.
  private static let listed = 1000

  func write(to html: inout HTMLWriter<some ReportSink>) throws {
    try html.section(HTMLAnchor("sessions"), "Sessions") { html in
      guard !survey.sessions.isEmpty else {
        html.element("p", .class("calm"), text: "No session could be rebuilt from this evidence.")
        return
      }
      writeExplorer(to: &html)
      writeList(to: &html)
      let plan = TranscriptPlan(survey: survey, limits: limits)
      var budget = PreviewBudget(
        bytesInAll: min(limits.previewBytesInAll, 1 << 20), bytesEach: min(limits.previewBytes, 1200),
        commitsInAll: limits.commitBytesInAll / 4, commitBytes: limits.commitBytes / 4)
      for index in plan.shown {
        try Transcript(
          survey: survey, reading: reading, session: index, rowLimit: plan.rowLimit(index), isWhole: plan.isWhole
        ).write(to: &html, budget: &budget)
        try html.checkpoint()
      }
      let left = survey.sessions.count - plan.shown.count
      if left > 0 {
        html.element(
          "p", .class("cut"),
          prose: """
            \(Figures.count(left, "session")) have no transcript without a script, because they change nothing or come \
            after the first \(Figures.count(limits.transcripts)). With scripts the list of actions has them; so has \
            \(code: "exhibit actions --case \(ShellQuoting.word(survey.name + ".exhibit"))").
            """)
      }
    }
  }

  /// The script fills this: filter, search and a list of all actions.
  private func writeExplorer(to html: inout HTMLWriter<some ReportSink>) {
    html.markup(
      """
      <div id="explorer" class="card" hidden><div class="controls" role="search" aria-label="Filter and search actions">\
      <label class="grow">Search everything <input type="search" id="query" autocomplete="off" spellcheck="false"></label>\
      <label>Effect <select id="by-effect"></select></label><label>Outcome <select id="by-status"></select></label>\
      <label>Decision <select id="by-outcome"></select></label><label>Session <select id="by-session"></select></label>
      """)
    if survey.prompts.isPresent { html.markup("<label>Prompt <select id=\"by-prompt\"></select></label>") }
    html.markup(
      """
      <button type="button" id="clear">Clear</button></div><p id="found" role="status" aria-live="polite"></p>\
      <div id="results"></div></div>
      """)
  }

  private func writeList(to html: inout HTMLWriter<some ReportSink>) {
    guard survey.sessions.count > 1 else { return }
    html.table(
      "list card", caption: "All sessions in order of time",
      columns: [
        "Session", "From", "Began", .number("Lasted"), .number("Actions"), .number("Changes"), .number("Not approved"),
        .number("Failed"), .number("Bytes"), "Complete",
      ]
    ) { html in
      for (index, session) in survey.sessions.prefix(Self.listed).enumerated() { writeRow(index, session, to: &html) }
    }
    let left = survey.sessions.count - Self.listed
    if left > 0 { html.element("p", .class("cut"), text: "\(Figures.count(left)) more are in the case file.") }
  }

  private func writeRow(_ index: Int, _ session: Session, to html: inout HTMLWriter<some ReportSink>) {
    let tally = survey.tallies[index]
    html.element("tr") { html in
      html.element("th", HTMLAttribute("scope", "row"), .class("depth-\(min(4, survey.depths[index]))")) { html in
        html.element("a", .link(.session(session.id)), text: session.shortName)
        html.element(
          "div", .class("soft"),
          text: [session.protocolName, session.application].compactMap(\.self).joined(separator: ", "))
      }
      html.element("td", text: session.client)
      html.element("td") { html in html.time(session.startedAt, survey.clock) }
      html.number(Figures.span(nanoseconds: max(0, session.endedAt.nanoseconds(since: session.startedAt))))
      html.number(tally.actions)
      html.number(tally.changes)
      html.element("td", .class(tally.refused > 0 ? "n bad" : "n"), text: Figures.count(tally.refused))
      html.number(tally.errors)
      html.number(Figures.bytes(session.byteCount))
      html.element("td") { html in
        if session.isOpaque {
          html.element("span", .class("word warn"), text: "opaque")
        } else if session.isComplete {
          html.text("yes")
        } else {
          html.element("span", .class("word warn"), text: "no")
          if let reason = session.reason { html.element("div", .class("soft"), text: reason) }
        }
      }
    }
  }
}

/// Which transcripts the page holds without a script, and how long each may be.
struct TranscriptPlan {
  /// Indexes of sessions, in order.
  let shown: [Int]
  /// Every action has its row.
  let isWhole: Bool
  private let share: Int

  init(survey: CaseSurvey, limits: HTMLReport.Limits) {
    let all = survey.sessions.indices
    isWhole = survey.total.actions <= limits.transcriptRows && survey.sessions.count <= limits.transcripts
    guard survey.sessions.count > limits.transcripts else {
      shown = Array(all)
      share = Self.share(all.map { survey.tallies[$0].notable }, rows: limits.transcriptRows)
      return
    }
    // What changed something or failed comes first, then what was long.
    let ranked = all.sorted {
      let (one, two) = (survey.tallies[$0], survey.tallies[$1])
      return (two.unaccepted, two.notable, two.actions, $0) < (one.unaccepted, one.notable, one.actions, $1)
    }
    let chosen = ranked.prefix(limits.transcripts).sorted()
    shown = chosen
    share = Self.share(chosen.map { survey.tallies[$0].notable }, rows: limits.transcriptRows)
  }

  /// The most rows that each session can have so that all fit: short ones give what they do not need to the long ones.
  private static func share(_ wanted: [Int], rows: Int) -> Int {
    var (low, high) = (1, max(1, rows))
    while low < high {
      let middle = (low + high + 1) / 2
      if wanted.reduce(0, { $0 + min($1, middle) }) <= rows { low = middle } else { high = middle - 1 }
    }
    return low
  }

  func rowLimit(_ session: Int) -> Int { isWhole ? .max : share }
}

/// What is left for previews.
struct PreviewBudget {
  private(set) var left: Int
  let bytesEach: Int
  /// Payloads that got no preview.
  private(set) var refusedCount = 0
  /// The same for commits, which are larger and fewer.
  private var commitsLeft: Int
  private let commitBytes: Int

  init(bytesInAll: Int, bytesEach: Int, commitsInAll: Int = 0, commitBytes: Int = 0) {
    left = bytesInAll
    self.bytesEach = bytesEach
    commitsLeft = commitsInAll
    self.commitBytes = commitBytes
  }

  /// Bytes that the commits of one push may take; without any, they are named but not shown.
  var commitRoom: Int { max(0, min(commitBytes, commitsLeft)) }

  mutating func spendOnCommits(_ cost: Int) { commitsLeft -= min(commitsLeft, cost) }

  /// Counts something for which there is no room.
  mutating func refuse() { refusedCount += 1 }

  mutating func spend(_ cost: Int) { left -= cost + 64 }
}
