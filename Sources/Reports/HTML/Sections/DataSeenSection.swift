import Model

/// Which tables were read, how many rows went out, and to whom.
struct DataSeenSection {
  let survey: CaseSurvey

  /// Rows of the table.
  private static let rows = 500

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("data"), "What data was seen") { html in
      let all = survey.dataSeen.sorted
      guard !all.isEmpty else {
        html.element("p", .class("calm"), text: "No statement in this evidence names a table that it read.")
        return
      }
      writeCalls(all.filter { $0.calls > 0 }, to: &html)
      let entries = all.filter { $0.statements > $0.calls }
      guard !entries.isEmpty else { return }
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

  /// What was read by requests of HTTP.
  private func writeCalls(_ entries: [DataSeen.Entry], to html: inout HTMLWriter<some ReportSink>) {
    guard !entries.isEmpty else { return }
    let sorted = entries.sorted {
      ($1.callBytes, $0.resource.name, $0.resource.kind) < ($0.callBytes, $1.resource.name, $1.resource.kind)
    }
    html.table(
      "list card", caption: "Read over HTTP, most bytes first",
      columns: ["Resource", "Kind", .number("Requests"), .number("Bytes returned"), "By"]
    ) { html in
      for entry in sorted.prefix(Self.rows) {
        html.element("tr") { html in
          html.element("th", HTMLAttribute("scope", "row")) { html in
            html.element("a", .link(.action(entry.firstActionID))) { html in
              html.element("code", text: entry.resource.name)
            }
          }
          html.element("td", text: entry.resource.kind)
          html.number(entry.calls)
          html.number(Figures.bytes(entry.callBytes))
          writeReaders(entry, to: &html)
        }
      }
    }
    guard sorted.count > Self.rows else { return }
    html.element(
      "p", .class("cut"),
      text: "\(Figures.count(sorted.count - Self.rows, "resource")) with fewer bytes are not listed.")
  }

  private func writeReaders(_ entry: DataSeen.Entry, to html: inout HTMLWriter<some ReportSink>) {
    html.element("td") { html in
      var seen = Set<String>()
      let names = entry.sessions.map { survey.sessions[$0].shortName }.filter { seen.insert($0).inserted }
      html.text(names.prefix(4).joined(separator: ", ") + (names.count > 4 || entry.moreSessions ? ", …" : ""))
    }
  }

  private func write(_ entry: DataSeen.Entry, to html: inout HTMLWriter<some ReportSink>) {
    html.element("tr") { html in
      html.element("th", HTMLAttribute("scope", "row")) { html in
        html.element("a", .link(.action(entry.firstActionID))) { html in html.element("code", text: entry.resource.name)
        }
        if entry.resource.kind != "table" { html.element("span", .class("soft"), text: " " + entry.resource.kind) }
      }
      html.number(entry.statements - entry.calls)
      html.number(Figures.count(entry.rows) + (entry.isShared ? "*" : ""))
      html.element("td") { html in
        for (index, column) in entry.columns.enumerated() {
          if index > 0 { html.text(", ") }
          html.element("code", text: column)
        }
        if entry.moreColumns { html.text(", …") }
        if entry.columns.isEmpty { html.element("span", .class("soft"), text: "not told apart") }
      }
      writeReaders(entry, to: &html)
    }
  }
}
