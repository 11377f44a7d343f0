import Bytes
import Model

/// A case built by a test.
final class FakeCase: CaseReading {
  var name: String
  var theSources: [Source] = []
  var theSessions: [Session] = []
  var actions: [Action] = []
  var theAnomalies: [StoredAnomaly] = []
  var theGaps: [StoredGap] = []
  var requests: [String: StoredPayload] = [:]
  var responses: [String: StoredPayload] = [:]
  var streams: [String: StoredPayload] = [:]
  var heads: [String: CallHead] = [:]

  init(_ name: String) { self.name = name }

  func sources() -> [Source] { theSources }
  func sessions() -> [Session] { theSessions }
  func session(id: String) -> Session? { theSessions.first { $0.id == id } }
  func forEachAction(session: String?, _ body: (Action) throws -> Void) rethrows {
    for action in actions where session == nil || action.sessionID == session { try body(action) }
  }
  func action(id: String) -> Action? { actions.first { $0.id == id } }
  func anomalies() -> [StoredAnomaly] { theAnomalies }
  func gaps() -> [StoredGap] { theGaps }
  func requestPayload(of actionID: String) -> StoredPayload? { requests[actionID] }
  func responsePayload(of actionID: String) -> StoredPayload? { responses[actionID] }
  func records(of actionID: String) -> StoredPayload? { streams[actionID] }
  func callHead(of actionID: String) -> CallHead? { heads[actionID] }

  /// Puts actions in the order of time and counts them into their sessions.
  func settle() {
    actions.sort { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    for index in theSessions.indices {
      let own = actions.filter { $0.sessionID == theSessions[index].id }
      theSessions[index].actionCount = own.count
      theSessions[index].changeCount = own.count { $0.isChange }
    }
    theSessions.sort { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
  }

  @discardableResult
  func addSource(_ path: String, packets: UInt64, from: Timestamp, until: Timestamp) -> String {
    let sha256 = SHA256.digest(of: path).hex
    let id = "src-" + sha256.prefix(16)
    theSources.append(
      Source(
        id: id, path: path, kind: "pcapng", sha256: sha256, byteCount: packets * 311, packetCount: packets,
        firstAt: from,
        lastAt: until, isComplete: true, integrity: "unsigned", note: nil))
    return id
  }

  static func rows(_ columns: [String], _ rows: [[String?]]) -> StoredPayload {
    var writer = ByteWriter()
    for row in rows {
      writer.write(UInt16(row.count))
      for cell in row {
        guard let cell else {
          writer.write(Int32(-1))
          continue
        }
        writer.write(Int32(cell.utf8.count))
        writer.write(cell)
      }
    }
    return StoredPayload(
      layout: .rows, bytes: writer.bytes, byteCount: UInt64(writer.count),
      sha256: SHA256.digest(of: writer.bytes.span).hex, columns: columns.map { Column(name: $0, type: "text") })
  }
}

/// A verdict with a decision for each change.
func verdict(
  _ reading: FakeCase, overall: Verdict.Overall? = nil, incompleteness: [String] = [], findings: [Finding] = [],
  decide: (Action) -> Decision.Outcome = { _ in .unapproved }
) -> Verdict {
  var decisions: [String: Decision] = [:]
  for action in reading.actions where action.isChange {
    let outcome = decide(action)
    let reason =
      switch outcome {
      case .allowed: "the rule allows it"
      case .approved: "approved by reviewer 1 before it ran"
      case .unapproved: "it needs 1 approval from dba and has none"
      case .denied: "the rule forbids it"
      case .undecidable: "the evidence does not show what it did"
      }
    decisions[action.id] = Decision(
      actionID: action.id, outcome: outcome, rule: outcome == .allowed ? "app-writes" : action.effect.rawValue,
      reason: reason)
  }
  let isClean = decisions.values.allSatisfy(\.isAcceptable)
  return Verdict(
    overall: overall ?? (isClean ? .clean : .unapproved), policyName: "production.yaml",
    policySHA256: SHA256.digest(of: "production.yaml").hex, decisions: decisions, findings: findings,
    incompleteness: incompleteness)
}
