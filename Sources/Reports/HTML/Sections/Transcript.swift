import Model
import Replay

/// One session, action by action; runs of reads are one row where there are too many.
struct Transcript {
  let survey: CaseSurvey
  let reading: any CaseReading
  let session: Int
  let rowLimit: Int
  let isWhole: Bool

  /// Bytes of a statement in a row.
  private static let statementBytes = 2000
  /// Sessions inside it that are listed.
  private static let listedInside = 50
  /// Commands of one shell that stand in the page itself.
  private static let listedCommands = 300

  private var about: Session { survey.sessions[session] }
  private var tally: Tally { survey.tallies[session] }

  func write(to html: inout HTMLWriter<some ReportSink>, budget: inout PreviewBudget) throws {
    let isOpen = tally.unaccepted + tally.errors + tally.incomplete > 0 || survey.sessions.count <= 3
    try html.element(
      "details",
      [.class("session depth-\(min(4, survey.depths[session]))"), .id(.session(about.id))]
        + (isOpen ? [HTMLAttribute("open")] : [])
    ) { html in
      html.element("summary") { html in
        html.element("h3", text: about.shortName)
        html.element("span", .class("soft")) { html in
          html.text(
            Figures.count(tally.actions, "action") + ", " + Figures.count(tally.changes, "change")
              + (tally.refused > 0 ? ", " : ""))
          if tally.refused > 0 {
            html.element("span", .class("word bad"), text: "\(Figures.count(tally.refused)) not approved")
          }
          html.text(" · \(about.client)")
        }
      }
      writeFacts(to: &html)
      SessionFactList(try reading.facts(ofSession: about.id)).write(to: &html)
      writeCarried(to: &html)
      guard tally.actions > 0 else {
        html.element(
          "p", .class("calm"),
          text: about.isOpaque
            ? "Opaque: \(Figures.bytes(about.byteCount)) went over it; what they say could not be read."
            : "No request was seen.")
        return
      }
      try writeActions(to: &html, budget: &budget)
    }
    html.newline()
  }

  private func writeFacts(to html: inout HTMLWriter<some ReportSink>) {
    html.element("p", .class("facts")) { html in
      html.text(
        [about.protocolName, about.application.map { "application " + $0 }].compactMap(\.self).joined(separator: ", "))
      html.text(" · \(about.client) → \(about.server) · ")
      html.time(about.startedAt, survey.clock)
      html.text(", \(Figures.span(nanoseconds: max(0, about.endedAt.nanoseconds(since: about.startedAt))))")
      html.text(" · \(Figures.bytes(about.bytesIn)) sent, \(Figures.bytes(about.bytesOut)) received")
      if about.isEncrypted, about.isDecrypted {
        html.text(" · decrypted with a key log")
      } else if about.isEncrypted, about.protocolName == "ssh" {
        html.text(" · encrypted (ssh), \(Figures.count(about.byteCount, "byte")) not looked into")
      } else if about.isEncrypted || about.protocolName == "tls" {
        html.text(
          " · encrypted (\(about.protocolName == "tls" ? "tls" : "\(about.protocolName), then tls or gss")), "
            + "\(Figures.count(about.byteCount, "byte")) not looked into")
      }
      if let parent = about.parentID.flatMap({ survey.sessionIndex[$0] }) {
        html.write(" · inside \(survey.sessions[parent].shortName, to: .session(survey.sessions[parent].id))")
      }
      if let source = about.sourceID.flatMap({ survey.sourceIndex[$0] }) {
        html.write(" · \(EvidencePlace.fileName(survey.sources[source]), to: .source(survey.sources[source].id))")
      }
    }
    if !about.isComplete {
      html.element("p", .class("loud"), text: "Not complete: \(about.reason ?? "part of it was not captured").")
    }
  }

  /// The sessions that ran inside this one.
  private func writeCarried(to html: inout HTMLWriter<some ReportSink>) {
    guard let inside = survey.carried[session], !inside.isEmpty else { return }
    html.element("div", .class("carried")) { html in
      html.element("p", .class("soft"), text: "Carried inside: \(Figures.count(inside.count, "session")).")
      html.element("ul") { html in
        for place in inside.prefix(Self.listedInside) {
          html.element("li") { html in carried(survey.sessions[place], to: &html) }
        }
      }
      if inside.count > Self.listedInside {
        html.element("p", .class("cut"), text: "\(Figures.count(inside.count - Self.listedInside)) more follow below.")
      }
    }
  }

