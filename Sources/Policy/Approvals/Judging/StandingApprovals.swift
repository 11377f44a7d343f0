public import Model

/// Approvals asked before an action runs, by the judge that `check` asks afterwards.
///
/// Nobody knows yet how the action ends: it is asked for one that succeeds and lasts. What then fails is given back.
public struct StandingApprovals {
  /// What earlier statements of one session mean for later ones.
  public struct Before: Sendable {
    var meaning = SessionMeaning()
    /// Start-up parameters, and what the server says of its settings.
    private var facts: [String: String] = [:]

    public init() {}

    public mutating func learn(setting: String, value: String) { facts[setting] = value }
    /// Takes an action that is sent on.
    public mutating func add(_ action: Action) { meaning.add(action) }

    var settings: [String] {
      StartSettings.found(in: facts.map { (name: $0.key, value: $0.value) }, meaning: meaning)
    }
  }

  /// What approvals say of an action.
  public struct Ruling: Sendable {
    public var isApproved: Bool
    /// By whom and where, or why not; nil when no approval speaks of the action.
    public var reason: String?
    public var use: ApprovalUse?
    /// Somebody whose word counts said no: waiting does not help.
    public var isFinal: Bool
  }

  private let policy: PolicyDocument
  private var judge: ApprovalJudge

  public init(policy: PolicyDocument, shelf: ApprovalShelf, trust: ApprovalTrust) {
    self.policy = policy
    judge = ApprovalJudge(policy: policy, shelf: shelf, trust: trust)
  }

  /// What was used so far.
  public var spent: [ApprovalUse: ApprovalUse.Count] { judge.spent }
  public mutating func restore(_ spent: [ApprovalUse: ApprovalUse.Count]) { judge.restore(spent) }
  public mutating func giveBack(_ use: ApprovalUse) { judge.giveBack(use) }

  /// Takes note of an action that needed no approval: changes of a request that come after it need not wait for it.
  public mutating func pass(_ action: Action) { judge.pass(action) }

  /// What approvals say of an action for which the rule of that name wants one. A yes is used up by it.
  public mutating func ruling(
    _ action: Action, in session: Session, rule: String, before: Before
  ) -> Ruling {
    let ruling = judge.judge(
      Deed(
        action: action, session: session, prompt: nil, terms: policy.terms(of: rule),
        before: before.meaning.before(action), startSettings: before.settings, bodySHA256: nil))
    return Ruling(
      isApproved: ruling.isApproved, reason: ruling.reason, use: ruling.use,
      isFinal: ruling.state == .rejected || ruling.state == .revoked)
  }
}
