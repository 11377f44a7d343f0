import Model

/// What the report speaks of, and what it leaves out.
struct ScopeSection {
  let assessment: FrameworkAssessment
  let facts: CaseFacts
  let survey: CaseSurvey

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("scope"), "Scope") { html in
      let span: Prose =
        if let first = facts.first, let last = facts.last {
          "from \(code: first.formatted(fractionDigits: 0)) to \(code: last.formatted(fractionDigits: 0))"
        } else { "without a time" }
      html.points([
        """
        \(strong: "Subject"): what was done over \(Figures.count(facts.sessions.count, "session")) \
        (\(survey.protocols.joined(separator: ", "))) that were captured, \(span).
        """,
        "\(strong: "Systems"): \(systems).",
        """
        \(strong: "Criteria"): \(Figures.count(assessment.controls.count, "control")) of \(assessment.framework.name), \
        \(assessment.framework.edition), as far as captures may speak to them.
        """,
        """
        \(strong: "Judged by"): policy \(code: facts.verdict.policyName), SHA-256 \(code: facts.verdict.policySHA256), \
        which decided on \(Figures.count(facts.verdict.decisions.count, "action")).
        """,
      ])
      html.element("h3", text: "Not in scope")
      html.points([
        "Traffic that did not pass the point of capture, or passed before it began or after it ended.",
        """
        What was encrypted without a key at hand, and protocols that are not decoded; both are counted under \
        “Population and completeness”.
        """,
        """
        How systems are designed, who may read the recording, how long it is kept, and what people did about findings.
        """,
      ])
      if let note = assessment.framework.note { html.element("p", .class("soft"), text: note) }
    }
  }

  private var systems: Prose {
    let servers = Set(facts.sessions.map { [$0.target, $0.server].compactMap(\.self).joined(separator: " at ") })
      .sorted()
    guard !servers.isEmpty else { return "none" }
    let shown = Prose.list(servers.prefix(12).map { "\(code: $0)" })
    return servers.count > 12 ? shown + " and \(Figures.count(servers.count - 12)) more" : shown
  }
}
