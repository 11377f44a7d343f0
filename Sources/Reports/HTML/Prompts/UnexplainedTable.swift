import Model

/// Changes that go back to no known prompt.
struct UnexplainedTable {
  let survey: CaseSurvey

  /// Rows that stand open, and those that fold out.
  private static let (open, folded) = (8, 300)

  func write(to html: inout HTMLWriter<some ReportSink>) {
    let found = survey.prompts.unexplained
    guard survey.total.changes > 0 else { return }
    html.element("h3", text: "Changes that no transcript explains")
    guard found.count > 0 else {
      return html.element("p", .class("calm"), text: "None. Every change of the captures goes back to a prompt.")
    }
    html.element("p") { html in
      html.element("b", text: "\(Figures.count(found.count)) of \(Figures.count(survey.total.changes, "change"))")
      html.text(" \(found.count == 1 ? "is" : "are") \(AttributionWords.unknown)")
      if found.refused > 0 {
        html.text("; ")
        html.element("span", .class("word bad"), text: "\(Figures.count(found.refused)) not approved")
      }
      html.text(
        ". No tool call of the transcripts explains them: people, applications, jobs, and what a program of an agent's did by itself."
      )
    }
    let groups = found.sorted
    table(groups.prefix(Self.open), caption: "Changes from no known prompt, what nobody approved first", to: &html)
    let rest = groups.dropFirst(Self.open)
    if !rest.isEmpty {
      html.element("details", .class("more")) { html in
        html.element("summary", text: "\(Figures.count(rest.count, "more kind")) of change")
        table(rest.prefix(Self.folded), caption: "Further changes from no known prompt", to: &html)
      }
    }
    let left = max(0, groups.count - Self.open - Self.folded)
    guard left > 0 || found.omittedCount > 0 else { return }
    html.element(
      "p", .class("cut"),
      prose: """
        \(Figures.count(left, "more kind")) and \(Figures.count(found.omittedCount, "more change")) are in the case file: \
        \(code: "SELECT * FROM actions WHERE effect NOT IN ('read', 'session') AND id NOT IN (SELECT action_id FROM attributions)")
        """)
  }

  private func table(
    _ groups: ArraySlice<UnexplainedChanges.Group>, caption: String, to html: inout HTMLWriter<some ReportSink>
  ) {
    html.table("list card told", caption: caption, columns: ["When", "What", "By", "Decision", .number("Times")]) {
      html in
      for group in groups { row(group, to: &html) }
    }
  }

  private func row(_ group: UnexplainedChanges.Group, to html: inout HTMLWriter<some ReportSink>) {
    html.element("tr", .class(group.isWithoutEffect ? "undone" : "done")) { html in
      html.element("td") { html in
        html.element("a", .link(.action(group.actionID))) { html in html.time(group.time, survey.clock) }
        if group.count > 1 {
          html.element("div", .class("soft")) { html in
            html.text("until ")
            html.time(group.last, survey.clock)
          }
        }
      }
      html.element("td") { html in
        html.element("code", HTMLAttribute("dir", "ltr"), text: group.text.isEmpty ? group.verb : group.text)
        html.element(
          "div", .class("soft"),
          text: Wording.meaning(group.effect) + (group.isWithoutEffect ? "; left no effect" : ""))
        guard !group.others.isEmpty else { return }
        html.element("div", .class("soft")) { html in
          html.text("also ")
          html.others(group.others, of: group.count - 1, survey.clock)
        }
      }
      html.element("td") { html in
        guard let place = group.session else { return }
        let session = survey.sessions[place]
        html.element("a", .link(.session(session.id)), text: session.actor)
        html.element(
          "div", .class("soft"),
          text: [session.target, session.application, session.clientHost].compactMap(\.self).filter { !$0.isEmpty }
            .joined(separator: ", "))
      }
      html.element("td") { html in
        if let outcome = group.outcome { html.outcome(outcome) } else { html.text("no decision") }
      }
      html.number(group.count)
    }
  }
}
