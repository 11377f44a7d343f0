import Model

/// What speaks against controls, one row for alike ones, the worst first.
struct ControlExceptionsSection {
  let survey: CaseSurvey

  private static let rows = 300

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("exceptions"), "Exceptions") { html in
      let entries = survey.exceptions.entries.filter(\.isException)
      guard !entries.isEmpty else {
        html.element("p", .class("calm"), text: "None was found in what this evidence shows.")
        return
      }
      html.table(
        "list card wide people", caption: "The worst first; alike ones of a session together",
        columns: ["Time and action", "Who", "What", "Why", "Controls", "Evidence"]
      ) { html in
        for entry in entries.prefix(Self.rows) { write(entry, to: &html) }
      }
      let left = entries.count - min(entries.count, Self.rows) + survey.exceptions.omittedCount
      if left > 0 {
        html.element(
          "p", .class("cut"), text: "\(Figures.count(left)) more: exhibit check and exhibit findings list them.")
      }
    }
  }

  private func write(_ entry: ExceptionBook.Entry, to html: inout HTMLWriter<some ReportSink>) {
    let session = entry.sessionID.flatMap { survey.sessionIndex[$0] }.map { survey.sessions[$0] }
    html.element("tr") { html in
      html.element("td") { html in
        if let action = entry.action {
          html.time(action.startedAt, survey.clock, fractionDigits: 0)
          html.element("div", .class("digest id")) { html in html.element("code", text: action.id) }
        }
      }
      html.element("td") { html in
        html.text(entry.action?.identity.user ?? session?.actor ?? "unknown")
        if let session { html.element("div", .class("soft"), text: session.target ?? session.server) }
      }
      html.element("td") { html in
        if let action = entry.action {
          html.element("pre", .class("statement")) { html in
            html.element("code", HTMLAttribute("dir", "ltr")) { html in
              html.block(Excerpt(action.text, limit: 1200).text)
            }
          }
          if entry.statementByteCount > 1200 {
            html.element("p", .class("cut"), text: "\(Figures.count(entry.statementByteCount, "byte")) in all.")
          }
          if entry.count > 1 {
            html.element("p", .class("soft"), text: "and \(Figures.count(entry.count - 1)) more like it")
          }
          if action.isWithoutEffect { html.element("p", .class("soft"), text: "left no effect") }
        }
      }
      html.element("td") { html in writeReasons(entry, to: &html) }
      html.element("td") { html in
        for control in controls(entry) {
          html.element("span", .class("id"), text: control)
          html.text(" ")
        }
      }
      html.element("td") { html in
        if let action = entry.action { html.write(place(action)) }
      }
    }
  }

  private func writeReasons(_ entry: ExceptionBook.Entry, to html: inout HTMLWriter<some ReportSink>) {
    if let decision = entry.decision, !decision.isAcceptable {
      html.outcome(decision.outcome)
      html.element("div", .class("soft"), text: "rule \(decision.rule): \(decision.reason)")
    }
    for finding in entry.findings.prefix(6) where finding.rule != entry.decision?.rule {
      html.element("div") { html in
        html.element("b", text: finding.severity.rawValue)
        html.text(": \(finding.title)")
      }
    }
  }

  private func controls(_ entry: ExceptionBook.Entry) -> ArraySlice<String> {
    Set(entry.findings.flatMap(\.controls)).sorted().prefix(12)
  }

  private func place(_ action: Action) -> Prose { EvidencePlace(action, survey).prose }
}
