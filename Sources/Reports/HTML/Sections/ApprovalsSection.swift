import Model

/// Who approved what: each signed request once, with what it was used for and what each signature is worth.
struct ApprovalsSection {
  let survey: CaseSurvey

  /// Requests that are shown one by one, and actions under each.
  private static let (files, actions) = (500, 8)

  private struct Request {
    var file: String
    var sha256: String
    var rows: [Approval]
  }

  private var requests: [Request] {
    Dictionary(grouping: survey.verdict.approvals) { $0.file + "\n" + $0.fileSHA256 }
      .sorted { $0.key < $1.key }
      .compactMap { _, rows in rows.first.map { Request(file: $0.file, sha256: $0.fileSHA256, rows: rows) } }
  }

  func write(to html: inout HTMLWriter<some ReportSink>) {
    guard !survey.verdict.approvals.isEmpty || !survey.verdict.approvalProblems.isEmpty else { return }
    html.section(HTMLAnchor("approvals"), "Who approved what") { html in
      html.element(
        "p", .class("soft"),
        text:
          "A request names its changes word for word. A signature counts for an action when what ran is what was signed, and somebody else than who asked for it or did it signed before."
      )
      let requests = requests
      if !requests.isEmpty {
        html.table(
          "list card told", caption: "Signed requests",
          columns: ["Request", "Signed by", "Said", "It is", "Existed by", .number("Changes")]
        ) { html in
          for request in requests.prefix(Self.files) { write(request, to: &html) }
        }
      }
      if requests.count > Self.files {
        html.element(
          "p", .class("cut"),
          prose:
            "\(Figures.count(requests.count - Self.files)) more are in the case file: \(code: "SELECT * FROM approvals")."
        )
      }
      for problem in survey.verdict.approvalProblems.prefix(50) {
        html.element("p", .class("loud"), text: "Not counted: " + String(Excerpt(problem, limit: 300).text))
      }
    }
  }

  /// One row for each signer, stance and state; the request's name in the first.
  private func write(_ request: Request, to html: inout HTMLWriter<some ReportSink>) {
    let groups = Dictionary(grouping: request.rows) { row in
      [row.approver ?? "", row.key ?? "", row.stance?.rawValue ?? "", row.state.rawValue].joined(separator: "\n")
    }.sorted { $0.key < $1.key }
    for (index, (_, rows)) in groups.enumerated() {
      guard let row = rows.first else { continue }
      html.element("tr") { html in
        html.element("td") { html in
          guard index == 0 else { return }
          html.element("code", text: String(Excerpt(request.file, limit: 120).text))
          html.element("div", .class("soft"), prose: "SHA-256 \(code: String(request.sha256.prefix(16)))…")
        }
        html.element("td") { html in
          html.text(row.approver.map { String(Excerpt($0, limit: 120).text) } ?? "nobody who is known")
          if let key = row.key { html.element("div", .class("soft")) { html in html.element("code", text: key) } }
        }
        html.element("td", text: row.stance.map(Self.words) ?? "something else")
        html.element("td") { html in
          html.element(
            "span", .class(row.state == .valid ? "word ok" : row.state == .unused ? "word" : "word bad"),
            text: row.state.rawValue)
          if !row.reason.isEmpty {
            html.element("div", .class("soft"), text: String(Excerpt(row.reason, limit: 300).text))
          }
        }
        html.element("td", text: row.decidedAt.map { $0.formatted(fractionDigits: 0) } ?? "not proven")
        html.element("td", .class("number")) { html in write(rows.compactMap(\.actionID), to: &html) }
      }
    }
  }

  private func write(_ actions: [String], to html: inout HTMLWriter<some ReportSink>) {
    html.text(Figures.count(actions.count))
    for id in actions.prefix(Self.actions) {
      html.text(" ")
      html.element("a", .link(.action(id)), text: String(id.drop { $0 != "." }))
    }
    if actions.count > Self.actions { html.text(" …") }
  }

  private static func words(_ stance: Approval.Stance) -> String {
    switch stance {
    case .approve: "approved"
    case .reject: "rejected"
    case .revoke: "taken back"
    case .breakGlass: "approved in an emergency"
    case .review: "reviewed"
    }
  }
}
