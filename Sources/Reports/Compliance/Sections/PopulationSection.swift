import Model

/// How many things there are, how they were counted, and what is missing.
struct PopulationSection {
  let facts: CaseFacts
  let survey: CaseSurvey

  private static let rows = 100

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("everything"), "Population and completeness") { html in
      html.element(
        "p",
        text: "Each number is a query over the case file, which anybody can run again: sqlite3 -readonly "
          + "\(ShellQuoting.word(survey.name + ".exhibit")) 'QUERY'.")
      html.table(
        "list card wide", caption: "How it was counted", columns: ["What", .number("Count"), "Query"]
      ) { html in
        for (name, count, query) in counts {
          html.element("tr") { html in
            html.element("th", HTMLAttribute("scope", "row"), text: name)
            html.number(count)
            html.element("td") { html in
              if query.isEmpty {
                html.element("span", .class("soft"), text: "by the policy; exhibit check --case lists them")
              } else {
                html.element("code", text: query)
              }
            }
          }
        }
      }
      writeProtocols(to: &html)
      writeMissing(to: &html)
      WitnessSection(survey: survey).write(to: &html)
      writeGaps(to: &html)
      writeOpaque(to: &html)
    }
  }

  private var counts: [(String, Int, String)] {
    let change = "effect NOT IN ('read', 'session')"
    return [
      ("Sources", facts.sources.count, "SELECT count(*) FROM sources"),
      ("Sessions", facts.sessions.count, "SELECT count(*) FROM sessions"),
      ("Actions", facts.actions.count, "SELECT count(*) FROM actions"),
      ("Changes", facts.changes.count, "SELECT count(*) FROM actions WHERE \(change)"),
      ("Reads", facts.reads.count, "SELECT count(*) FROM actions WHERE effect = 'read'"),
      ("Logins", facts.logins.count, "SELECT count(*) FROM actions WHERE kind = 'login'"),
      ("Without an outcome", facts.withoutOutcome.count, "SELECT count(*) FROM actions WHERE status = 'incomplete'"),
      ("Changes approved by signature", facts.approved.count, ""),
      ("Changes allowed by the policy", facts.allowed.count, ""),
      ("Changes not approved or forbidden", facts.refused.count, ""),
      ("Changes that cannot be decided", facts.undecidable.count, ""),
    ]
  }

  private func writeProtocols(to html: inout HTMLWriter<some ReportSink>) {
    let groups = Dictionary(grouping: facts.sessions) { $0.protocolName }.sorted { $0.key < $1.key }
    guard !groups.isEmpty else { return }
    html.table(
      "list card", caption: "By protocol",
      columns: [
        "Protocol", .number("Sessions"), .number("Actions"), .number("Changes"), .number("Not complete"),
        .number("Opaque"), .number("Bytes"),
      ]
    ) { html in
      for (name, sessions) in groups.prefix(Self.rows) {
        html.element("tr") { html in
          html.element("th", HTMLAttribute("scope", "row"), text: name)
          html.number(sessions.count)
          html.number(sessions.reduce(0) { $0 + $1.actionCount })
          html.number(sessions.reduce(0) { $0 + $1.changeCount })
          html.number(sessions.count { !$0.isComplete })
          html.number(sessions.count(where: \.isOpaque))
          html.number(Figures.bytes(sessions.reduce(0) { $0.addingReportingOverflow($1.byteCount).partialValue }))
        }
      }
    }
  }

  private func writeMissing(to html: inout HTMLWriter<some ReportSink>) {
    html.element("h3", text: "Is this everything?")
    let reasons = facts.gapsInEvidence + facts.verdict.incompleteness.filter { !facts.gapsInEvidence.contains($0) }
    if reasons.isEmpty {
      html.element(
        "p", .class("calm"),
        text:
          "Within the captured sessions nothing is known to be missing. What was never captured cannot be known "
          + "from here."
      )
    } else {
      html.points(reasons.prefix(Self.rows).map { "\($0)" })
    }
    guard survey.serverLogs.isEmpty else { return }
    html.element(
      "p", .class("soft"),
      text:
        "To show that the population is whole, compare these counts with a source that is not the capture: the "
        + "servers' own logs, read with exhibit ingest, or totals of pg_stat_statements over the same span.")
  }

  private func writeGaps(to html: inout HTMLWriter<some ReportSink>) {
    guard !facts.gaps.isEmpty else { return }
    html.table(
      "list card", caption: "Gaps", columns: ["Session", "Direction", "From", .number("Bytes"), "Why"]
    ) { html in
      for gap in facts.gaps.prefix(Self.rows) {
        html.element("tr") { html in
          html.element("th", HTMLAttribute("scope", "row")) { html in html.element("code", text: gap.sessionID) }
          html.element("td", text: Wording.sender(gap.direction))
          html.element("td") { html in html.time(gap.at, survey.clock) }
          html.number(gap.byteCount)
          html.element("td", text: Wording.cause(gap.reason))
        }
      }
    }
    more(facts.gaps.count, to: &html)
  }

  private func writeOpaque(to html: inout HTMLWriter<some ReportSink>) {
    let sessions = survey.opaqueSessions
    guard !sessions.isEmpty else { return }
    html.table(
      "list card", caption: "Opaque: could not be looked into",
      columns: ["Session", "Protocol", "Client", "Server", .number("Bytes"), "Why"]
    ) { html in
      for session in sessions.prefix(Self.rows) {
        html.element("tr") { html in
          html.element("th", HTMLAttribute("scope", "row")) { html in html.element("code", text: session.id) }
          html.element("td", text: session.protocolName)
          html.element("td", text: session.client)
          html.element("td", text: session.server)
          html.number(session.byteCount)
          html.element("td", text: session.reason ?? "no key is at hand, or the protocol is not known")
        }
      }
    }
    more(sessions.count, to: &html)
  }

  private func more(_ count: Int, to html: inout HTMLWriter<some ReportSink>) {
    guard count > Self.rows else { return }
    html.element("p", .class("cut"), text: "\(Figures.count(count - Self.rows)) more are in the case file.")
  }
}
