import Model

/// The `when` of a rule: every condition that is given must hold.
struct Matcher: Sendable, Hashable {
  /// Resources of which not all may stand in an action: the shortest list that a classification cuts off.
  static let wholeLimit = TreeReader.resourceLimit

  var targets: [String] = []
  var protocols: [String] = []
  var kinds: [String] = []
  var verbs: [String] = []
  var effects: [Effect] = []
  var resources: [Glob] = []
  var isUnfiltered: Bool?
  var rowsOver: Int?
  var statuses: [Action.Status] = []
  var transactions: [Action.Transaction] = []
  var users: [Glob] = []
  var databases: [Glob] = []
  var applications: [Glob] = []
  var clients: [Glob] = []
  var networks: [Network] = []
  var agents: [Glob] = []
  var humans: [Glob] = []
  var prompt: PromptCondition?
  var hours: DayHours?
  /// In a transaction block, or outside of any.
  var isInTransaction: Bool?
  /// More statements than these were sent in one request.
  var statementsOver: Int?
  var returns: ReturnCondition?

  /// Whether the conditions look at what a statement is about, which needs its text.
  var needsText: Bool { !verbs.isEmpty || !resources.isEmpty || isUnfiltered == false }
  /// Whether the action alone does not tell if it matches.
  var needsFacts: Bool { statementsOver != nil || returns != nil }

  /// What all conditions together say; those that need more than the action are asked last.
  func match(
    _ action: Action, in session: Session, prompt: PromptFacts?, facts: ActionFacts, targets: [String: Target]
  ) -> Match {
    guard matchesPlainly(action, in: session, prompt: prompt, targets: targets) else { return .no }
    var doubt: String?
    if let statementsOver {
      if let count = facts.statementCount {
        guard count > statementsOver else { return .no }
      } else {
        doubt = "how many statements were sent with it is not known"
      }
    }
    if let returns {
      switch returns.match(facts.returned) {
      case .no: return .no
      case .unknown(let why): doubt = doubt ?? why
      case .yes: break
      }
    }
    return doubt.map { .unknown($0) } ?? .yes
  }

  /// What the action itself tells.
  func matchesPlainly(
    _ action: Action, in session: Session, prompt facts: PromptFacts?, targets definitions: [String: Target]
  ) -> Bool {
    if !targets.isEmpty, !targets.contains(where: { definitions[$0]?.matches(action, in: session) ?? false }) {
      return false
    }
    if !protocols.isEmpty, !protocols.contains(session.protocolName) { return false }
    if !kinds.isEmpty, !kinds.contains(action.kind) { return false }
    if !verbs.isEmpty, !verbs.contains(where: { $0.caseInsensitiveEquals(action.verb) }) { return false }
    if !effects.isEmpty, !effects.contains(action.effect) { return false }
    if !resources.isEmpty, !action.resources.contains(where: names) { return false }
    if let isUnfiltered, isUnfiltered != action.isUnfiltered { return false }
    if let rowsOver, (action.rowCount ?? 0) <= rowsOver { return false }
    if !statuses.isEmpty, !statuses.contains(action.status) { return false }
    if !transactions.isEmpty, !(action.transaction.map { transactions.contains($0) } ?? false) { return false }
    if let isInTransaction, isInTransaction != (action.transaction != nil) { return false }
    if !networks.isEmpty, !networks.contains(where: { $0.contains(endpoint: session.client) }) { return false }
    if let prompt, !prompt.matches(facts) { return false }
    if let hours, !hours.contains(action.startedAt) { return false }
    return isBy(facts, session) && isAs(action, session)
  }

  /// Whether every resource is one that the rule names, where it names any. A column is with its table.
  func namesAll(_ touched: [Resource]) -> Bool {
    guard !resources.isEmpty else { return true }
    guard touched.count < Self.wholeLimit else { return false }
    let named = Set(touched.lazy.filter { $0.kind != "column" && names($0) }.map(\.name))
    return touched.allSatisfy { resource in
      if names(resource) { return true }
      // `orders.total`, or of one that is renamed `orders.total -> orders.sum`.
      return resource.kind == "column"
        && resource.name.split(separator: " -> ").allSatisfy { column in
          column.lastIndex(of: ".").map { named.contains(String(column[..<$0])) } ?? false
        }
    }
  }

  private func isAs(_ action: Action, _ session: Session) -> Bool {
    holds(users, action.identity.user) && holds(databases, action.identity.target)
      && holds(applications, action.identity.application) && holds(clients, session.client)
  }

  /// An agent and a person are known by the prompt, or by what the connection says of itself.
  private func isBy(_ facts: PromptFacts?, _ session: Session) -> Bool {
    holds(agents, facts?.agent ?? session.agent) && holds(humans, facts?.human ?? session.human)
  }

  private func names(_ resource: Resource) -> Bool {
    resources.contains { $0.matches(resource.name) || $0.matches(resource.description) }
  }

  private func holds(_ globs: [Glob], _ text: String?) -> Bool {
    globs.isEmpty || globs.contains { $0.matches(text ?? "") }
  }
}

extension String {
  fileprivate func caseInsensitiveEquals(_ other: String) -> Bool { lowercased() == other.lowercased() }
}
