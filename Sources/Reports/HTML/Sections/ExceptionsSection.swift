import Model
import Replay

/// What someone must look at, the worst first: what, the exact text, who and as whom, which rule, the evidence.
struct ExceptionsSection {
  let survey: CaseSurvey

  /// Entries that stand open; the next ones fold out.
  private static let open = 12
  /// Entries written as cards; the rest is a table.
  private static let cards = 150
  /// Rows of that table.
  private static let rows = 500

  private var exceptions: [ExceptionBook.Entry] { survey.exceptions.entries.filter(\.isException) }
  private var notes: [ExceptionBook.Entry] { survey.exceptions.entries.filter { !$0.isException } }

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("exceptions"), "Exceptions") { html in
      let entries = exceptions
      if entries.isEmpty { writeNone(to: &html) }
      html.element("div", .class("card")) { html in
        for entry in entries.prefix(Self.open) { write(entry, to: &html) }
      }
      let folded = entries.dropFirst(Self.open).prefix(Self.cards - Self.open)
      if !folded.isEmpty {
        html.element("details", .class("more")) { html in
          html.element("summary", text: "\(Figures.count(folded.count)) more, less severe or later")
          html.element("div", .class("card")) { html in
            for entry in folded { write(entry, to: &html) }
          }
        }
      }
      writeRest(entries.dropFirst(Self.cards), to: &html)
      writeNotes(to: &html)
    }
  }

  private func writeNone(to html: inout HTMLWriter<some ReportSink>) {
    let text =
      switch survey.verdict.overall {
      case .clean where survey.total.changes > 0: "None. The policy accepts every change that this evidence shows."
      case .clean: "None. This evidence shows no change that would need approval."
      default: "None by action. The verdict follows from the evidence itself: see “Is this everything?”"
      }
    html.element("p", .class("calm"), text: text)
  }

  private func write(_ entry: ExceptionBook.Entry, to html: inout HTMLWriter<some ReportSink>) {
    let lasts = !(entry.action?.isWithoutEffect ?? false)
    html.element("article", .class("exception\(lasts ? "" : " undone")")) { html in
      html.element("div", .class("when")) { html in
        if let outcome = entry.decision?.outcome {
          html.outcome(outcome)
          html.text(" ")
        }
        if let severity = entry.severity {
          html.element("span", .class("severity"), text: severity.rawValue)
          html.text(" ")
        }
        if let action = entry.action {
          html.element("a", .link(.action(action.id)), HTMLAttribute("title", "in its session")) { html in
            html.time(action.startedAt, survey.clock)
          }
        }
      }
      html.element("div", .class("what")) { html in writeWhat(entry, to: &html) }
      html.element("dl", .class("who")) { html in writeWho(entry, to: &html) }
    }
  }

  private func title(_ entry: ExceptionBook.Entry) -> Prose {
    if let worst = entry.findings.max(by: { $0.severity < $1.severity }) { return "\(worst.title)" }
    guard let action = entry.action else { return "" }
    let touched = action.resources.filter(\.isChanged)
    let names = (touched.isEmpty ? action.resources : touched).map(\.name)
    var seen = Set<String>()
    let unique = names.filter { seen.insert($0).inserted }
    let title = Prose(stringLiteral: Wording.title(action.effect))
    guard !unique.isEmpty else { return title }
    return title + ": " + .list(unique.prefix(3).map { "\(code: $0)" })
  }

  private func writeWhat(_ entry: ExceptionBook.Entry, to html: inout HTMLWriter<some ReportSink>) {
    html.element("h3", prose: title(entry))
    if let action = entry.action {
      html.statement(
        action.text, limit: ExceptionBook.statementBytes,
        byteCount: max(entry.statementByteCount, action.text.utf8.count))
      if let parameters = action.parameters, parameters != "[]" {
        html.element("p", .class("soft"), prose: "with parameters \(code: parameters)")
      }
      if let consequence = Wording.consequence(action) {
        html.element("p", .class(action.isWithoutEffect ? "calm" : "loud"), text: consequence)
      }
      if action.isUnfiltered {
        html.element("p", .class("loud"), text: "It has no WHERE: it concerns every row of the table.")
      }
    }
    for detail in details(entry) { html.element("p", .class("soft"), text: detail) }
    if let action = entry.action { html.cause(of: action, in: survey.prompts) }
    guard entry.count > 1 else { return }
    html.element("p", .class("soft")) { html in
      html.text("\(Figures.count(entry.count - 1)) more of the same shape in this session: ")
      html.others(entry.others, of: entry.count - 1, survey.clock)
    }
    guard !entry.prompts.isEmpty else { return }
    html.element("p", .class("by")) { html in
      html.element("span", .class("soft"), text: "others of them go back to ")
      for (index, prompt) in entry.prompts.enumerated() {
        if index > 0 { html.text("; ") }
        html.promptLink(prompt, in: survey.prompts, limit: 80)
      }
      if entry.hasMorePrompts { html.text("; …") }
    }
  }

  /// What the findings say, none of it twice: one may repeat another with a few words more. The heading says the title of the
  /// gravest.
  private func details(_ entry: ExceptionBook.Entry) -> [String] {
    let heading = entry.findings.max { $0.severity < $1.severity }?.title
    let all = entry.findings.filter { !$0.detail.isEmpty }
    return all.enumerated().filter { index, finding in
      !all.enumerated().contains { other in
        other.offset != index && other.element.detail.contains(finding.detail)
          && (other.element.detail != finding.detail || other.offset < index)
      }
    }.map { $0.element.title == heading ? $0.element.detail : "\($0.element.title): \($0.element.detail)" }
  }

  private func writeWho(_ entry: ExceptionBook.Entry, to html: inout HTMLWriter<some ReportSink>) {
    if let session = entry.sessionID.flatMap({ survey.sessionIndex[$0] }).map({ survey.sessions[$0] }) {
      let asked = entry.action.flatMap { survey.prompts.prompt(of: $0.id) }.map { survey.prompts.entries[$0] }
      let known = asked.flatMap { $0.human.map { String(Excerpt($0, limit: 200).text) } }
      if let human = session.human ?? known { fact("Person", "\(human)", to: &html) }
      if let agent = session.agent ?? asked.map({ String(Excerpt($0.program, limit: 200).text) }) {
        fact("Agent", "\(agent)", to: &html)
      }
      let own = entry.action?.identity ?? Identity()
      let target = own.target ?? session.target
      let who = "\(own.user ?? session.user ?? "unknown user")\(target.map { " on " + $0 } ?? "")"
      fact("As", "\(String(Excerpt(who, limit: 400).text))", to: &html)
      fact(
        "From", "\(session.clientHost)\(session.application.flatMap { $0.isEmpty ? nil : ", " + $0 } ?? "")", to: &html)
    }
    if let decision = entry.decision {
      let isTold = decision.reason.isEmpty || entry.findings.contains { $0.detail.contains(decision.reason) }
      fact("Rule", "\(code: decision.rule)" + (isTold ? "" : ": \(decision.reason)"), to: &html)
    }
    let rules = entry.findings.map(\.rule).filter { $0 != entry.decision?.rule }
    if !rules.isEmpty { fact("Found by", .list(rules.map { "\(code: $0)" }), to: &html) }
    var seen = Set<String>()
    let controls = entry.findings.flatMap(\.controls).filter { seen.insert($0).inserted }
    if !controls.isEmpty { fact("Controls", "\(controls.joined(separator: ", "))", to: &html) }
    if let action = entry.action, action.isCall, let code = action.code, !code.isEmpty {
      fact(action.kind == "exec" || action.kind == "shell" ? "Exit" : "Answer", "\(code)", to: &html)
    }
    if let action = entry.action {
      fact("Evidence", EvidencePlace(action, survey).prose, to: &html)
    } else if let session = entry.sessionID {
      fact("Evidence", "\("the session", to: .session(session))", to: &html)
    }
  }

  private func fact(_ name: String, _ value: Prose, to html: inout HTMLWriter<some ReportSink>) {
    html.element("div") { html in
      html.element("dt", text: name)
      html.element("dd", prose: value)
    }
  }

  private func writeRest(_ entries: ArraySlice<ExceptionBook.Entry>, to html: inout HTMLWriter<some ReportSink>) {
    guard !entries.isEmpty else { return }
    html.element("details", .class("more")) { html in
      html.element("summary", text: "\(Figures.count(entries.count)) more in a table")
      html.table(
        "list", caption: "Further exceptions", columns: ["Time", "Decision", "Action", "By", .number("Like it")]
      ) { html in
        for entry in entries.prefix(Self.rows) {
          html.element("tr") { html in
            html.element("td") { html in
              if let action = entry.action { html.time(action.startedAt, survey.clock) }
            }
            html.element("td") { html in
              if let outcome = entry.decision?.outcome { html.outcome(outcome) }
            }
            html.element("td") { html in
              if let action = entry.action {
                html.element("a", .link(.action(action.id))) { html in
                  html.element("code", text: String(Excerpt(action.text, limit: 200).text))
                }
              } else {
                html.write(title(entry))
              }
            }
            html.element(
              "td",
              text: entry.sessionID.flatMap { survey.sessionIndex[$0] }.map { survey.sessions[$0].shortName } ?? "")
            html.number(entry.count)
          }
        }
      }
      let left = entries.dropFirst(Self.rows).reduce(0) { $0 + $1.count } + survey.exceptions.omittedCount
      if left > 0 {
        html.element(
          "p", .class("cut"),
          prose:
            "\(Figures.count(left, "action")) more are not listed here. All of them: \(code: "exhibit check --case \(ShellQuoting.word(survey.name + ".exhibit"))")."
        )
      }
    }
  }

  private func writeNotes(to html: inout HTMLWriter<some ReportSink>) {
    let notes = notes
    guard !notes.isEmpty else { return }
    html.element("details", .class("more")) { html in
      html.element("summary", text: "Also noted: \(Figures.count(notes.count, "remark")) of low severity")
      html.element("ul") { html in
        for note in notes.prefix(200) {
          html.element("li") { html in
            html.write(title(note))
            if let detail = note.findings.first?.detail, !detail.isEmpty { html.text(": " + detail) }
            if let action = note.action {
              html.write(" (\(survey.clock.time(action.startedAt), to: .action(action.id)))")
            }
          }
        }
      }
      if notes.count > 200 {
        html.element("p", .class("cut"), text: "\(Figures.count(notes.count - 200)) more are in the case file.")
      }
    }
  }
}
