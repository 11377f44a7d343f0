public import Model
import Replay

/// JUnit XML: a test case for each change, and three for the evidence itself.
///
/// Elements are those that the schemas of Jenkins' xunit plug-in and of Ant both accept; `Dialect` says what else
/// differs.
public struct JUnitReport: ReportFormat {
  public static let id = "junit"
  public static let fileExtension = "xml"
  /// Bytes of text in one case: GitLab, Azure and others cut or refuse more.
  static let textLimit = 60_000
  /// Characters of a name (Azure: 512).
  static let nameLimit = 480
  /// Cases written one by one; GitLab refuses files of 30 MB and 500,000 cases.
  static let caseLimit = 20_000

  /// What consumers disagree on.
  public enum Dialect: String, Sendable, CaseIterable {
    /// With `file` and `line` of each change's evidence, which GitLab and others show; no schema has them.
    case standard = "default"
    /// Valid by the schemas of Jenkins' xunit plug-in and of Ant.
    case strict
    /// Valid by Maven Surefire's schema: no host, no output of the suite.
    case surefire
  }

  let dialect: Dialect

  public init(dialect: Dialect = .standard) { self.dialect = dialect }

  private struct Tally {
    var tests = 3
    var failures = 0
    var errors = 0
  }

  public func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws {
    guard let xml = XMLTree() else { throw ReportError("libxml2 is out of memory") }
    let sessions = Dictionary(try reading.sessions().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let ids = verdict.decisions.keys.sorted()
    var tally = Tally(tests: 3 + min(ids.count, JUnitReport.caseLimit))
    var shown = 0
    var left = 0
    var leftBad = 0
    var started: Timestamp?
    try reading.forEachAction(session: nil) { action in
      guard let decision = verdict.decisions[action.id] else { return }
      started = started ?? action.startedAt
      shown += 1
      if shown > JUnitReport.caseLimit {
        left += 1
        if !decision.isAcceptable { leftBad += 1 }
      } else if decision.outcome == .undecidable {
        tally.errors += 1
      } else if !decision.isAcceptable {
        tally.failures += 1
      }
    }
    if verdict.overall == .evidenceBroken { tally.errors += 1 }
    if verdict.overall == .undecidable { tally.errors += 1 }
    if left > 0 {
      tally.tests += 1
      if leftBad > 0 { tally.failures += 1 }
    }
    begin(xml, reading.name, tally, at: started)
    let sources = try reading.sources()
    let byID = Dictionary(sources.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let steps = NextSteps(caseName: reading.name, verdict: verdict)
    evidence(xml, sources, verdict)
    var names: [String: Int] = [:]
    var written = 0
    try reading.forEachAction(session: nil) { action in
      guard let decision = verdict.decisions[action.id], written < JUnitReport.caseLimit else { return }
      written += 1
      let source = action.sourceID.flatMap { byID[$0] }
      change(xml, action, sessions[action.sessionID], decision, source, steps, &names)
      if written % 256 == 0 { try sink.append(xml.take()) }
    }
    if left > 0 { remainder(xml, left: left, bad: leftBad) }
    if dialect != .surefire {
      for name in ["system-out", "system-err"] {
        xml.begin(name)
        xml.end()
      }
    }
    xml.end()
    try sink.append(xml.finish())
  }

  private func begin(_ xml: XMLTree, _ name: String, _ tally: Tally, at started: Timestamp?) {
    xml.begin("testsuite")
    xml.attribute("name", "exhibit.\(name)")
    xml.attribute("tests", "\(tally.tests)")
    xml.attribute("failures", "\(tally.failures)")
    xml.attribute("errors", "\(tally.errors)")
    xml.attribute("time", "0.000")
    xml.attribute("timestamp", String((started ?? .epoch).formatted(fractionDigits: 0).dropLast()))
    if dialect == .surefire { xml.attribute("skipped", "0") } else { xml.attribute("hostname", "localhost") }
    xml.begin("properties")
    xml.end()
  }

  private func evidence(_ xml: XMLTree, _ sources: [Source], _ verdict: Verdict) {
    let list = sources.map { "\($0.sha256)  \($0.path)  \($0.integrity)" }.joined(separator: "\n")
    testCase(xml, "exhibit.evidence", "evidence.integrity", seconds: 0) {
      if verdict.overall == .evidenceBroken {
        problem(xml, "error", "evidence does not verify", "EvidenceBroken", list)
      }
    }
    testCase(xml, "exhibit.evidence", "evidence.completeness", seconds: 0) {
      if verdict.overall == .undecidable {
        problem(
          xml, "error", "the policy demands complete evidence, and it is not", "EvidenceIncomplete",
          verdict.incompleteness.joined(separator: "\n"))
      }
    }
    testCase(xml, "exhibit.evidence", "policy.loaded", seconds: 0) {}
  }

  private func change(
    _ xml: XMLTree, _ action: Action, _ session: Session?, _ decision: Decision, _ source: Source?,
    _ steps: NextSteps, _ names: inout [String: Int]
  ) {
    let text = action.text.split { $0.isWhitespace }.joined(separator: " ")
    // A request begins with its verb.
    var name = action.isCall && text.hasPrefix(action.verb + " ") ? text : "\(action.verb): \(text)"
    if name.count > JUnitReport.nameLimit { name = name.prefix(JUnitReport.nameLimit - 1) + "…" }
    // The same change twice is two cases; consumers drop repeated names without a word.
    let count = names[name, default: 0] + 1
    names[name] = count
    if count > 1 { name += " (\(count))" }
    let target = (session?.target ?? "unknown").map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" }
    let seconds = action.endedAt.map { Double(max(0, $0.nanoseconds(since: action.startedAt))) / 1e9 } ?? 0
    let place = dialect == .standard ? source.map { ($0.path, action.packet) } : nil
    testCase(xml, "exhibit.\(String(target))", name, seconds: seconds, place: place) {
      guard !decision.isAcceptable else { return }
      let isError = decision.outcome == .undecidable
      problem(
        xml, isError ? "error" : "failure", decision.reason,
        isError ? "Undecidable" : decision.outcome == .denied ? "Forbidden" : "NotApproved",
        details(action, session, decision, steps))
    }
  }

  private func details(_ action: Action, _ session: Session?, _ decision: Decision, _ steps: NextSteps) -> String {
    var lines = [
      "what      \(action.text.prefix(20_000))",
      "when      \(action.startedAt) UTC",
      "who       \(session?.user ?? "unknown") from \(session?.client ?? "unknown")",
    ]
    if let session, let difference = action.identity.difference(from: session) {
      lines.append("identity  \(difference)")
    }
    if let application = session?.application { lines.append("program   \(application)") }
    lines.append("where     \(session?.target ?? "unknown") at \(session?.server ?? "unknown")")
    lines.append("effect    \(action.effect.rawValue)\(action.isUnfiltered ? ", every row" : "")")
    for resource in action.resources.prefix(50) { lines.append("touches   \(resource)") }
    lines.append("outcome   \([action.status.rawValue, action.code].compactMap { $0 }.joined(separator: " "))")
    if let transaction = action.transaction { lines.append("lasted    \(transaction.rawValue)") }
    lines.append("rule      \(decision.rule)")
    if let source = action.sourceID, let packet = action.packet {
      lines.append("evidence  packet \(packet) of \(source)")
    }
    lines += steps.lines(action, session, decision)
    return lines.joined(separator: "\n")
  }

  private func remainder(_ xml: XMLTree, left: Int, bad: Int) {
    testCase(xml, "exhibit.evidence", "changes.remaining", seconds: 0) {
      guard bad > 0 else { return }
      problem(
        xml, "failure", "\(bad) of \(left) further changes are not acceptable", "NotApproved",
        "Only the first \(JUnitReport.caseLimit) changes have a case of their own; exhibit actions --changes lists all."
      )
    }
  }

  private func testCase(
    _ xml: XMLTree, _ className: String, _ name: String, seconds: Double, place: (file: String, line: UInt64?)? = nil,
    _ body: () -> Void
  ) {
    xml.begin("testcase")
    xml.attribute("classname", className)
    xml.attribute("name", name)
    xml.attribute("time", Self.seconds(seconds))
    if let place {
      xml.attribute("file", place.file)
      if let line = place.line, line > 0 { xml.attribute("line", "\(line)") }
    }
    body()
    xml.end()
  }

  private func problem(_ xml: XMLTree, _ element: String, _ message: String, _ type: String, _ details: String) {
    xml.begin(element)
    xml.attribute("message", message)
    xml.attribute("type", type)
    xml.text(message + "\n\n" + details.prefix(JUnitReport.textLimit))
    xml.end()
  }

  private static func seconds(_ value: Double) -> String {
    let milliseconds = Int(min(value, 1e9) * 1000)
    let rest = String(milliseconds % 1000)
    return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }
}
