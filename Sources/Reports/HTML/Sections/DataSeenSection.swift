import Model

/// Which tables were read, how many rows went out, and to whom.
struct DataSeenSection {
  let survey: CaseSurvey

  /// Rows of the table.
  private static let rows = 500

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("data"), "What data was seen") { html in
      let entries = survey.dataSeen.sorted
      guard !entries.isEmpty else {
        html.element("p", .class("calm"), text: "No statement in this evidence names a table that it read.")
        return
      }
      html.table(
        "list card", caption: "Tables read, most rows first",
        columns: ["Table", .number("Statements"), .number("Rows returned"), "Columns returned", "By"]
      ) { html in
        for entry in entries.prefix(Self.rows) { write(entry, to: &html) }
      }
      if entries.contains(where: \.isShared) {
        html.element(
          "p", .class("soft"), text: "* Some of these statements read several tables; their rows count for each.")
      }
      let left = max(0, entries.count - Self.rows)
      if left > 0 {
        html.element("p", .class("cut"), text: "\(Figures.count(left, "table")) with fewer rows are not listed.")
      }
      if survey.dataSeen.omittedCount > 0 {
        html.element(
          "p", .class("cut"),
          text:
            "\(Figures.count(survey.dataSeen.omittedCount, "further read")) of tables beyond the first \(Figures.count(entries.count)) are not counted here."
        )
      }
    }
  }

  private func write(_ entry: DataSeen.Entry, to html: inout HTMLWriter<some ReportSink>) {
    html.element("tr") { html in
      html.element("th", HTMLAttribute("scope", "row")) { html in
        html.element("a", .link(.action(entry.firstActionID))) { html in html.element("code", text: entry.resource.name)
        }
        if entry.resource.kind != "table" { html.element("span", .class("soft"), text: " " + entry.resource.kind) }
      }
      html.number(entry.statements)
      html.number(Figures.count(entry.rows) + (entry.isShared ? "*" : ""))
      html.element("td") { html in
        for (index, column) in entry.columns.enumerated() {
          if index > 0 { html.text(", ") }
          html.element("code", text: column)
        }
        if entry.moreColumns { html.text(", …") }
        if entry.columns.isEmpty { html.element("span", .class("soft"), text: "not told apart") }
      }
      html.element("td") { html in
        var seen = Set<String>()
        let names = entry.sessions.map { survey.sessions[$0].shortName }.filter { seen.insert($0).inserted }
        html.text(names.prefix(4).joined(separator: ", ") + (names.count > 4 || entry.moreSessions ? ", …" : ""))
      }
    }
  }
}
