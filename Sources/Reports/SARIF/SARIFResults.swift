import Bytes
import Model

/// The results of a run, in the order of time; those of no action before, what was left out behind.
struct SARIFResults {
  private let issues: IssueList
  private let rules: SARIFRules
  private let sources: [Source]
  private let sourceIndex: [String: Int]
  private let sessions: [String: Session]
  private let verdict: Verdict
  /// Issues by action, by place; an action's are taken out when they are written.
  private var waiting: [String: [Int]] = [:]
  /// How often each fingerprint came, so that the same thing done twice is two results.
  private var seen: [String: Int] = [:]

  init(issues: IssueList, rules: SARIFRules, sources: [Source], sessions: [Session], verdict: Verdict) {
    self.issues = issues
    self.rules = rules
    self.sources = sources
    self.verdict = verdict
    sourceIndex = Dictionary(sources.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.sessions = Dictionary(sessions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for (place, issue) in issues.issues.enumerated() {
      if let action = issue.actionID { waiting[action, default: []].append(place) }
    }
  }

  /// Those of no action.
  mutating func writeLoose(to json: inout JSONWriter) {
    for issue in issues.issues where issue.actionID == nil { write(issue, nil, to: &json) }
  }

  mutating func write(_ action: Action, to json: inout JSONWriter) {
    guard let places = waiting.removeValue(forKey: action.id) else { return }
    for place in places { write(issues.issues[place], action, to: &json) }
  }

  /// Those of actions that the case does not have, and the note on what was left out.
  mutating func writeRest(to json: inout JSONWriter) {
    for place in waiting.values.joined().sorted() { write(issues.issues[place], nil, to: &json) }
    guard issues.leftCount > 0 else { return }
    let text =
      "\(Figures.count(issues.leftCount)) more results are not in this file: \(issues.leftText). "
      + "There are \(Figures.count(issues.count)) in all; exhibit findings lists every one."
    json.object { json in
      json.member("ruleId", SARIFRules.closing)
      json.member("ruleIndex", rules.index(of: SARIFRules.closing))
      json.member("level", "note")
      json.key("message")
      json.object { $0.member("text", text) }
      json.key("locations")
      json.array { json in
        if let source = sources.first { json.object { json in write(source, 0, nil, to: &json) } }
      }
      json.key("partialFingerprints")
      json.object { $0.member("exhibit/v1", SARIFRules.closing) }
    }
  }

  private mutating func write(_ issue: Issue, _ action: Action?, to json: inout JSONWriter) {
    let session = (action?.sessionID ?? issue.sessionID).flatMap { sessions[$0] }
    let fingerprint = fingerprint(issue, action, session)
    json.object { json in
      json.member("ruleId", SARIFText.id(issue.rule))
      json.member("ruleIndex", rules.index(of: issue.rule))
      json.member("level", SARIFText.level(issue.severity))
      json.member("kind", "fail")
      json.key("message")
      json.object { $0.member("text", Self.message(issue, action)) }
      json.key("locations")
      json.array { json in
        json.object { json in
          let source = (action?.sourceID ?? session?.sourceID).flatMap { sourceIndex[$0] } ?? sources.indices.first
          if let source { write(sources[source], source, action, to: &json) }
          writeLogical(action, session, to: &json)
        }
      }
      json.key("partialFingerprints")
      json.object { json in
        json.member("exhibit/v1", fingerprint)
        // The one that GitHub compares.
        json.member("primaryLocationLineHash", fingerprint)
      }
      json.key("properties")
      json.object { json in writeProperties(issue, action, session, to: &json) }
    }
  }

  private static func message(_ issue: Issue, _ action: Action?) -> String {
    var text = issue.title
    if !issue.detail.isEmpty { text += ": " + issue.detail }
    if let action { text += "\n\(Excerpt(action.text, limit: 1500).text)" }
    return SARIFText.message(text)
  }

  /// Rule, place, verb and statement, and the how manieth: what stays the same when the case is made again.
  private mutating func fingerprint(_ issue: Issue, _ action: Action?, _ session: Session?) -> String {
    let parts = [
      issue.rule, session?.protocolName, session?.target ?? session?.server, action?.verb,
      action?.text ?? issue.title + issue.detail,
    ]
    let text = parts.map { part in part.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined()
    let digest = SHA256.digest(of: text).bytes.prefix(16).hex
    let number = seen[digest, default: 0] + 1
    seen[digest] = number
    return "\(digest):\(number)"
  }

  /// A capture has no lines, and readers ask for one: it is the first. A source of text has its records.
  private func write(_ source: Source, _ index: Int, _ action: Action?, to json: inout JSONWriter) {
    let isCapture = source.kind.hasPrefix("pcap")
    json.key("physicalLocation")
    json.object { json in
      json.key("artifactLocation")
      json.object { json in
        json.member("uri", SourceReference.of(source))
        json.member("index", index)
      }
      json.key("region")
      json.object { json in
        json.member("startLine", isCapture ? 1 : Int(clamping: max(1, action?.packet ?? 1)))
        if let action {
          json.key("snippet")
          json.object { $0.member("text", SARIFText.message(action.text)) }
        }
      }
      json.key("properties")
      json.object { json in
        json.member("packet", action?.packet)
        json.member("sha256", SARIFText.line(source.sha256))
      }
    }
  }

  private func writeLogical(_ action: Action?, _ session: Session?, to json: inout JSONWriter) {
    guard let session else { return }
    let name = SARIFText.line(session.id)
    json.key("logicalLocations")
    json.array { json in
      json.object { json in
        json.member("fullyQualifiedName", name)
        json.member("kind", "session")
        json.member("name", SARIFText.line(session.shortName))
      }
      guard let action else { return }
      json.object { json in
        json.member("fullyQualifiedName", "\(name)/\(SARIFText.line(action.id))")
        json.member("kind", "action")
        json.member("name", SARIFText.line(action.id))
      }
    }
  }

  private func writeProperties(
    _ issue: Issue, _ action: Action?, _ session: Session?, to json: inout JSONWriter
  ) {
    json.member("controls", issue.controls.prefix(50).map { SARIFText.line($0) })
    json.member("id", SARIFText.line(issue.id))
    json.member("outcome", issue.outcome?.rawValue)
    json.member("severity", issue.severity.rawValue)
    guard let action else { return }
    json.member("action", SARIFText.line(action.id))
    json.member("at", action.startedAt.description)
    json.member("effect", action.effect.rawValue)
    json.member("resources", action.resources.prefix(50).map { SARIFText.line($0.description) })
    json.member("server", session.map { SARIFText.line($0.server) })
    json.member("status", action.status.rawValue)
    json.member("user", (action.identity.user ?? session?.user).map { SARIFText.line($0) })
    json.member("decision", verdict.decisions[action.id].map { SARIFText.line($0.reason) })
  }
}
