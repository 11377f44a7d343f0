public import Bytes
public import Model
import Sessions

/// Holds the servers' logs of a case against its captures, anew from all the evidence that the case has.
public enum LogReconciler {
  /// What was found, over all logs.
  public struct Summary: Sendable, Hashable {
    public var logCount = 0
    public var recordCount = 0
    public var matchedCount = 0
    /// What servers did and no capture shows, and those of it that change something.
    public var unseenCount = 0
    public var unseenChangeCount = 0
    public var untoldCount = 0

    public init() {}
  }

  /// Reads the case, compares, and writes what was found: pairs, and sessions for what only logs tell.
  ///
  /// - Parameters:
  ///   - store: the case.
  ///   - secrets: makes the hashes of secrets.
  /// - Returns: nil when the case has no server's log.
  /// - Throws: what the store throws.
  public static func run(_ store: some ReconciliationStore, secrets: SecretHasher) throws -> Summary? {
    try store.removeServerSessions()
    let logs = try store.serverLogs()
    guard !logs.isEmpty else {
      try store.replaceReconciliation([])
      return nil
    }
    let captured = try WitnessReader.sessions(store)
    let reconciler = Reconciler(captured.sessions, spans: try store.captureSpans())
    var summary = Summary()
    var found: [LogReconciliation] = []
    let starts = captured.sessions.map { ($0.number, $0.startedAt) }
    var writer = ServerSessionWriter(
      starts: Dictionary(starts, uniquingKeysWith: { first, _ in first }), secrets: secrets)
    for log in logs {
      var records: [String: [WitnessRecord]] = [:]
      try store.forEachServerRecord(of: log.number) { stored in
        records[stored.record.protocolName, default: []].append(WitnessReader.record(stored, captured))
      }
      var whole = LogReconciliation(log: log.number)
      for (name, own) in records.sorted(by: { $0.key < $1.key }) {
        whole.add(reconciler.reconcile(log.number, of: name, own))
      }
      found.append(whole)
      summary.logCount += 1
      summary.recordCount += whole.pairings.count
      summary.matchedCount += whole.pairings.count { !$0.outcome.isOnlyAtServer }
      summary.untoldCount += whole.untold.count
      writer.add(whole)
    }
    try store.replaceReconciliation(found)
    let counts = try writer.write(logs.map(\.number), to: store)
    (summary.unseenCount, summary.unseenChangeCount) = (counts.actions, counts.changes)
    return summary
  }
}

extension LogReconciliation {
  /// Takes what was found of the same log's records of another protocol.
  fileprivate mutating func add(_ other: LogReconciliation) {
    servers = Set(servers + other.servers).sorted()
    // The clock is one; the better measured says what it tells.
    if other.clock?.pairCount ?? 0 > clock?.pairCount ?? 0 { clock = other.clock }
    pairings += other.pairings
    untold += other.untold
    coveredCount += other.coveredCount
    unloggedCount += other.unloggedCount
  }
}
