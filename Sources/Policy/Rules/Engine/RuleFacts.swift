import Bytes
public import Model

/// What rules are told when all actions were seen.
public struct RuleFacts: Sendable {
  public var sessions: [Session] = []
  public var gaps: [StoredGap] = []
  public var conversations: [StoredConversation] = []
  /// Calls that said one thing and did another.
  public var mismatchedCalls: [StoredToolCall] = []
  /// Of those, by their ids: the first action that goes back to the call.
  public var mismatchedActions: [String: String] = [:]
  /// Where a secret was seen, by its keyed hash, in the order of the case.
  public var secrets: [SecretSighting] = []

  /// Servers' own logs, sessions that only they tell of, and actions that they should tell of and do not.
  public var serverLogs: [ServerLog] = []
  public var serverSessions: [String: RecordOutcome] = [:]
  public var untoldActions: [String] = []

  /// Actions missing in logs that are looked at.
  static let untoldLimit = 10_000
  /// The SSH keys and certificates that sessions logged in with: fingerprints, ids of certificates.
  public var keys: [String: [String]] = [:]
  /// The keyed hash of a text as that of a secret, so that names may be known again; nil when the case has no key.
  var hash: @Sendable (String) -> String? = { _ in nil }

  /// Sessions whose keys are read.
  private static let keyLimit = 20_000

  public init() {}

  /// Reads them out of a case.
  public init(_ reading: any CaseReading) throws {
    sessions = try reading.sessions()
    gaps = try reading.gaps()
    conversations = try reading.conversations()
    secrets = try reading.secretSightings()
    serverLogs = try reading.serverLogs()
    serverSessions = try reading.serverSessions()
    untoldActions = try reading.untoldActions(limit: Self.untoldLimit).map(\.actionID)
    let hasher = try reading.storedSecretHasher()
    hash = { text in hasher.map { $0.hash(Array(text.utf8).span) } }
    for session in sessions.filter({ $0.protocolName == "ssh" }).prefix(Self.keyLimit) {
      for (name, value) in try reading.facts(ofSession: session.id) {
        switch name {
        case "ssh.user-key": keys[session.id, default: []] += value.split(separator: " ").map(String.init)
        case "ssh.user-certificate": keys[session.id, default: []].append(value)
        default: break
        }
      }
    }
    try reading.forEachToolCall { call in
      if call.witness == .mismatched, mismatchedCalls.count < 10_000 { mismatchedCalls.append(call) }
    }
    guard !mismatchedCalls.isEmpty, let marks = try reading.attributionMarks() else { return }
    let ids = Set(mismatchedCalls.map(\.id))
    for (action, marks) in marks {
      guard let call = marks.first?.callID, ids.contains(call) else { continue }
      mismatchedActions[call] = mismatchedActions[call].map { Self.isEarlier(action, $0) ? action : $0 } ?? action
    }
  }

  /// By session, then by number.
  private static func isEarlier(_ left: String, _ right: String) -> Bool {
    func place(_ id: String) -> (Substring, Int) {
      let parts = id.split(separator: ".")
      return (parts.first ?? "", parts.last.flatMap { Int($0) } ?? 0)
    }
    return place(left) < place(right)
  }
}
