import Model

/// Many logins that fail, one after another.
struct FailedLogins: FindingRule {
  static let about = RuleAbout(
    id: "failed-logins", title: "logins failed", severity: .low,
    explanation:
      "A few failed logins are a typing error or an old password; many from one host are somebody who guesses.",
    controls: ["CC6.1", "CC7.2", "A.8.5", "AC-7", "10.2.1.4"])

  /// From so many of one host on it is somebody who guesses.
  static let guessing = 10
  /// Fewer are not told.
  static let telling = 3
  private static let hostLimit = 10_000

  private struct Tally {
    var count = 0
    var users: Set<String> = []
    var first: Action
    var succeeded = false
  }
  private var hosts: [String: Tally] = [:]
  /// From so many hosts on it is one account that is guessed at, a few times from each.
  static let spread = 3

  private struct Account {
    var count = 0
    var hosts: Set<String> = []
    var first: Action
    var succeededFrom: String?
  }
  private var accounts: [String: Account] = [:]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    guard subject.action.kind == "login" else { return [] }
    let host = subject.clientHost
    note(subject, host)
    if subject.action.status == .denied {
      guard hosts[host] != nil || hosts.count < Self.hostLimit else { return [] }
      var tally = hosts[host] ?? Tally(first: subject.action)
      tally.count += 1
      if let user = subject.session.user, tally.users.count < 100 { tally.users.insert(user) }
      hosts[host] = tally
    } else if let tally = hosts[host], tally.count >= Self.guessing {
      hosts[host]?.succeeded = true
    }
    return []
  }

  private mutating func note(_ subject: RuleSubject, _ host: String) {
    guard let user = subject.action.identity.user ?? subject.session.user else { return }
    let key = "\(user) at \(subject.session.server)"
    if subject.action.status == .denied {
      guard accounts[key] != nil || accounts.count < Self.hostLimit else { return }
      var account = accounts[key] ?? Account(first: subject.action)
      account.count += 1
      if account.hosts.count < 100 { account.hosts.insert(host) }
      accounts[key] = account
    } else if let account = accounts[key], account.count >= Self.guessing, account.succeededFrom == nil,
      account.hosts.contains(host)
    {
      accounts[key]?.succeededFrom = host
    }
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    let spread = accounts.sorted { $0.key < $1.key }.filter {
      $1.count >= Self.guessing && $1.hosts.count >= Self.spread
    }.map { name, account in
      let end = account.succeededFrom.map { "; then one succeeded from \($0)" } ?? ""
      let from = account.hosts.sorted().prefix(5).joined(separator: ", ")
      return RuleHit(
        account.first, "\(account.count) of \(name) from \(account.hosts.count) hosts: \(from)\(end)",
        account.succeededFrom == nil ? .high : .critical)
    }
    return spread + byHost()
  }

  private func byHost() -> [RuleHit] {
    hosts.sorted { $0.key < $1.key }.filter { $1.count >= Self.telling }.map { host, tally in
      let users = tally.users.sorted().prefix(5).joined(separator: ", ")
      let end = tally.succeeded ? "; then one succeeded" : ""
      let severity: Finding.Severity = tally.succeeded ? .critical : tally.count >= Self.guessing ? .high : .low
      return RuleHit(tally.first, "\(tally.count) from \(host) as \(users)\(end)", severity)
    }
  }

  private static func logins(_ count: Int, _ status: Action.Status) -> [RuleSubject] {
    (0..<count).map { number in
      .other("login", "LOGIN", "login", .session, session: "s\(number)\(status)", in: "postgres") {
        $0.action.status = status
      }
    }
  }

  static let examples = [
    RuleExample("somebody who guesses", finds: 1, logins(12, .denied) + logins(1, .ok)),
    RuleExample(
      "one account, a few times from each of many hosts", finds: 1,
      (0..<6).flatMap { host in
        (0..<2).map { number in
          .other("login", "LOGIN", "login", .session, session: "h\(host)n\(number)", in: "postgres") {
            $0.action.status = .denied
            $0.session.client = "10.0.1.\(host):1"
          }
        }
      }),
    RuleExample("a typing error", finds: 0, logins(2, .denied) + logins(1, .ok)),
  ]
}
