import Model

/// Changes to look at one by one, drawn so that anybody can draw them again.
struct SampleSection {
  let sample: ChangeSample
  let survey: CaseSurvey

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("sample"), "Sample") { html in
      guard sample.population > 0 else {
        html.element("p", .class("calm"), text: "There is no change to draw from.")
        return
      }
      let nonce: Prose = sample.nonce.isEmpty ? "no nonce" : "the auditor's nonce \(code: sample.nonce)"
      html.element(
        "p",
        prose: """
          \(Figures.count(sample.items.count)) of \(Figures.count(sample.population, "change")). The seed is SHA-256 over \
          the digests of all sources, a line each, and \(nonce): \(code: sample.seed). Drawn are the changes whose SHA-256 \
          over seed and id, a line each, is the smallest: who has the evidence cannot choose the nonce, and who chooses the \
          nonce cannot choose the evidence.
          """)
      if sample.nonce.isEmpty {
        html.element(
          "p", .class("soft"),
          text:
            "Without a nonce the sample is the same for everybody. Give one with --nonce that the other side "
            + "could not foresee."
        )
      }
      html.table(
        "list card wide sampled", caption: "The changes that were drawn, in the order of their keys",
        columns: ["Change", "Time", "Who", "What", "Decision", "Evidence"]
      ) { html in
        for item in sample.items { write(item, to: &html) }
      }
      html.element("h3", text: "Draw it again")
      html.command(Self.commands(file: survey.name + ".exhibit", nonce: sample.nonce))
    }
  }

  /// Lines for a shell that print the ids of the sample.
  static func commands(file: String, nonce: String) -> [String] {
    let file = ShellQuoting.word(file)
    return [
      "seed=$({ sqlite3 -readonly \(file) 'SELECT DISTINCT sha256 FROM sources ORDER BY 1';",
      "  printf %s \(nonce.isEmpty ? "''" : ShellQuoting.value(nonce)); } | sha256sum | cut -c1-64)",
      "sqlite3 -readonly \(file) \"SELECT id FROM actions WHERE effect NOT IN ('read', 'session')\" |",
      "  while IFS= read -r id; do",
      "    printf '%s %s\\n' \"$(printf '%s\\n%s\\n' \"$seed\" \"$id\" | sha256sum | cut -c1-64)\" \"$id\"",
      "  done | LC_ALL=C sort | head -n \(ChangeSample.size) | cut -d' ' -f2-",
    ]
  }

  private func write(_ item: ChangeSample.Item, to html: inout HTMLWriter<some ReportSink>) {
    let action = item.action
    let session = survey.sessionIndex[action.sessionID].map { survey.sessions[$0] }
    html.element("tr") { html in
      html.element("th", HTMLAttribute("scope", "row"), .class("id")) { html in
        html.element("code", text: action.id)
        html.element("div", .class("digest")) { html in html.element("code", text: String(item.key.prefix(12)) + "…") }
      }
      html.element("td") { html in html.time(action.startedAt, survey.clock, fractionDigits: 0) }
      html.element("td", text: action.identity.user ?? session?.actor ?? "unknown")
      html.element("td") { html in
        html.element("pre", .class("statement")) { html in
          html.element("code", HTMLAttribute("dir", "ltr")) { html in html.block(Excerpt(action.text, limit: 400).text)
          }
        }
      }
      html.element("td") { html in
        if let decision = item.decision {
          html.outcome(decision.outcome)
          html.element("div", .class("soft"), text: decision.reason)
        } else {
          html.text("not judged")
        }
      }
      html.element("td", prose: EvidencePlace(action, survey).prose)
    }
  }
}
