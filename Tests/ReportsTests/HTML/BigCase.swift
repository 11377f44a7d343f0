import Bytes
import Model
import Reports
import TestKit

/// A case of any number of actions that are made when they are asked for.
struct BigCase: CaseReading {
  let name = "big"
  let actionCount: Int
  let sessionCount: Int
  /// One action in so many is a change.
  var changeEvery = 20

  private static let start: Int64 = 1_795_140_843_000_000_000
  private static let statements = (0..<40).map {
    "SELECT o.id, o.total, c.email FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.shard = \($0) AND o.id = $1"
  }

  func sources() -> [Source] {
    [
      Source(
        id: "src-big", path: "big.pcapng", kind: "pcapng", sha256: SHA256.digest(of: "big").hex, byteCount: 1 << 30,
        packetCount: UInt64(actionCount * 4), firstAt: sessionStart(0),
        lastAt: Timestamp(nanoseconds: Self.start + Int64(actionCount) * 35_000_000), isComplete: true,
        integrity: "unsigned", note: nil)
    ]
  }

  private func sessionStart(_ index: Int) -> Timestamp { Timestamp(nanoseconds: Self.start + Int64(index) * 1_000_000) }

  func sessions() -> [Session] {
    (0..<sessionCount).map { index in
      Session(
        id: sessionID(index), protocolName: "postgres", client: "10.0.\(index / 250).\(index % 250):40000",
        server: "10.1.0.5:5432", user: "app\(index % 7)", target: "shop", application: "checkout",
        startedAt: sessionStart(index), endedAt: Timestamp(nanoseconds: Self.start + Int64(actionCount) * 35_000_000),
        actionCount: actionCount / sessionCount, changeCount: actionCount / sessionCount / changeEvery,
        bytesIn: 100_000, bytesOut: 9_000_000, sourceID: "src-big")
    }
  }

  private func sessionID(_ index: Int) -> String { "pg-\(index)" }
  func session(id: String) -> Session? { sessions().first { $0.id == id } }
  func anomalies() -> [StoredAnomaly] { [] }
  func gaps() -> [StoredGap] { [] }
  func requestPayload(of actionID: String) -> StoredPayload? { nil }
  func responsePayload(of actionID: String) -> StoredPayload? {
    StoredPayload.rows(
      ["id", "total", "email"], (0..<8).map { ["\($0)", "\($0 * 17).90", "p\($0)-\(actionID)@example.com"] })
  }
  func action(id: String) -> Action? { nil }

  func forEachAction(session: String?, _ body: (Action) throws -> Void) rethrows {
    let only = session.flatMap { Int($0.dropFirst(3)) }
    var index = only ?? 0
    while index < actionCount {
      try body(action(index))
      index += only == nil ? 1 : sessionCount
    }
  }

  private func action(_ index: Int) -> Action {
    let isChange = index % changeEvery == 3
    let session = sessionID(index % sessionCount)
    let sequence = index / sessionCount + 1
    let at = Self.start + 1_000_000_000 + Int64(index) * 34_000_000
    return Action(
      id: "\(session).\(sequence)", sessionID: session, sequence: sequence, startedAt: Timestamp(nanoseconds: at),
      endedAt: Timestamp(nanoseconds: at + Int64(index % 97) * 31_000), kind: "sql",
      verb: isChange ? "UPDATE" : "SELECT",
      text: isChange
        ? "UPDATE orders SET state = 'paid' WHERE id = \(index)" : Self.statements[index % Self.statements.count],
      parameters: isChange ? nil : "[\"\(index)\"]",
      resources: isChange
        ? [Resource("write", "table", "orders")]
        : [Resource("read", "table", "orders"), Resource("read", "table", "customers")],
      effect: isChange ? .write : .read, status: index % 1009 == 5 ? .error : .ok,
      code: index % 1009 == 5 ? "40001" : nil, message: index % 1009 == 5 ? "could not serialize access" : nil,
      rowCount: isChange ? 1 : 8, bytesIn: 120, bytesOut: 900, fingerprint: isChange ? "fp-update" : "fp-\(index % 40)",
      transaction: isChange ? .committed : nil, sourceID: "src-big", packet: UInt64(index * 4 + 1),
      columns: isChange ? [] : ["id", "total", "email"], hasResponsePayload: !isChange)
  }

  var verdict: Verdict {
    var decisions: [String: Decision] = [:]
    forEachAction(session: nil) { action in
      guard action.isChange else { return }
      let outcome: Decision.Outcome = action.sequence % 50 == 1 ? .unapproved : .allowed
      decisions[action.id] = Decision(actionID: action.id, outcome: outcome, rule: "writes", reason: "by the rule")
    }
    return Verdict(
      overall: .unapproved, policyName: "built-in", policySHA256: "", decisions: decisions, findings: [],
      incompleteness: [])
  }
}

/// Takes a report and keeps its size only.
struct CountingSink: ReportSink {
  private(set) var byteCount = 0
  private(set) var largest = 0

  mutating func append(_ bytes: [UInt8]) {
    byteCount += bytes.count
    largest = max(largest, bytes.count)
  }
}
