import Model

/// Sessions that nobody can look into, to servers that others reach in the open.
struct OpaqueTraffic: FindingRule {
  static let about = RuleAbout(
    id: "opaque-traffic", title: "traffic that could not be looked into", severity: .low,
    explanation:
      "Encrypted without keys, or in a protocol that is not decoded: what was done in it is not known. A tunnel may carry anything.",
    controls: ["CC7.2", "A.8.20", "AU-12", "SI-4"])

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    let watched = Set(facts.sessions.filter { $0.actionCount > 0 }.map(\.server))
    let opaque = facts.sessions.filter { session in
      session.isEncrypted
        ? !session.isDecrypted : session.actionCount == 0 && ["unknown", "tls"].contains(session.protocolName)
    }
    let groups = Dictionary(grouping: opaque) { "\($0.server) \(RuleSubject.host($0.client))" }
    return groups.sorted { $0.key < $1.key }.compactMap { _, sessions in
      guard let first = sessions.min(by: { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }) else { return nil }
      let bytes = sessions.reduce(UInt64(0)) { $0 + min($1.bytesIn, 1 << 40) + min($1.bytesOut, 1 << 40) }
      let isWatched = watched.contains(first.server)
      return RuleHit(
        session: first.id,
        "\(sessions.count == 1 ? "a session" : "\(sessions.count) sessions") of \(bytes) bytes from \(RuleSubject.host(first.client)) to \(first.server)"
          + (isWatched ? ", where others were seen in the clear" : ""), isWatched ? .medium : .low)
    }
  }

  static let examples = [
    RuleExample(
      "one beside an open one", finds: 1,
      [
        .sql("SELECT 1", session: "a") { $0.session.actionCount = 1 },
        .sql("SELECT 1", session: "b") { $0.session.isEncrypted = true },
      ]),
    RuleExample(
      "opened with keys", finds: 0,
      [
        .sql("SELECT 1") {
          $0.session.isEncrypted = true
          $0.session.isDecrypted = true
        }
      ]),
  ]
}
