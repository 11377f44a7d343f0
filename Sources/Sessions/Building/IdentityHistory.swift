import Model

/// On whose behalf a session's actions run, in the order in which it said so.
///
/// A request is judged by what was known when it was sent: what the same request, or one behind it, says of itself comes
/// too late to vouch for it.
struct IdentityHistory: Sendable {
  /// Changes remembered, so that a request that took long finds the one before it.
  static let limit = 64
  /// Different names that the session's own row lists.
  static let nameLimit = 20

  private var entries: [(since: Timestamp?, identity: Identity)] = []
  /// The application names, in order, without repeats.
  private(set) var applications: [String] = []
  /// The first user that one of its actions acted for.
  private(set) var firstUser: String?

  /// Takes note of what the session says of itself since `time`; nil is from its beginning.
  mutating func note(_ facts: SessionFacts, since time: Timestamp?) {
    // SET SESSION AUTHORIZATION is reported so (PostgreSQL documentation, 55.2.7).
    let user = facts.parameters["session_authorization"] ?? facts.user
    let application = facts.application.flatMap { $0.isEmpty ? nil : $0 }
    let identity = Identity(user: user, target: facts.target, application: application)
    note(identity)
    guard entries.last?.identity != identity else { return }
    if entries.count >= IdentityHistory.limit { entries.removeFirst() }
    entries.append((time, identity))
  }

  /// Takes note of who acted in one action, for the session's own row.
  mutating func note(_ identity: Identity) {
    if firstUser == nil { firstUser = identity.user }
    guard let name = identity.application, applications.last != name,
      // A shortened name is the same one: `kubectl/v1.31.0` of `kubectl/v1.31.0 (linux/amd64)`.
      !applications.contains(where: { $0 == name || $0.hasPrefix(name + " ") }),
      applications.count < IdentityHistory.nameLimit
    else { return }
    applications.append(name)
  }

  /// What was known when a request of that time was sent.
  func identity(at time: Timestamp) -> Identity {
    entries.last { $0.since.map { $0 <= time } ?? true }?.identity ?? Identity()
  }
}
