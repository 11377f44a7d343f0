import Model

/// The first screen: the verdict, what happened in two sentences, the state of the proof, six numbers.
struct VerdictSection {
  let survey: CaseSurvey

  private var total: Tally { survey.total }

  /// The verdict in one sentence without its full stop.
  var headline: String {
    let changes = Figures.count(total.changes, "change")
    switch survey.verdict.overall {
    case .evidenceBroken:
      return "The evidence does not verify"
    case .clean where survey.sessions.isEmpty:
      return "There is nothing to judge: no session is in this evidence"
    case .clean where total.changes == 0:
      return "No change is in this evidence"
    case .clean:
      return total.changes == 1 ? "The one change was allowed or approved" : "All \(changes) were allowed or approved"
    case .undecidable where survey.unacceptedCount == 0 || total.undecidable == 0:
      return "This evidence does not let the policy decide"
    case .undecidable:
      return "The policy cannot decide on \(total.undecidable) of \(changes)"
    case .unapproved where survey.unacceptedCount == 0:
      return "The policy does not accept what happened"
    case .unapproved:
      let verb = refused == 1 ? "was" : "were"
      if total.unapproved == 0 { return "\(Figures.count(refused)) of \(changes) \(verb) forbidden" }
      if total.denied == 0 { return "\(Figures.count(refused)) of \(changes) \(verb) not approved" }
      return
        "\(Figures.count(refused)) of \(changes) \(verb) not approved, \(Figures.count(total.denied)) of them forbidden"
    }
  }

