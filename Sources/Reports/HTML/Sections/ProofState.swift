import Model

/// What proves the evidence, and what does not.
struct ProofState {
  let survey: CaseSurvey

  private var broken: [Source] { survey.sources.filter { $0.integrity == "broken" } }
  private var isAllSigned: Bool {
    !survey.sources.isEmpty && survey.sources.allSatisfy { $0.integrity == "intact" }
  }

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.element("p") { html in
      if !broken.isEmpty || survey.verdict.overall == .evidenceBroken {
        html.element("b", .class("bad"), text: "✗ evidence broken")
      } else if survey.sources.isEmpty {
        html.element("b", .class("warn"), text: "no evidence")
      } else if isAllSigned {
        html.element("b", .class("ok"), text: "✓ evidence intact")
      } else {
        html.element("b", text: "Evidence identified by digest")
        html.text(", not signed")
      }
    }
    html.element("p") { html in
      if survey.isComplete {
        html.element("b", .class("ok"), text: "✓ complete")
        html.text(": no gaps, nothing opaque")
      } else {
        html.element("b", .class("warn"), text: "Not complete")
        html.write(": see \("what is missing", to: HTMLAnchor("everything"))")
      }
    }
    html.element("p", prose: "case digest \(code: Figures.short(survey.digest))")
  }
}
