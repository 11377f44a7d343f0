import Model

/// Sessions that nobody can look into, to servers that others reach in the open.
struct OpaqueTraffic: FindingRule {
  static let about = RuleAbout(
    id: "opaque-traffic", title: "traffic that could not be looked into", severity: .low,
    explanation:
      "Encrypted without keys, or in a protocol that is not decoded: what was done in it is not known. A tunnel may carry anything.",
    controls: ["CC7.2", "A.8.20", "AU-12", "SI-4"])

  /// What the policy names.
  private var targets: [(name: String, target: Target)] = []
  private var tunnels: [String: (action: Action, name: String, count: Int)] = [:]
  private static let tunnelLimit = 10_000

  mutating func prepare(_ policy: PolicyDocument) {
    targets = policy.targets.filter { !$0.value.servers.isEmpty }.sorted { $0.key < $1.key }
      .map { (name: $0.key, target: $0.value) }
  }

  /// Takes note of connections that were carried to a target: what is in them ends at another address.
  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard action.kind == "forward", action.status != .denied, !targets.isEmpty,
      let end = action.resources.first(where: { $0.kind == "forward" })?.name,
      let name = name(of: end)
    else { return [] }
    let key = "\(subject.clientHost)\n\(subject.session.server)\n\(end)"
    guard tunnels[key] != nil || tunnels.count < Self.tunnelLimit else { return [] }
    tunnels[key, default: (action, name, 0)].count += 1
    return []
  }

  private func name(of server: String) -> String? {
    targets.first { $0.target.servers.contains { $0.matches(server) } }?.name
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    var hits = opaque(facts)
    for (_, tunnel) in tunnels.sorted(by: { $0.key < $1.key }) {
      let end = tunnel.action.resources.first { $0.kind == "forward" }?.name ?? ""
      let count = tunnel.count == 1 ? "a tunnel" : "\(tunnel.count) tunnels"
      hits.append(RuleHit(tunnel.action, "\(count) to \(end), which the policy calls \(tunnel.name)", .medium))
    }
    return hits
  }

  private func opaque(_ facts: RuleFacts) -> [RuleHit] {
    let watched = Set(facts.sessions.filter { $0.actionCount > 0 }.map(\.server))
    let opaque = facts.sessions.filter(\.isOpaque)
    let groups = Dictionary(grouping: opaque) { "\($0.server) \(RuleSubject.host($0.client))" }
    return groups.sorted { $0.key < $1.key }.compactMap { _, sessions in
      guard let first = sessions.min(by: { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }) else { return nil }
      let bytes = sessions.reduce(UInt64(0)) { $0 + min($1.bytesIn, 1 << 40) + min($1.bytesOut, 1 << 40) }
      let isWatched = watched.contains(first.server)
      let protected = name(of: first.server)
      return RuleHit(
        session: first.id,
        "\(sessions.count == 1 ? "a session" : "\(sessions.count) sessions") of \(bytes) bytes from \(RuleSubject.host(first.client)) to \(first.server)"
          + (protected.map { ", which the policy calls \($0)" } ?? "")
          + (isWatched ? ", where others were seen in the clear" : ""),
        isWatched || protected != nil ? .medium : .low)
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
      "a tunnel to what the policy names, and one elsewhere", finds: 1,
      policy: "targets: { prod: { server: \"db*:5432\" } }",
      [
        .other("forward", "local", "local db1:5432", .execute, [Resource("execute", "forward", "db1:5432")], in: "ssh"),
        .other("forward", "local", "local web:80", .execute, [Resource("execute", "forward", "web:80")], in: "ssh"),
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
