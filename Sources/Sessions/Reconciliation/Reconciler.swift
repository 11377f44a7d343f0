import Bytes
public import Model

/// Holds servers' own logs against captures: what both tell, what only one of them tells, and how their clocks differ.
///
/// A log's connection and a captured one are the same when the client's address and port are, near in time. Within it,
/// statements are the same when their text is, in order of time. A log without ports (most access logs) is compared by
/// text and time over all connections. An id that both have (`Audit-Id`) decides alone.
public struct Reconciler: Sendable {
  let sessions: [WitnessSession]
  /// Sessions by the client's end, in order of time.
  let byClient: [String: [Int]]
  /// Addresses of clients in the captures, by protocol.
  let hosts: [String: Set<String>]
  /// When captures were being made.
  let spans: Stretches
  /// When connections were captured that do not show all, by protocol and address of the client; "" for all of them.
  let blind: [String: [String: Stretches]]

  /// - Parameters:
  ///   - sessions: what was captured.
  ///   - spans: when captures began and ended.
  public init(_ sessions: [WitnessSession], spans: [(from: Timestamp, through: Timestamp)]) {
    self.sessions = sessions
    self.spans = Stretches(spans.map { ($0.from.nanoseconds, $0.through.nanoseconds, "") })
    let inOrder = sessions.indices.sorted { (sessions[$0].startedAt, $0) < (sessions[$1].startedAt, $1) }
    byClient = Dictionary(grouping: inOrder) { sessions[$0].client }
    hosts = sessions.reduce(into: [:]) { $0[$1.protocolName, default: []].insert($1.host) }
    var stretches: [String: [String: [(from: Int64, through: Int64, word: String)]]] = [:]
    for session in sessions {
      guard let why = session.blindness else { continue }
      for host in ["", session.host] {
        stretches[session.isOpaque ? "" : session.protocolName, default: [:]][host, default: []]
          .append((session.startedAt, session.endedAt, why))
      }
    }
    blind = stretches.mapValues { $0.mapValues { Stretches($0) } }
  }

  /// Holds one log against the captures.
  ///
  /// - Parameters:
  ///   - log: the row of its source.
  ///   - protocolName: that of its server.
  ///   - records: in the log's order.
  /// - Returns: an outcome for each record, and the actions that it should tell of and does not.
  public func reconcile(_ log: Int64, of protocolName: String, _ records: [WitnessRecord]) -> LogReconciliation {
    var matching = LogMatching(self, protocolName, records)
    matching.run()
    var found = LogReconciliation(log: log, pairings: matching.outcomes())
    if matching.clock.isMeasured {
      found.clock = ServerLog.Clock(
        offset: matching.clock.offset, spread: matching.clock.spread, pairCount: matching.clock.pairCount)
    }
    found.servers = matching.servers.sorted()
    let untold = matching.untold()
    found.untold = untold.actions.map { UntoldAction(action: $0, log: log) }
    (found.coveredCount, found.unloggedCount) = (untold.covered, untold.unlogged)
    return found
  }

  /// Whether captures were being made at a time.
  func isCovered(_ time: Int64, within tolerance: Int64) -> Bool { spans.word(at: time, within: tolerance) != nil }

  /// Why connections of that client, or of any, may hide what was asked at a time; nil when none does.
  func blindness(of protocolName: String, from host: String?, at time: Int64, within tolerance: Int64) -> String? {
    for name in [protocolName, ""] {
      if let why = blind[name]?[host ?? ""]?.word(at: time, within: tolerance) { return why }
    }
    return nil
  }
}