  private var tone: String {
    switch survey.verdict.overall {
    case .clean: survey.sessions.isEmpty ? "warn" : "ok"
    case .unapproved, .evidenceBroken: "bad"
    case .undecidable: "warn"
    }
  }

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.element("header") { html in
      html.element("div", .class("masthead")) { html in
        html.element("div") { html in
          html.markup("<p class=\"brand\">Exhibit · case report</p>")
          html.element("h1") { html in
            html.element("bdi", text: survey.name)
          }
          html.element("p", .class("sub"), prose: period)
        }
        html.element("div", .class("proof")) { html in ProofState(survey: survey).write(to: &html) }
      }
      html.element(
        "div", .class("verdict \(tone)"), HTMLAttribute("role", "group"), HTMLAttribute("aria-label", "Verdict")
      ) { html in
        html.element("p", .class("headline")) { html in html.element("strong", text: headline) }
        html.element("p", prose: Story(survey: survey).prose)
        for reason in reasons {
          html.element("p", .class("soft"), text: reason)
        }
      }
      writeNumbers(to: &html)
      html.markup(
        """
        <nav aria-label="Contents"><ul><li><a href="#exceptions">Exceptions</a></li>
        """)
      if !survey.verdict.approvals.isEmpty { html.markup("<li><a href=\"#approvals\">Who approved what</a></li>") }
      html.markup("<li><a href=\"#timeline\">Timeline</a></li>")
      if survey.prompts.isPresent { html.markup("<li><a href=\"#prompts\">What each prompt did</a></li>") }
      html.markup("<li><a href=\"#sessions\">Sessions</a></li>")
      if survey.files.keptCount > 0 { html.markup("<li><a href=\"#files\">Which files moved</a></li>") }
      html.markup(
        """
        <li><a href="#columns">Who made each column</a></li><li>\
        <a href="#data">What data was seen</a></li><li><a href="#everything">Is this everything?</a></li><li>\
        <a href="#check">How to check this</a></li></ul></nav>
        """)
    }
    html.newline()
  }

  /// Why the evidence decides nothing, where that is the verdict.
  private var reasons: ArraySlice<String> {
    switch survey.verdict.overall {
    case .clean, .unapproved: []
    case .evidenceBroken, .undecidable: survey.verdict.incompleteness.prefix(3)
    }
  }

  private var period: Prose {
    let policy: Prose =
      "policy \(code: survey.verdict.policyName)"
      + (survey.verdict.policySHA256.isEmpty ? "" : " \(code: Figures.short(survey.verdict.policySHA256))")
    let sources = Prose(stringLiteral: Figures.count(survey.sources.count, "source"))
    guard !survey.sessions.isEmpty || survey.sources.contains(where: { $0.firstAt != nil }) else {
      return sources + " · " + policy
    }
    let (first, last) = (survey.first, survey.last)
    let end =
      survey.clock.showsDate
      ? Figures.date(last) + ", " + last.clock(fractionDigits: 0) : last.clock(fractionDigits: 0)
    let span = Figures.span(nanoseconds: last.nanoseconds(since: first))
    return
      "\(Figures.date(first)), \(first.clock(fractionDigits: 0)) to \(end) UTC (\(span)) · \(sources) · \(policy)"
  }

  private func writeNumbers(to html: inout HTMLWriter<some ReportSink>) {
    html.element("ul", .class("numbers"), HTMLAttribute("aria-label", "Six numbers")) { html in
      let kinds = survey.protocols.count
      number(
        survey.sessions.count, survey.sessions.count == 1 ? "session" : "sessions",
        survey.prompts.isPresent
          ? Figures.count(total.actions, "action")
          : kinds > 1 ? "\(kinds) protocols" : survey.protocols.first ?? "", HTMLAnchor("sessions"), to: &html)
      if !survey.prompts.isPresent {
        number(
          total.actions, total.actions == 1 ? "action" : "actions", "statements, logins, …", HTMLAnchor("sessions"),
          to: &html)
      }
      number(
        total.changes, total.changes == 1 ? "change" : "changes",
        total.withoutEffect > 0 ? "\(Figures.count(total.withoutEffect)) left no effect" : "data, schema, privileges",
        HTMLAnchor("timeline"), to: &html)
      number(
        refused, "not approved", refusedNote, HTMLAnchor("exceptions"),
        tone: refused > 0 ? "bad" : total.undecidable > 0 ? "warn" : "ok", to: &html)
      if survey.prompts.isPresent { writeUnexplained(to: &html) }
      number(
        total.rowsReturned, total.rowsReturned == 1 ? "row returned" : "rows returned",
        Figures.count(survey.dataSeen.entries.count, "table") + " read", HTMLAnchor("data"), to: &html)
      html.element("li", .class(survey.isComplete ? "ok" : "warn")) { html in
        html.element("a", .link(HTMLAnchor("everything"))) { html in
          html.element("b", text: missing.0)
          html.text(" ")
          html.element("span", text: missing.1)
          html.text(" ")
          html.element("span", .class("soft"), text: missing.2)
        }
      }
    }
  }

  private func writeUnexplained(to html: inout HTMLWriter<some ReportSink>) {
    let unexplained = survey.prompts.unexplained
    number(
      unexplained.count, "from no known prompt",
      unexplained.refused > 0
        ? "\(Figures.count(unexplained.refused)) of them not approved"
        : "of \(Figures.count(total.changes, "change"))",
      HTMLAnchor("prompts"), tone: unexplained.refused > 0 ? "bad" : unexplained.count > 0 ? "warn" : "ok", to: &html)
  }

  private var refused: Int { total.refused }

  private var refusedNote: String {
    let notes = [
      total.denied > 0 ? "\(Figures.count(total.denied)) forbidden" : nil,
      total.undecidable > 0 ? "\(Figures.count(total.undecidable)) more undecidable" : nil,
    ].compactMap(\.self)
    return notes.isEmpty ? "by the policy" : notes.joined(separator: ", ")
  }

  private var missing: (String, String, String) {
    let opaque = survey.opaqueSessions.count
    let also =
      opaque > 0
      ? "\(Figures.count(opaque)) opaque"
      : total.incomplete > 0 ? "\(Figures.count(total.incomplete)) without outcome" : "none opaque"
    guard survey.gaps.isEmpty else {
      return (
        Figures.bytes(survey.missingByteCount), "not captured", Figures.count(survey.gaps.count, "gap") + ", " + also
      )
    }
    return ("0", "gaps", also)
  }

  private func number(
    _ value: Int, _ name: String, _ note: String, _ anchor: HTMLAnchor, tone: String = "",
    to html: inout HTMLWriter<some ReportSink>
  ) {
    html.element("li", .class(tone)) { html in
      html.element("a", .link(anchor)) { html in
        // The spaces are for readers without styles.
        html.element("b", text: Figures.count(value))
        html.text(" ")
        html.element("span", text: name)
        html.text(" ")
        html.element("span", .class("soft"), text: note)
      }
    }
  }
}