  private func carried(_ inner: Session, to html: inout HTMLWriter<some ReportSink>) {
    html.element("a", .link(.session(inner.id)), text: inner.shortName)
    html.element("span", .class("soft")) { html in
      html.text(" \(inner.protocolName) to \(inner.server) · ")
      if inner.isOpaque {
        html.element("span", .class("word warn"), text: inner.burden)
      } else {
        html.text(inner.burden)
      }
    }
  }

  /// The session that a forwarding carried: the first to its destination that began with it or after it.
  private func writeCarried(by action: Action, to html: inout HTMLWriter<some ReportSink>) {
    guard action.kind == "forward", let inside = survey.carried[session],
      let destination = action.resources.first?.name
    else { return }
    let inner = inside.lazy.map { survey.sessions[$0] }.first { inner in
      inner.server == destination && inner.startedAt >= action.startedAt
        && inner.startedAt <= action.endedAt ?? inner.startedAt
    }
    guard let inner else { return }
    html.element("p", .class("answer")) { html in
      html.text("carried ")
      carried(inner, to: &html)
    }
  }

  private func writeActions(to html: inout HTMLWriter<some ReportSink>, budget: inout PreviewBudget) throws {
    var state = State()
    var gaps = survey.gaps.filter { $0.sessionID == about.id }.prefix(200)
    try html.table(
      "transcript titled", caption: "Actions of \(about.shortName)",
      columns: [
        "Time", about.protocolName == "http" ? "Request or event" : "Statement or event", "Outcome", .number("Rows"),
        .number("Took"),
      ]
    ) { html in
      try reading.forEachAction(session: about.id) { action in
        while let gap = gaps.first, gap.at <= action.startedAt {
          writeRun(&state, to: &html)
          writeGap(gap, to: &html)
          gaps.removeFirst()
        }
        guard isWhole || action.isNotable else {
          state.run.add(action, survey.prompts)
          return
        }
        guard state.rows < rowLimit else {
          state.omitted += 1
          return
        }
        writeRun(&state, to: &html)
        state.rows += 1
        try writeRow(action, to: &html, budget: &budget)
        try html.checkpoint()
      }
      writeRun(&state, to: &html)
      for gap in gaps { writeGap(gap, to: &html) }
    }
    guard state.omitted > 0 || state.summarized > 0 else { return }
    html.element("p", .class("cut"), HTMLAttribute("data-session", session)) { html in
      if state.summarized > 0 {
        html.text("\(Figures.count(state.summarized, "action")) that changed nothing and worked are summed up here. ")
      }
      if state.omitted > 0 {
        html.text("\(Figures.count(state.omitted, "further row")) of this session are not shown here. ")
      }
      html.write(
        "All of them: \(code: "exhibit actions --session \(ShellQuoting.word(about.id)) --case \(ShellQuoting.word(survey.name + ".exhibit"))") "
      )
    }
  }

  private struct State {
    var run = Run()
    var rows = 0
    var omitted = 0
    var summarized = 0
  }

  /// Actions in a row that change nothing and worked.
  private struct Run {
    private(set) var count = 0
    private(set) var reads = 0
    private(set) var rows = 0
    private(set) var first: Timestamp?
    private(set) var last: Timestamp?
    private(set) var tables: [String] = []
    private(set) var hasMoreTables = false
    /// Prompts that they go back to: the first few, by place.
    private(set) var prompts: [Int] = []
    private(set) var hasMorePrompts = false

    mutating func add(_ action: Action, _ book: PromptBook) {
      count += 1
      if let prompt = book.prompt(of: action.id), !prompts.contains(prompt) {
        if prompts.count < 4 { prompts.append(prompt) } else { hasMorePrompts = true }
      }
      if action.effect == .read { reads += 1 }
      if action.returnsRows { rows = rows.addingReportingOverflow(action.rowCount ?? 0).partialValue }
      first = first ?? action.startedAt
      last = action.startedAt
      for resource in action.resources where resource.access == "read" && !tables.contains(resource.name) {
        if tables.count < 6 { tables.append(resource.name) } else { hasMoreTables = true }
      }
    }
  }

