import Model

/// The whole page of a compliance report, top to bottom.
struct CompliancePage {
  let assessment: FrameworkAssessment
  let facts: CaseFacts
  let survey: CaseSurvey
  let sample: ChangeSample

  private var framework: Framework { assessment.framework }

  func write(to html: inout HTMLWriter<some ReportSink>) throws {
    var style = StyleSheet.text
    style.append(ComplianceStyle.looks)
    let printStyle = StyleSheet.footer(verdict: headline, digest: survey.digest)
    html.markup("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    // Nothing runs, nothing is fetched, nothing is sent; styles by their digest alone.
    html.void(
      "meta", HTMLAttribute("http-equiv", "Content-Security-Policy"),
      HTMLAttribute(
        "content",
        "default-src 'none'; style-src \(style.policySource) \(printStyle.policySource); base-uri 'none'; "
          + "form-action 'none'"))
    html.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
    html.markup("<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"referrer\" content=\"no-referrer\">")
    html.markup("<meta name=\"generator\" content=\"Exhibit\">")
    html.element("title", text: "\(framework.name), case \(survey.name): \(headline)")
    html.write(style)
    html.write(printStyle)
    html.markup("</head>\n<body><a class=\"skip\" href=\"#controls\">Skip to the controls</a>\n")
    writeHeader(to: &html)
    html.markup("<main id=\"main\" tabindex=\"-1\">\n")
    ScopeSection(assessment: assessment, facts: facts, survey: survey).write(to: &html)
    CustodySection(facts: facts, survey: survey).write(to: &html)
    PopulationSection(facts: facts, survey: survey).write(to: &html)
    try html.checkpoint()
    ControlsSection(assessment: assessment).write(to: &html)
    ControlExceptionsSection(survey: survey).write(to: &html)
    ApprovalEvidenceSection(facts: facts, survey: survey).write(to: &html)
    DataAccessSection(survey: survey).write(to: &html)
    SampleSection(sample: sample, survey: survey).write(to: &html)
    CheckSection(survey: survey).write(to: &html)
    ApprovalCheckSection(facts: facts).write(to: &html)
    html.markup("</main>\n")
    writeFooter(to: &html)
    html.markup("</body></html>\n")
  }

  /// What the page says in one sentence without its full stop.
  var headline: String {
    let (held, against) = (assessment.count(.supported), assessment.count(.exception))
    let open = assessment.count(.notCovered)
    let all = assessment.controls.count
    return "\(framework.name): evidence for \(held) of \(Figures.count(all, "control")), against \(against); "
      + "\(open) not covered"
  }

  private var tone: String {
    if assessment.count(.exception) > 0 { return "bad" }
    return assessment.count(.notCovered) > 0 ? "warn" : "ok"
  }

  private func writeHeader(to html: inout HTMLWriter<some ReportSink>) {
    html.element("header") { html in
      html.element("div", .class("masthead")) { html in
        html.element("div") { html in
          html.element("p", .class("brand"), text: "Exhibit · evidence for \(framework.name)")
          html.element("h1") { html in html.element("bdi", text: survey.name) }
          html.element(
            "p", .class("sub"),
            prose: "\(framework.name), \(framework.edition) · policy \(code: survey.verdict.policyName)")
        }
        html.element("div", .class("proof")) { html in ProofState(survey: survey).write(to: &html) }
      }
      html.element(
        "div", .class("verdict \(tone)"), HTMLAttribute("role", "group"), HTMLAttribute("aria-label", "Summary")
      ) { html in
        html.element("p", .class("headline")) { html in html.element("strong", text: headline) }
        html.element("p", prose: Story(survey: survey).prose)
        html.element(
          "p", .class("soft"),
          text:
            """
            “Supported” means that the recording holds what a report is to show for a control, whole, and nothing against \
            it. Whether a control is met is for the auditor to say.
            """)
      }
      writeNumbers(to: &html)
      html.markup(
        """
        <nav aria-label="Contents"><ul><li><a href="#scope">Scope</a></li><li><a href="#custody">Chain of custody</a>\
        </li><li><a href="#everything">Population</a></li><li><a href="#controls">Controls</a></li>\
        <li><a href="#exceptions">Exceptions</a></li><li><a href="#approvals">Approvals</a></li>\
        <li><a href="#data">Data seen</a></li><li><a href="#sample">Sample</a></li>\
        <li><a href="#check">How to check this</a></li></ul></nav>
        """)
    }
    html.newline()
  }

  private func writeNumbers(to html: inout HTMLWriter<some ReportSink>) {
    let missing = survey.gaps.count + survey.opaqueSessions.count
    let numbers: [(Int, String, String, HTMLAnchor, String)] = [
      (
        assessment.count(.supported), "supported", "of \(assessment.controls.count) controls", HTMLAnchor("controls"),
        "ok"
      ),
      (
        assessment.count(.exception), "with exceptions", "evidence against", HTMLAnchor("controls"),
        assessment.count(.exception) > 0 ? "bad" : "ok"
      ),
      (assessment.count(.notCovered), "not covered", "by this recording", HTMLAnchor("controls"), ""),
      (survey.total.changes, "changes", "the population", HTMLAnchor("everything"), ""),
      (
        survey.total.refused, "not approved", "by the policy", HTMLAnchor("exceptions"),
        survey.total.refused > 0 ? "bad" : "ok"
      ),
      (missing, "gaps and opaque", "not looked into", HTMLAnchor("everything"), missing > 0 ? "warn" : "ok"),
    ]
    html.element("ul", .class("numbers"), HTMLAttribute("aria-label", "Six numbers")) { html in
      for (value, name, note, anchor, tone) in numbers {
        html.element("li", .class(tone)) { html in
          html.element("a", .link(anchor)) { html in
            html.element("b", text: Figures.count(value))
            html.text(" ")
            html.element("span", text: name)
            html.text(" ")
            html.element("span", .class("soft"), text: note)
          }
        }
      }
    }
  }

  private func writeFooter(to html: inout HTMLWriter<some ReportSink>) {
    html.element("footer") { html in
      html.element("p", prose: "\(strong: headline). Case digest \(code: survey.digest).")
      html.markup(
        """
        <p>Made by Exhibit from the evidence listed above and nothing else: the same evidence, policy and nonce give \
        the same page, byte for byte. All times are UTC. Characters that control, hide or reorder text are shown as \
        marks. The names of controls are those of the framework, the words are ours; the framework itself decides. \
        This report is evidence for controls; it does not say that any system or any process complies with a \
        standard.</p>
        """)
    }
  }
}
