import Model

/// Where the evidence comes from, and what was made of it by what.
struct CustodySection {
  let facts: CaseFacts
  let survey: CaseSurvey

  private static let rows = 1000

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("custody"), "Sources and chain of custody") { html in
      guard !facts.sources.isEmpty else {
        html.element("p", .class("loud"), text: "The case holds no source.")
        return
      }
      html.table(
        "list card wide", caption: "What was read, by digest",
        columns: ["Source", .number("Bytes"), .number("Packets"), "First and last", "Integrity"]
      ) { html in
        for source in facts.sources.prefix(Self.rows) { write(source, to: &html) }
      }
      if facts.sources.count > Self.rows {
        html.element(
          "p", .class("cut"), text: "\(Figures.count(facts.sources.count - Self.rows)) more are in the case file.")
      }
      html.points([
        """
        \(strong: "Read by"): \(Product.name) \(Product.version). Originals are opened for reading only; what is made \
        of them is the case file \(code: survey.name + ".exhibit").
        """,
        """
        \(strong: "Case digest"): \(code: survey.digest), SHA-256 over the digests of all sources, each once, sorted, \
        a line each.
        """,
        """
        \(strong: "Repeatable"): the same sources and policy give the same case, the same findings and this page byte \
        for byte. Ids are made of digests; there is no clock and no chance in it.
        """,
        "\(strong: "Secrets"): passwords, tokens and keys that were seen are redacted before they are stored.",
        """
        \(strong: "Before Exhibit"): who captured the traffic, where and how the files came here is not in them; it \
        must be told by other records.
        """,
      ])
    }
  }

  private func write(_ source: Source, to html: inout HTMLWriter<some ReportSink>) {
    html.element("tr", .id(.source(source.id))) { html in
      html.element("th", HTMLAttribute("scope", "row")) { html in
        html.element("bdi", text: source.path)
        html.element("div", .class("digest"), prose: "\(source.kind), SHA-256 \(code: source.sha256)")
      }
      html.number(source.byteCount)
      html.number(source.packetCount)
      html.element("td") { html in
        if let first = source.firstAt { html.time(first, survey.clock) }
        if let last = source.lastAt {
          html.markup("<br>")
          html.time(last, survey.clock)
        }
      }
      html.element("td") { html in
        html.text(Wording.integrity(source.integrity))
        if !source.isComplete { html.element("div", .class("loud"), text: "its end is cut or damaged") }
        if let note = source.note { html.element("div", .class("soft"), text: note) }
      }
    }
  }
}
