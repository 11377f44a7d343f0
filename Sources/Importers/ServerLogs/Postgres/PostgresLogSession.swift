import Model

/// What a log has told of one session so far.
struct PostgresLogSession: Sendable {
  /// Texts of statements that are remembered because pgaudit may tell them once more, after their end.
  static let unauditedLimit = 8

  /// Told when nothing more can belong to it.
  var open: ServerRecord?
  /// The numbers that pgaudit gave the statements of `open`.
  var auditIDs: Set<String> = []
  /// The hashes of statements that pgaudit has not told; those of `open` is not among them.
  var unaudited: [Int] = []
  /// The last number of pgaudit's that was told, and what it was of.
  var lastAuditID: String?
  var peer = ServerRecord.Peer.unknown
  var user: String?
  var database: String?
  var application: String?
  /// How the client proved who it is.
  var method: String?
  /// The number of the last message, to find the session that was silent longest.
  var lastSeen: UInt64 = 0

  /// Takes from a message what it says about the session.
  mutating func learn(_ entry: PostgresLogEntry) {
    if entry.peer != .unknown { peer = entry.peer }
    if let user = entry.user { self.user = user }
    if let database = entry.database { self.database = database }
    if let application = entry.application { self.application = application }
  }

  /// Whether it is a client's, as far as the log says.
  var isOfClient: Bool { open != nil || peer != .unknown || user != nil }

  var openByteCount: Int {
    guard let open else { return 0 }
    return open.text.utf8.count + (open.parameters ?? []).reduce(0) { $0 + ($1?.utf8.count ?? 0) }
  }
}
