public import Model

/// A case in memory: one session of a contractor, for tests of what reads cases.
public struct SmallCase: CaseReading {
  public var name = "fake"
  public var allSessions: [Session]
  public var allActions: [Action]
  public var allGaps: [StoredGap]
  public var allSources: [Source]

  public init() {
    allSessions = [
      Session(
        id: "ses-1", protocolName: "postgres", client: "10.0.0.7:4711", server: "10.0.0.5:5432", user: "svc_migrate",
        target: "shop", application: "ci", startedAt: Timestamp(nanoseconds: 1_000_000_000),
        endedAt: Timestamp(nanoseconds: 9_000_000_000), actionCount: 3, changeCount: 2)
    ]
    allActions = [
      SmallCase.action(1, "SELECT", .read, "SELECT 1"),
      SmallCase.action(2, "ALTER TABLE", .schema, "ALTER TABLE customers ADD COLUMN card_pan text"),
      SmallCase.action(3, "UPDATE", .write, "UPDATE customers SET card_pan = 'x'"),
    ]
    allGaps = []
    allSources = [
      Source(
        id: "src-1", path: "db.pcap", kind: "pcap", sha256: String(repeating: "a", count: 64), byteCount: 10,
        packetCount: 2, firstAt: nil, lastAt: nil, isComplete: true, integrity: "unsigned", note: nil)
    ]
  }

  public static func action(
    _ sequence: Int, _ verb: String, _ effect: Effect, _ text: String, parameters: String? = nil
  ) -> Action {
    Action(
      id: "ses-1.\(sequence)", sessionID: "ses-1", sequence: sequence,
      startedAt: Timestamp(nanoseconds: Int64(sequence) * 2_000_000_000), kind: "sql", verb: verb, text: text,
      parameters: parameters, effect: effect, status: .ok, transaction: .committed, sourceID: "src-1",
      packet: UInt64(sequence))
  }

  public func sources() throws -> [Source] { allSources }
  public func sessions() throws -> [Session] { allSessions }
  public func session(id: String) throws -> Session? { allSessions.first { $0.id == id } }
  public func forEachAction(session: String?, _ body: (Action) throws -> Void) throws {
    for action in allActions where session == nil || action.sessionID == session { try body(action) }
  }
  public func action(id: String) throws -> Action? { allActions.first { $0.id == id } }
  public func anomalies() throws -> [StoredAnomaly] { [] }
  public func gaps() throws -> [StoredGap] { allGaps }
  public func requestPayload(of actionID: String) throws -> StoredPayload? { nil }
  public func responsePayload(of actionID: String) throws -> StoredPayload? { nil }
}
