import Model

/// Who made, changed or dropped each column, and was it approved.
struct ColumnsSection {
  let survey: CaseSurvey

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("columns"), "Who made each column") { html in
      let history = survey.columns
      guard !history.entries.isEmpty else {
        html.element(
          "p", .class("calm"), text: "No statement that took effect made, changed or dropped a column or a table.")
        return
      }
      html.table(
        "list card", caption: "Columns and tables made, changed or dropped by statements that took effect",
        columns: ["Column", "What", "When", "By"] + (survey.prompts.isPresent ? ["Prompt"] : []) + ["Decision"]
      ) { html in
        for entry in history.entries { write(entry, to: &html) }
      }
      if history.omittedCount > 0 {
        html.element("p", .class("cut"), text: "\(Figures.count(history.omittedCount)) more are not listed.")
      }
    }
  }

  private func write(_ entry: ColumnHistory.Entry, to html: inout HTMLWriter<some ReportSink>) {
    let session = survey.sessions[entry.session]
    html.element("tr") { html in
      html.element("th", HTMLAttribute("scope", "row")) { html in html.element("code", text: entry.resource.name) }
      html.element("td") { html in
        html.text(entry.resource.kind + " " + Wording.past(entry.resource.access))
        if entry.isUncertain { html.element("div", .class("loud"), text: "the evidence of how it ended is missing") }
      }
      html.element("td") { html in
        html.element("a", .link(.action(entry.actionID))) { html in html.time(entry.time, survey.clock) }
      }
      html.element("td") { html in
        html.text(session.actor)
        html.element(
          "div", .class("soft"),
          text: [session.application, session.clientHost].compactMap(\.self).joined(separator: ", "))
      }
      if survey.prompts.isPresent {
        html.element("td") { html in
          if let prompt = survey.prompts.prompt(of: entry.actionID) {
            html.promptLink(prompt, in: survey.prompts, limit: 120)
          } else {
            html.element("span", .class("soft"), text: AttributionWords.unknown)
          }
        }
      }
      html.element("td") { html in
        if let decision = survey.verdict.decisions[entry.actionID] {
          html.outcome(decision.outcome)
          html.element("div", .class("soft"), prose: "rule \(code: decision.rule)")
        } else {
          html.text("no decision")
        }
      }
    }
  }
}
