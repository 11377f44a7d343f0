import Bytes
import Model

/// What the policy does not accept and what its rules found, alike ones together, the worst first.
struct ExceptionBook {
  struct Entry {
    /// Nil for findings that are of no action. Its long fields are cut.
    var action: Action?
    /// Bytes of the statement, of which `action` may hold the first only.
    var statementByteCount = 0
    var sessionID: String?
    var decision: Decision?
    var findings: [Finding]
    /// Actions in all: this one and those of the same shape, session, decision and outcome.
    var count = 1
    /// The first few others.
    var others: [(id: String, time: Timestamp)] = []
    /// Prompts that the others go back to and the first does not: the first few, by place.
    var prompts: [Int] = []
    var hasMorePrompts = false
    fileprivate(set) var firstPrompt: Int?

    var severity: Finding.Severity? { findings.map(\.severity).max() }

    /// Something that someone must look at, and not only a remark.
    var isException: Bool { decision.map { !$0.isAcceptable } ?? false || (severity ?? .info) >= .medium }
  }

  /// Entries kept in full.
  static let kept = 2000
  /// Others named beside an entry.
  static let othersKept = 12
  private static let promptsKept = 6
  /// Bytes of a statement kept with an entry.
  static let statementBytes = 8192

  private(set) var entries: [Entry] = []
  /// Actions that found no room.
  private(set) var omittedCount = 0
  private var findings: [String: [Finding]] = [:]
  private var loose: [Finding] = []
  private var index: [Shape: Int] = [:]

  private struct Shape: Hashable {
    let session: String
    let rule: String
    let outcome: Decision.Outcome?
    let statement: String
    let effect: Effect
    let status: Action.Status
    let transaction: Action.Transaction?
    let findings: [String]
  }

  init(verdict: Verdict) {
    for finding in verdict.findings {
      if let action = finding.actionID { findings[action, default: []].append(finding) } else { loose.append(finding) }
    }
  }

  /// `prompt` is the place of the prompt that the action goes back to.
  mutating func take(_ action: Action, _ decision: Decision?, prompt: Int? = nil) {
    let found = findings.removeValue(forKey: action.id) ?? []
    let isException = decision.map { !$0.isAcceptable } ?? false
    guard isException || !found.isEmpty else { return }
    let shape = Shape(
      session: action.sessionID, rule: decision?.rule ?? "", outcome: decision?.outcome,
      statement: action.fingerprint ?? SHA256.digest(of: action.text).hex, effect: action.effect, status: action.status,
      transaction: action.transaction, findings: found.map(\.rule))
    if let place = index[shape] {
      entries[place].count += 1
      if let prompt, prompt != entries[place].firstPrompt, !entries[place].prompts.contains(prompt) {
        if entries[place].prompts.count < Self.promptsKept {
          entries[place].prompts.append(prompt)
        } else {
          entries[place].hasMorePrompts = true
        }
      }
      if entries[place].others.count < Self.othersKept {
        entries[place].others.append((action.id, action.startedAt))
      }
      return
    }
    guard entries.count < Self.kept else {
      omittedCount += 1
      return
    }
    index[shape] = entries.count
    entries.append(
      Entry(
        action: Self.cut(action), statementByteCount: action.text.utf8.count, sessionID: action.sessionID,
        decision: decision, findings: found, firstPrompt: prompt))
  }

  /// The action with its long fields cut, so that many entries fit into memory.
  private static func cut(_ action: Action) -> Action {
    var kept = action
    kept.text = String(Excerpt(action.text, limit: statementBytes).text)
    kept.message = action.message.map { String(Excerpt($0, limit: 1000).text) }
    kept.parameters = action.parameters.map { String(Excerpt($0, limit: 2000).text) }
    kept.resources = Array(action.resources.prefix(24))
    kept.columns = []
    return kept
  }

  /// Adds the findings of no (known) action and sorts. Nothing is taken afterwards.
  mutating func close(sessions: [Session]) {
    let orphans = findings.values.flatMap(\.self).sorted { $0.id < $1.id }
    for finding in loose + orphans {
      guard entries.count < Self.kept * 2 else {
        omittedCount += 1
        continue
      }
      entries.append(Entry(action: nil, sessionID: finding.sessionID, decision: nil, findings: [finding]))
    }
    (findings, loose, index) = ([:], [], [:])
    entries = entries.enumerated().sorted { Self.precedes($0, $1) }.map(\.element)
  }

  private static func precedes(_ left: (offset: Int, element: Entry), _ right: (offset: Int, element: Entry)) -> Bool {
    let (one, two) = (left.element.rank, right.element.rank)
    return one == two ? left.offset < right.offset : one.lexicographicallyPrecedes(two)
  }
}

extension ExceptionBook.Entry {
  /// Smaller is worse: severity, then whether it lasts, then the decision, then the effect.
  fileprivate var rank: [Int] {
    let bySeverity = severity.map { level in
      switch level {
      case .critical: 0
      case .high: 1
      case .medium: 2
      case .low: 4
      case .info: 5
      }
    }
    let byOutcome =
      switch decision?.outcome {
      case .denied: 0
      case .unapproved: 1
      case .undecidable: 2
      default: 3
      }
    let byEffect =
      switch action?.effect {
      case .privilege: 0
      case .schema: 1
      case .execute: 2
      case .unknown: 3
      case .transfer: 4
      case .write: 5
      default: 6
      }
    return [bySeverity ?? 3, action?.isWithoutEffect == true ? 1 : 0, byOutcome, byEffect]
  }
}
