import Model

/// Who approved what: person, key, when that is proven, and the file that was signed.
struct ApprovalEvidenceSection {
  let facts: CaseFacts
  let survey: CaseSurvey

  private static let rows = 500

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("approvals"), "Approvals") { html in
      let groups = ApprovalGroup.groups(of: facts.verdict.approvals)
      if groups.isEmpty {
        html.element(
          "p", .class("calm"),
          text: "No signed approval was given. Changes that the policy allows need none; all others are exceptions.")
      } else {
        html.table(
          "list card wide", caption: "Signatures that were weighed",
          columns: ["Who", "Said", "Worth", "Proven by", "File that was signed", .number("Changes")]
        ) { html in
          for group in groups.prefix(Self.rows) { write(group, to: &html) }
        }
        if groups.count > Self.rows {
          html.element(
            "p", .class("cut"), text: "\(Figures.count(groups.count - Self.rows)) more are in the case file.")
        }
      }
      html.points(facts.verdict.approvalProblems.prefix(100).map { "not counted: \($0)" })
    }
  }

  private func write(_ group: ApprovalGroup, to html: inout HTMLWriter<some ReportSink>) {
    html.element("tr") { html in
      html.element("th", HTMLAttribute("scope", "row")) { html in
        html.text(group.approver ?? "nobody who is known")
        if let key = group.key { html.element("div", .class("digest")) { html in html.element("code", text: key) } }
      }
      html.element("td", .class("id")) { html in
        html.element("span", .class("id"), text: group.stance?.rawValue ?? "unknown")
      }
      html.element("td") { html in
        html.element("span", .class("word \(tone(group.state))"), text: group.state.rawValue)
      }
      html.element("td") { html in
        if let time = group.decidedAt { html.time(time, CaseClock.dated) } else { html.text("not proven") }
      }
      html.element("td") { html in
        html.element("code", text: group.file)
        html.element("div", .class("digest"), prose: "SHA-256 \(code: group.fileSHA256)")
        html.element("div", .class("digest")) { html in html.ids(group.actionIDs, of: group.changeCount) }
      }
      html.number(group.changeCount)
    }
  }

  private func tone(_ state: Approval.State) -> String {
    switch state {
    case .valid: "ok"
    case .unused, .undated, .incomplete, .early: "warn"
    default: "bad"
    }
  }
}

extension CaseClock {
  /// Shows dates: approvals are of other days than what they approve.
  fileprivate static var dated: CaseClock {
    CaseClock(first: .epoch, last: Timestamp(nanoseconds: 200_000_000_000_000))
  }
}