  private func writeRun(_ state: inout State, to html: inout HTMLWriter<some ReportSink>) {
    let run = state.run
    guard run.count > 0, let first = run.first, let last = run.last else { return }
    state.run = Run()
    state.summarized += run.count
    html.element("tr", .class("run")) { html in
      html.element("td") { html in html.time(first, survey.clock) }
      html.element("td") { html in
        let others = run.count - run.reads
        html.text(
          [
            run.reads > 0 ? Figures.count(run.reads, "read") : nil,
            others > 0 ? Figures.count(others, "session event") : nil,
          ]
          .compactMap(\.self).joined(separator: " and "))
        if !run.tables.isEmpty {
          html.write(" of " + .list(run.tables.map { "\(code: $0)" }) + (run.hasMoreTables ? " and others" : ""))
        }
        guard !run.prompts.isEmpty else { return }
        html.element("p", .class("by")) { html in
          html.text("some or all from ")
          for (turn, prompt) in run.prompts.enumerated() {
            if turn > 0 { html.text("; ") }
            html.promptLink(prompt, in: survey.prompts, limit: 80)
          }
          if run.hasMorePrompts { html.text("; …") }
        }
      }
      html.element("td", text: "done")
      html.number(run.rows)
      html.number(Figures.span(nanoseconds: max(0, last.nanoseconds(since: first))))
    }
  }

  private func writeGap(_ gap: StoredGap, to html: inout HTMLWriter<some ReportSink>) {
    html.element("tr", .class("missing")) { html in
      html.element("td") { html in html.time(gap.at, survey.clock) }
      html.element(
        "td",
        text:
          "Not captured: \(Figures.count(gap.byteCount, "byte")) from \(Wording.sender(gap.direction)). What they said is not known."
      )
      html.markup("<td>missing</td><td class=\"n\"></td>")
      html.number(gap.until.map { Figures.span(nanoseconds: max(0, $0.nanoseconds(since: gap.at))) } ?? "")
    }
  }

  private func writeRow(
    _ action: Action, to html: inout HTMLWriter<some ReportSink>, budget: inout PreviewBudget
  ) throws {
    let decision = action.isChange ? survey.verdict.decisions[action.id] : nil
    let isUndone = action.isChange && action.isWithoutEffect
    try html.element(
      "tr", .id(.action(action.id)),
      .class(
        "is-\(action.effect.rawValue)\(isUndone ? " undone" : "")\(decision.map { $0.isAcceptable ? "" : $0.outcome == .undecidable ? " undecided" : " refused" } ?? "")"
      )
    ) { html in
      html.element("td") { html in
        html.element("a", .link(.action(action.id))) { html in html.time(action.startedAt, survey.clock) }
      }
      try html.element("td") { html in
        let saysVerb =
          action.isChange || !Excerpt(action.text, limit: 64).text.uppercased().hasPrefix(action.verb.uppercased())
        if saysVerb || action.isInferred {
          html.element("div", .class("verb")) { html in
            html.element("span", text: action.verb)
            if action.isChange { html.element("span", .class("soft"), text: Wording.meaning(action.effect)) }
            if action.isInferred {
              let sure = TypedCommands.confidence(action).map { "inferred, \($0)% sure" }
              html.element("span", .class("soft"), text: sure ?? "inferred, not seen as such")
            }
          }
        }
        if !action.text.isEmpty || action.kind == "sql" { html.statement(action.text, limit: Self.statementBytes) }
        let previews = try ActionPreviews(of: action, from: reading, budget: &budget)
        if action.isCall { writeCall(action, previews.head, to: &html) }
        writeCarried(by: action, to: &html)
        if previews.updates.isEmpty, let parameters = Wording.parameters(action) {
          html.element("p", .class("soft"), prose: "with \(code: String(Excerpt(parameters, limit: 600).text))")
        }
        if let message = action.message, !message.isEmpty {
          html.element(
            "p", .class("message"),
            text: ([action.code, message] as [String?]).compactMap(\.self).joined(separator: " "))
        }
        html.attribution(of: action, in: survey.prompts)
        if let log = previews.log { html.pushes(log, previews.updates) }
        if let preview = previews.sent { html.preview(preview, name: "Sent") }
        if let preview = previews.received { html.preview(preview, name: "Received") }
        writeTerminal(action, previews, to: &html)
        for (name, preview) in previews.others where name != "Terminal" { html.preview(preview, name: name) }
      }
      html.element("td") { html in
        html.text(Wording.result(action))
        if let decision {
          html.markup("<br>")
          html.outcome(decision.outcome)
        }
      }
      html.number(action.rowCount.map { Figures.count($0) } ?? "")
      html.number(
        action.endedAt.map { Figures.span(nanoseconds: max(0, $0.nanoseconds(since: action.startedAt))) } ?? "")
    }
  }

