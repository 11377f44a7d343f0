import Model

/// Each control with its state and the evidence for it, and the facts that they stand on.
struct ControlsSection {
  let assessment: FrameworkAssessment

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("controls"), "Controls") { html in
      html.table(
        "list card matrix", caption: "What the recording says of each control",
        columns: ["Control", "To be shown", "State", "Evidence"]
      ) { html in
        for control in assessment.controls { write(control, to: &html) }
      }
      html.element("h3", text: "The facts behind them")
      html.table(
        "list card wide", caption: "Facts of this case",
        columns: [
          "Fact", "State", .number("Looked at"), .number("Against"), "What was seen, and what keeps it from being more",
          "Actions",
        ]
      ) { html in
        for (fact, state) in assessment.askedFacts where fact != .outside { write(fact, state, to: &html) }
      }
    }
  }

  private func write(_ control: ControlAssessment, to html: inout HTMLWriter<some ReportSink>) {
    html.element("tr") { html in
      html.element("th", HTMLAttribute("scope", "row"), text: control.control.id)
      html.element("td") { html in
        html.element("b", text: control.control.title)
        html.element("div", .class("soft"), text: control.control.shows)
      }
      html.element("td") { html in html.state(control.state) }
      html.element("td") { html in
        html.element("ul") { html in
          for (fact, state) in control.facts {
            html.element("li") { html in
              if fact == .outside {
                html.element("b", text: fact.title)
              } else {
                html.element("a", .link(.fact(fact.rawValue)), text: fact.title)
              }
              html.text(" ")
              html.state(state.state)
              html.element("div", .class("soft"), text: Self.reason(state))
            }
          }
        }
      }
    }
  }

  /// The sentence that says most of why it is as it is.
  private static func reason(_ state: FactAssessment) -> String {
    switch state.state {
    case .supported: state.evidence.first ?? ""
    case .exception: state.evidence.last ?? ""
    case .notCovered: state.missing.first ?? state.evidence.first ?? ""
    }
  }

  private func write(_ fact: CaseFact, _ state: FactAssessment, to html: inout HTMLWriter<some ReportSink>) {
    html.element("tr", .id(.fact(fact.rawValue))) { html in
      html.element("th", HTMLAttribute("scope", "row"), text: fact.title)
      html.element("td") { html in html.state(state.state) }
      html.number(state.population)
      html.number(state.exceptionCount)
      html.element("td") { html in
        for sentence in state.evidence { html.element("div", text: sentence) }
        for sentence in state.missing { html.element("div", .class("soft"), text: sentence) }
      }
      html.element("td", .class("id")) { html in
        html.ids(state.actionIDs, of: state.state == .exception ? state.exceptionCount : state.population)
      }
    }
  }
}
