import Model

/// Which data was read, how much of it, and by whom.
struct DataAccessSection {
  let survey: CaseSurvey

  private static let rows = 300

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("data"), "Data seen") { html in
      let all = survey.dataSeen.sorted
      let entries = all.filter { !Self.isCatalogue($0.resource) }
      let hasCalls = entries.contains { $0.calls > 0 }
      guard !entries.isEmpty else {
        html.element("p", .class("calm"), text: "No statement in this evidence names a table or resource that it read.")
        return
      }
      let size: [TableColumn] = hasCalls ? [.number("Bytes over HTTP")] : []
      html.table(
        "list card wide", caption: "Most rows first",
        columns: ["What", .number("Reads"), .number("Rows")] + size + ["Columns", "By", "First read"]
      ) { html in
        for entry in entries.prefix(Self.rows) { write(entry, hasCalls: hasCalls, to: &html) }
      }
      let left = entries.count - min(entries.count, Self.rows) + survey.dataSeen.omittedCount
      if left > 0 { html.element("p", .class("cut"), text: "\(Figures.count(left)) more are not listed.") }
      if all.count > entries.count {
        html.element(
          "p", .class("soft"),
          text: "\(Figures.count(all.count - entries.count, "table")) of the system's catalogue were read besides.")
      }
      if entries.contains(where: \.isShared) {
        html.element(
          "p", .class("soft"), text: "* Some of these statements read several tables; their rows count for each.")
      }
    }
  }

  /// What PostgreSQL knows of itself: drivers and tools read it all the time.
  private static func isCatalogue(_ resource: Resource) -> Bool {
    resource.name.hasPrefix("pg_") || resource.name.hasPrefix("information_schema.")
  }

  private func write(_ entry: DataSeen.Entry, hasCalls: Bool, to html: inout HTMLWriter<some ReportSink>) {
    html.element("tr") { html in
      html.element("th", HTMLAttribute("scope", "row")) { html in
        html.element("code", text: entry.resource.name)
        if entry.resource.kind != "table" { html.element("span", .class("soft"), text: " " + entry.resource.kind) }
      }
      html.number(entry.statements)
      html.number(Figures.count(entry.rows) + (entry.isShared ? "*" : ""))
      if hasCalls { html.number(entry.callBytes) }
      html.element("td", text: entry.columns.prefix(20).joined(separator: ", ") + (entry.moreColumns ? ", …" : ""))
      html.element("td") { html in
        var seen = Set<String>()
        let names = entry.sessions.map { survey.sessions[$0].shortName }.filter { seen.insert($0).inserted }
        html.text(names.prefix(4).joined(separator: ", ") + (names.count > 4 || entry.moreSessions ? ", …" : ""))
      }
      html.element("td") { html in
        html.time(entry.first, survey.clock, fractionDigits: 0)
        html.element("div", .class("digest id")) { html in html.element("code", text: entry.firstActionID) }
      }
    }
  }
}