  /// The answer of a request, what it touched, and on whose behalf it ran.
  private func writeCall(_ action: Action, _ head: CallHead?, to html: inout HTMLWriter<some ReportSink>) {
    if action.kind != "http", let head {
      html.element(
        "p", .class("soft"), prose: "by \(code: String(Excerpt("\(head.method) \(head.url)", limit: 600).text))")
    }
    let answer = ActionBlock.answer(action, head)
    // A program, or what was done in a channel, has no answer of its own; how it ended stands beside it.
    let isSilent = head == nil && answer.isEmpty && action.status != .incomplete
    html.element("p", .class("answer")) { html in
      let style =
        switch head?.status {
        case .some(200..<300), .some(100..<200): "word ok"
        case .some(300..<400): "word"
        case .some: "word bad"
        case nil where head == nil && action.status == .ok: "word ok"
        case nil where head == nil && action.status != .incomplete: "word bad"
        case nil: "word warn"
        }
      if !isSilent {
        let missing = head == nil ? "no outcome was captured" : "no response was captured"
        html.element(
          "span", .class(style), text: answer.isEmpty ? missing : String(Excerpt(answer, limit: 200).text))
      }
      if let first = action.firstResponseAt {
        let wait = Figures.span(nanoseconds: max(0, first.nanoseconds(since: action.startedAt)))
        html.element("span", .class("soft"), text: " first byte after \(wait)")
      }
      if let difference = action.identity.difference(from: about) {
        html.element("span", .class("soft"), text: " · \(Excerpt(difference, limit: 400).text)")
      }
    }
    guard !action.resources.isEmpty else { return }
    html.element("p", .class("soft")) { html in
      for (index, resource) in action.resources.prefix(12).enumerated() {
        html.write("\(index == 0 ? "" : ", ")\(resource.access) \(resource.kind) \(code: resource.name)")
      }
      if action.resources.count > 12 { html.text(", …") }
    }
  }

  /// The place where the script puts its player; without one, what was shown and what was typed.
  private func writeTerminal(
    _ action: Action, _ previews: ActionPreviews, to html: inout HTMLWriter<some ReportSink>
  ) {
    let commands = survey.typed.of(action.id)
    let terminal = previews.others.first { $0.name == "Terminal" }
    guard terminal != nil || !commands.isEmpty else { return }
    html.element("div", .class("terminal-place")) { html in
      if let terminal { html.preview(terminal.preview, name: terminal.name) }
      guard !commands.isEmpty else { return }
      html.element("details", .class("preview")) { html in
        html.element("summary", text: Figures.count(commands.count, "command") + " typed")
        html.element("ol", .class("typed-list")) { html in
          for command in commands.prefix(Self.listedCommands) { write(command, to: &html) }
        }
        let left = commands.count - Self.listedCommands + survey.typed.omittedCount(of: action.id)
        if left > 0 { html.element("p", .class("cut"), text: "\(Figures.count(left)) more are in the case file.") }
      }
    }
  }

  private func write(_ command: TypedCommands.Command, to html: inout HTMLWriter<some ReportSink>) {
    html.element("li") { html in
      html.time(command.at, survey.clock)
      html.element("code", HTMLAttribute("dir", "ltr"), text: command.text)
      if command.isInferred {
        html.element(
          "span", .class("sure"), text: "inferred" + (command.confidence.map { ", \($0)% sure" } ?? ""))
      }
      if let status = command.exitStatus, status != "0" {
        html.element("span", .class("failed"), text: "exit \(Excerpt(status, limit: 40).text)")
      }
    }
  }
}
