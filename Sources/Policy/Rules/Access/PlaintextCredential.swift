import Model

/// A password or token that anybody on the way could read.
struct PlaintextCredential: FindingRule {
  static let about = RuleAbout(
    id: "plaintext-credential", title: "a credential went over the wire in the clear", severity: .high,
    explanation: "Whoever sees the network has it now. It must be changed, and the connection encrypted.",
    controls: ["CC6.7", "A.8.24", "SC-8", "8.3.2"])

  private var seen: Set<String> = []

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard action.kind == "login", !subject.session.isEncrypted, subject.session.protocolName == "postgres" else {
      return []
    }
    if action.text.hasSuffix(" by password") { return hit(subject, "password of \(user(subject))", .high) }
    if action.text.hasSuffix(" by md5") {
      return hit(subject, "MD5 of the password of \(user(subject)), which can be guessed and replayed", .low)
    }
    return []
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    let open = Dictionary(
      facts.sessions.filter { $0.protocolName == "http" && !$0.isEncrypted }.map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
    var hits: [RuleHit] = []
    for sighting in facts.secrets where sighting.kind.hasPrefix("http") {
      guard let session = sighting.sessionID.flatMap({ open[$0] }) else { continue }
      guard seen.insert("\(RuleSubject.host(session.client)) \(session.server) \(sighting.hash)").inserted else {
        continue
      }
      hits.append(RuleHit(session: session.id, "a token, cookie or password to \(session.server)", .medium))
    }
    return hits
  }

  private mutating func hit(_ subject: RuleSubject, _ detail: String, _ severity: Finding.Severity) -> [RuleHit] {
    let key = "\(subject.clientHost) \(subject.session.server) \(detail)"
    return seen.insert(key).inserted ? [RuleHit(subject.action, detail, severity)] : []
  }

  private func user(_ subject: RuleSubject) -> String { subject.session.user ?? "an unknown user" }

  private static func login(_ method: String, encrypted: Bool) -> RuleSubject {
    .other("login", "LOGIN", "login as a by \(method)", .session, session: "s\(method)\(encrypted)", in: "postgres") {
      $0.session.isEncrypted = encrypted
    }
  }

  static let examples = [
    RuleExample("password and MD5", finds: 2, [login("password", encrypted: false), login("md5", encrypted: false)]),
    RuleExample(
      "encrypted, or not shown", finds: 0,
      [login("password", encrypted: true), login("scram-sha-256", encrypted: false)]),
    RuleExample("the same token twice", finds: 1, [.other("http", "GET", "GET http://a/", .read)]) { facts in
      facts.secrets = [1, 2].map {
        SecretSighting(hash: "h", kind: "http", sessionID: "s", actionID: "s.\($0)")
      }
    },
  ]
}
