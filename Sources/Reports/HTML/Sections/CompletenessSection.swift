import Model

/// What the evidence is, and what is known to be missing from it.
struct CompletenessSection {
  let survey: CaseSurvey

  private static let sources = 1000
  private static let gaps = 300
  private static let opaque = 200
  private static let examples = 6
  private static let kinds = 100

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("everything"), "Is this everything?") { html in
      writeSummary(to: &html)
      writeSources(to: &html)
      WitnessSection(survey: survey).write(to: &html)
      writeGaps(to: &html)
      writeOpaque(to: &html)
      writeAnomalies(to: &html)
    }
  }

  private func writeSummary(to html: inout HTMLWriter<some ReportSink>) {
    let packets = survey.sources.reduce(UInt64(0)) { $0.addingReportingOverflow($1.packetCount).partialValue }
    html.element(
      "p",
      prose: """
        This report covers \(Figures.count(survey.sessions.count, "session")) and \
        \(Figures.count(survey.total.actions, "action")) rebuilt from \(Figures.count(packets, "packet")) of \
        \(Figures.count(survey.sources.count, "source")). What was never captured cannot be in it: traffic that did not \
        pass the point of capture, or passed before or after.
        """)
    if !survey.prompts.isPresent, !survey.sources.isEmpty {
      html.element(
        "p", .class("soft"),
        text: "No transcripts of agents were given: this report does not say which prompt asked for what.")
    }
    let reasons = survey.verdict.incompleteness
    if survey.isComplete {
      html.element("p", .class("calm"), text: "Within the captured sessions nothing is known to be missing.")
    } else if !reasons.isEmpty {
      html.element("ul", .class("reasons")) { html in
        for reason in reasons.prefix(100) { html.element("li", text: reason) }
        if reasons.count > 100 { html.element("li", text: "and \(Figures.count(reasons.count - 100)) more reasons") }
      }
    }
  }

  private func writeSources(to html: inout HTMLWriter<some ReportSink>) {
    guard !survey.sources.isEmpty else {
      html.element("p", .class("loud"), text: "The case holds no source.")
      return
    }
    html.table(
      "list card", caption: "The evidence, by digest",
      columns: ["Source", .number("Packets"), .number("Bytes"), "First and last packet", "State"]
    ) { html in
      for source in survey.sources.prefix(Self.sources) { write(source, to: &html) }
    }
    guard survey.sources.count > Self.sources else { return }
    html.element(
      "p", .class("cut"), text: "\(Figures.count(survey.sources.count - Self.sources)) more are in the case file.")
  }

  private func write(_ source: Source, to html: inout HTMLWriter<some ReportSink>) {
    html.element("tr", .id(.source(source.id))) { html in
      html.element("th", HTMLAttribute("scope", "row")) { html in
        html.element("bdi", text: source.path)
        html.element("div", .class("digest"), prose: "\(source.kind), SHA-256 \(code: source.sha256)")
      }
      html.number(source.packetCount)
      html.number(source.byteCount)
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

  private func writeGaps(to html: inout HTMLWriter<some ReportSink>) {
    guard !survey.gaps.isEmpty else { return }
    html.element(
      "h3",
      text: "Not captured: \(Figures.bytes(survey.missingByteCount)) in \(Figures.count(survey.gaps.count, "gap"))")
    html.table(
      "list card titled", caption: "Gaps",
      columns: ["Session", "Direction", "From", .number("For"), .number("Bytes"), "Why"]
    ) { html in
      for gap in survey.gaps.prefix(Self.gaps) {
        html.element("tr") { html in
          html.element("th", HTMLAttribute("scope", "row")) { html in sessionLink(gap.sessionID, to: &html) }
          html.element("td", text: Wording.sender(gap.direction))
          html.element("td") { html in html.time(gap.at, survey.clock) }
          html.number(gap.until.map { Figures.span(nanoseconds: $0.nanoseconds(since: gap.at)) } ?? "to the end")
          html.number(gap.byteCount)
          html.element("td", text: Wording.cause(gap.reason))
        }
      }
    }
    guard survey.gaps.count > Self.gaps else { return }
    html.element(
      "p", .class("cut"), text: "\(Figures.count(survey.gaps.count - Self.gaps, "more gap")) are in the case file.")
  }

  private func sessionLink(_ id: String, to html: inout HTMLWriter<some ReportSink>) {
    guard let index = survey.sessionIndex[id] else { return html.text(id) }
    html.element("a", .link(.session(id)), text: survey.sessions[index].shortName)
  }

  private func writeOpaque(to html: inout HTMLWriter<some ReportSink>) {
    let sessions = survey.opaqueSessions
    guard !sessions.isEmpty else { return }
    let bytes = sessions.reduce(UInt64(0)) { $0.addingReportingOverflow($1.byteCount).partialValue }
    html.element(
      "h3",
      text: "Opaque: \(Figures.bytes(bytes)) in \(Figures.count(sessions.count, "session")) could not be looked into")
    html.table(
      "list card titled", caption: "Opaque sessions",
      columns: ["Session", "Protocol", "Client", "Server", .number("Sent"), .number("Received"), "Why"]
    ) { html in
      for session in sessions.prefix(Self.opaque) {
        html.element("tr") { html in
          html.element("th", HTMLAttribute("scope", "row")) { html in sessionLink(session.id, to: &html) }
          html.element("td", text: session.protocolName)
          html.element("td", text: session.client)
          html.element("td", text: session.server)
          html.number(Figures.bytes(session.bytesIn))
          html.number(Figures.bytes(session.bytesOut))
          html.element(
            "td",
            text: session.reason
              ?? (session.isEncrypted ? "encrypted, and no key is at hand" : "the protocol is not known"))
        }
      }
    }
    guard sessions.count > Self.opaque else { return }
    html.element(
      "p", .class("cut"), text: "\(Figures.count(sessions.count - Self.opaque, "more session")) are in the case file.")
  }

  private func writeAnomalies(to html: inout HTMLWriter<some ReportSink>) {
    let groups = Dictionary(grouping: survey.anomalies) { $0.code }
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    guard !groups.isEmpty else {
      html.element(
        "p", .class("calm"), text: "No strange evidence: every byte that could be read was as its protocol says.")
      return
    }
    html.element(
      "h3",
      text:
        "Strange evidence: \(Figures.count(survey.anomalies.count, "anomaly", "anomalies")) of \(Figures.count(groups.count, "kind"))"
    )
    html.element("p", .class("soft"), text: "None of it stopped the analysis; what could be decoded was kept.")
    html.element("dl", .class("anomalies card")) { html in
      for (code, anomalies) in groups.prefix(Self.kinds) {
        html.element("div") { html in
          html.element("dt") { html in
            html.text(Wording.humanized(code))
            html.element("span", .class("n"), text: Figures.count(anomalies.count, "time"))
          }
          html.element("dd") { html in
            html.element("ul") { html in
              for anomaly in anomalies.prefix(Self.examples) { write(anomaly, to: &html) }
              if anomalies.count > Self.examples {
                html.element(
                  "li", .class("soft"),
                  prose:
                    "and \(Figures.count(anomalies.count - Self.examples)) more: \(code: "SELECT * FROM anomalies WHERE code = '\(code)'")"
                )
              }
            }
          }
        }
      }
    }
  }

  private func write(_ anomaly: StoredAnomaly, to html: inout HTMLWriter<some ReportSink>) {
    html.element("li") { html in
      html.text(String(Excerpt(anomaly.detail, limit: 600).text))
      html.element("span", .class("soft")) { html in
        if let time = anomaly.time {
          html.text(" · ")
          html.time(time, survey.clock)
        }
        if let packet = anomaly.packet, packet > 0 { html.text(" · packet \(Figures.count(packet))") }
        if let source = anomaly.sourceID.flatMap({ survey.sourceIndex[$0] }) {
          html.text(" of \(EvidencePlace.fileName(survey.sources[source]))")
        }
        if let session = anomaly.sessionID, survey.sessionIndex[session] != nil {
          html.text(" · ")
          sessionLink(session, to: &html)
        }
      }
    }
  }
}
