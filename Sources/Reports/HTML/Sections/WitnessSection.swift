import Model

/// How the captures agree with what servers wrote down themselves.
struct WitnessSection {
  let survey: CaseSurvey

  private static let logs = 200
  private static let sessions = 100

  func write(to html: inout HTMLWriter<some ReportSink>) {
    guard !survey.serverLogs.isEmpty else { return }
    html.element("h3", text: "Servers' own logs")
    html.element("p", text: statement)
    html.table(
      "list card wide", caption: "Each log against the captures",
      columns: ["Log", "Server and time", .number("Records")] + outcomes.map { .number(Self.head(of: $0)) } + [
        .number("Captured"), .number("Not in the log"),
      ]
    ) { html in
      for log in survey.serverLogs.prefix(Self.logs) { write(log, to: &html) }
    }
    if survey.serverLogs.count > Self.logs {
      html.element(
        "p", .class("cut"), text: "\(Figures.count(survey.serverLogs.count - Self.logs)) more are in the case.")
    }
    writeSessions(to: &html)
    html.element(
      "p", .class("soft"),
      prose:
        "Every record with its outcome: \(code: "exhibit reconcile --case \(ShellQuoting.word(survey.name + ".exhibit"))")."
    )
  }

  /// What an auditor can quote.
  private var statement: String {
    let records = total(RecordOutcome.allCases)
    let inTime = records - total([.outside])
    let matched = total([.matched, .differs])
    var text =
      "\(Figures.count(survey.serverLogs.count, "log")) of servers, which do not depend on the captures, \(survey.serverLogs.count == 1 ? "tells" : "tell") of "
      + "\(Figures.count(inTime, "event")) in the time that was captured; the captures show \(Figures.count(matched)) of them."
    let unseen = total([.unseen])
    if unseen > 0 { text += " \(Figures.count(unseen)) went past the point of capture." }
    let hidden = total([.hidden])
    if hidden > 0 {
      text += " \(Figures.count(hidden)) stand in connections that were captured and could not be read whole."
    }
    let local = total([.local])
    if local > 0 { text += " \(Figures.count(local)) came over sockets of the servers' own machines." }
    let untold = survey.serverLogs.reduce(0) { $0 + $1.untoldCount }
    let covered = survey.serverLogs.reduce(0) { $0 + $1.coveredCount }
    if covered > 0 {
      text +=
        untold == 0
        ? " Nothing that was captured in that time is missing in them."
        : " \(Figures.count(untold)) of \(Figures.count(covered, "captured action")) are missing in them."
    }
    return text
  }

  private func total(_ outcomes: [RecordOutcome]) -> Int {
    survey.serverLogs.reduce(0) { sum, log in sum + outcomes.reduce(0) { $0 + (log.counts[$1] ?? 0) } }
  }

  /// Those that occur.
  private var outcomes: [RecordOutcome] { RecordOutcome.allCases.filter { total([$0]) > 0 } }

  private static func head(of outcome: RecordOutcome) -> String {
    switch outcome {
    case .matched: "In captures too"
    case .differs: "With another outcome"
    case .unseen: "In no capture"
    case .hidden: "Unreadable there"
    case .local: "Local socket"
    case .outside: "Another time"
    }
  }

  private func write(_ log: ServerLog, to html: inout HTMLWriter<some ReportSink>) {
    html.element("tr") { html in
      html.element("th", HTMLAttribute("scope", "row")) { html in
        html.element(
          "bdi", text: survey.sourceIndex[log.sourceID].map { EvidencePlace.fileName(survey.sources[$0]) } ?? log.path)
        html.element("div", .class("soft"), text: log.format)
      }
      html.element("td") { html in
        html.text(log.servers.isEmpty ? "no connection in common" : log.servers.joined(separator: ", "))
        if let first = log.firstAt, let last = log.lastAt {
          html.markup("<br>")
          html.time(first, survey.clock)
          html.text(" to ")
          html.time(last, survey.clock)
        }
        if let clock = log.clock { html.element("div", .class("soft"), text: Self.text(of: clock)) }
      }
      html.number(log.recordCount)
      for outcome in outcomes { html.number(log.counts[outcome] ?? 0) }
      html.number(log.coveredCount)
      html.number(log.untoldCount)
    }
  }

  private static func text(of clock: ServerLog.Clock) -> String {
    let spread = Figures.span(nanoseconds: clock.spread)
    let size = clock.offset == .min ? Int64.max : abs(clock.offset)
    let what =
      size < 1_000_000
      ? "clock as that of the captures"
      : "clock \(Figures.span(nanoseconds: size)) \(clock.offset > 0 ? "ahead" : "behind")"
    return "\(what), ± \(spread), by \(Figures.count(clock.pairCount, "pair"))"
  }

  private func writeSessions(to html: inout HTMLWriter<some ReportSink>) {
    let told = survey.sessions.filter { survey.serverSessions[$0.id] != nil }
    guard !told.isEmpty else { return }
    html.table(
      "list card", caption: "Sessions that only a server's log tells of",
      columns: ["Session", "Client", "Server", "User", .number("Actions"), .number("Changes"), "Why"]
    ) { html in
      for session in told.prefix(Self.sessions) {
        html.element("tr") { html in
          html.element("th", HTMLAttribute("scope", "row")) { html in
            html.element("a", .link(.session(session.id)), text: session.shortName)
          }
          html.element("td", text: session.client)
          html.element("td", text: session.server)
          html.element("td", text: session.user ?? "")
          html.number(session.actionCount)
          html.number(session.changeCount)
          html.element("td", text: session.reason ?? "")
        }
      }
    }
    if told.count > Self.sessions {
      html.element("p", .class("cut"), text: "\(Figures.count(told.count - Self.sessions)) more are in the case.")
    }
  }
}
