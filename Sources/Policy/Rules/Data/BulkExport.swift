import Model

/// One read that returned far more than its user's reads do.
struct BulkExport: FindingRule {
  static let about = RuleAbout(
    id: "bulk-export", title: "took far more rows or bytes than usual", severity: .medium,
    explanation:
      "Compared with what the same user otherwise reads, and with the same session's other reads. Whole tables that leave are worth a look even when reading is allowed.",
    controls: ["CC6.7", "A.8.12", "AC-4", "SI-4", "7.2.6"])

  /// Fewer rows are never a bulk.
  static let rowsNeeded = 1_000
  /// Fewer bytes are never a bulk.
  static let bytesNeeded: UInt64 = 1 << 20
  /// Times the size of what nine of ten reads of the user stay below.
  static let factor = 10
  /// Reads of a user, or of a session, that say what is usual; with fewer there is nothing to compare with.
  static let readsNeeded = 10
  /// Other sessions of a user that say what one usually takes.
  static let sessionsNeeded = 3
  /// Of whom nothing usual is known, so many rows in one read are told, as `low`.
  static let rowsAlone = 100_000
  private static let (userLimit, sessionLimit, candidateLimit) = (10_000, 100_000, 50)

  private struct Reader {
    var usual = UsualSizes()
    var largest: [Action] = []
    var sessions: [String] = []
  }
  /// What one session took in all.
  private struct Taken {
    var usual = UsualSizes()
    var rows: UInt64 = 0
    var bytes: UInt64 = 0
    var first: Action

    mutating func add(_ rows: UInt64, _ bytes: UInt64) {
      usual.add(rows, bytes)
      self.rows = self.rows.addingClamped(rows)
      self.bytes = self.bytes.addingClamped(bytes)
    }
  }
  private var readers: [String: Reader] = [:]
  private var sessions: [String: Taken] = [:]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard action.effect == .read, action.status == .ok, ["sql", "copy", "http"].contains(action.kind) else { return [] }
    let user = "\(subject.session.protocolName) \(action.identity.user ?? subject.clientHost) \(subject.session.server)"
    guard readers[user] != nil || readers.count < Self.userLimit else { return [] }
    var reader = readers[user] ?? Reader()
    readers[user] = nil
    let rows = UInt64(max(0, action.rowCount ?? 0))
    reader.usual.add(rows, action.bytesOut)
    if sessions[action.sessionID] != nil || sessions.count < Self.sessionLimit {
      if sessions[action.sessionID] == nil { reader.sessions.append(action.sessionID) }
      sessions[action.sessionID, default: Taken(first: action)].add(rows, action.bytesOut)
    }
    if action.rowCount ?? 0 >= Self.rowsNeeded || action.bytesOut >= Self.bytesNeeded {
      reader.largest.append(action)
      if reader.largest.count > Self.candidateLimit * 2 {
        reader.largest = Array(reader.largest.sorted { Self.size($0) > Self.size($1) }.prefix(Self.candidateLimit))
      }
    }
    readers[user] = reader
    return []
  }

  private static func size(_ action: Action) -> (UInt64, String) { (action.bytesOut, action.id) }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    var hits: [RuleHit] = []
    for (_, reader) in readers.sorted(by: { $0.key < $1.key }) {
      var told: Set<String> = []
      for action in reader.largest.sorted(by: { Self.size($0) > Self.size($1) }).prefix(Self.candidateLimit) {
        guard let hit = self.hit(action, reader) else { continue }
        told.insert(action.sessionID)
        hits.append(hit)
      }
      hits += whole(reader, told)
    }
    return hits
  }

  /// One read beside those of its user, then beside those of its session.
  private func hit(_ action: Action, _ reader: Reader) -> RuleHit? {
    let own = sessions[action.sessionID]?.usual
    if reader.usual.count >= Self.readsNeeded {
      if let text = reader.usual.excess(action, factor: Self.factor) { return RuleHit(action, text + " of this user") }
      // A session of small reads with one large one, of a user who has large ones elsewhere.
      if let own, own.count >= Self.readsNeeded, let text = own.excess(action, factor: Self.factor * 10) {
        return RuleHit(action, text + " of this session", .low)
      }
      return nil
    }
    guard action.rowCount ?? 0 >= Self.rowsAlone else { return nil }
    return RuleHit(action, "\(action.rowCount ?? 0) rows; this user has too few reads to say what is usual", .low)
  }

  /// Sessions that took in many reads what others of the same user do not take in all.
  private func whole(_ reader: Reader, _ told: Set<String>) -> [RuleHit] {
    let taken = reader.sessions.compactMap { id in sessions[id].map { (id: id, taken: $0) } }
    guard taken.count > Self.sessionsNeeded else { return [] }
    var usual = UsualSizes()
    for one in taken { usual.add(one.taken.rows, one.taken.bytes) }
    let needed = UInt64(Self.rowsNeeded * Self.factor)
    let large = taken.filter { !told.contains($0.id) && $0.taken.usual.count > 1 && $0.taken.rows >= needed }
    let hits = large.compactMap { one -> RuleHit? in
      var others = usual
      others.remove(one.taken.rows, one.taken.bytes)
      guard one.taken.rows >= others.rows.multipliedClamped(by: UInt64(Self.factor)) else { return nil }
      let text = "\(one.taken.rows) rows in \(one.taken.usual.count) reads of the session"
      return RuleHit(
        one.taken.first, "\(text); nine of ten other sessions of this user take fewer than \(others.rows)")
    }
    return Array(hits.prefix(Self.candidateLimit))
  }

  private static func read(_ rows: Int) -> RuleSubject { .sql("SELECT * FROM t") { $0.action.rowCount = rows } }

  private static func page(_ session: String, _ rows: Int) -> RuleSubject {
    .sql("SELECT * FROM t LIMIT 500", session: session) { $0.action.rowCount = rows }
  }

  static let examples = [
    RuleExample("one of many", finds: 1, (0..<40).map { read($0 % 7) } + [read(50_000)]),
    RuleExample("always that many", finds: 0, (0..<40).map { _ in read(50_000) }),
    RuleExample(
      "page by page", finds: 1,
      (0..<4).map { page("s\($0)", 10) } + (0..<60).map { _ in page("bulk", 500) }),
    RuleExample("nothing to compare with", finds: 1, [read(500_000)]),
    RuleExample("few rows", finds: 0, (0..<40).map { _ in read(1) } + [read(900)]),
  ]
}
