import Bytes
public import Model

/// OCSF events, one a line: what was done to databases, by SSH and by HTTP, and what controls it speaks against.
public struct OCSFReport: ReportFormat {
  public static let id = "ocsf"
  public static let fileExtension = "jsonl"
  /// Of the schema.
  static let schema = "1.4.0"

  public init() {}

  public func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws {
    let sessions = Dictionary(try reading.sessions().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let sources = Dictionary(try reading.sources().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let parts = OCSFParts(sources: sources, last: sessions.values.map(\.endedAt).max() ?? .epoch)
    let issues = IssueList(verdict)
    var waiting: [String: [Int]] = [:]
    for (place, issue) in issues.issues.enumerated() {
      if let action = issue.actionID { waiting[action, default: []].append(place) }
    }
    var json = JSONWriter()
    try reading.forEachAction(session: nil) { action in
      guard let session = sessions[action.sessionID] else { return }
      OCSFActivity(action: action, session: session, decision: verdict.decisions[action.id], parts: parts).write(
        to: &json)
      for place in waiting.removeValue(forKey: action.id) ?? [] {
        OCSFFinding(issue: issues.issues[place], action: action, session: session, parts: parts).write(to: &json)
      }
      if json.bytes.count > 1 << 16 { try sink.append(json.take()) }
    }
    let rest = issues.issues.indices.filter { issues.issues[$0].actionID == nil } + waiting.values.joined().sorted()
    for place in rest {
      let issue = issues.issues[place]
      let session = issue.sessionID.flatMap { sessions[$0] }
      OCSFFinding(issue: issue, action: nil, session: session, parts: parts).write(to: &json)
      if json.bytes.count > 1 << 16 { try sink.append(json.take()) }
    }
    try sink.append(json.take())
  }
}
