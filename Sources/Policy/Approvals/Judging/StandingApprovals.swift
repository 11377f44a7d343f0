public import Model
public import SSHKeys

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
    /// Takes a COMMIT or ROLLBACK that is sent on.
    public mutating func endTransaction() { meaning.endTransaction() }
    /// Statements that decide what this one means.
    public func statements(before action: Action) -> [String] { meaning.before(action) }

    /// Settings that the connection began with, other than every client has: `search_path=app`.
    public var settings: [String] {
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
    /// A request asks for exactly this, and nobody signed it yet.
    public var isUnsigned: Bool
    /// The signatures that decided.
    public var voices: [ApprovalVoice]
  }

  /// Whose a signature is.
  public enum Signer: Sendable {
    /// It is of one of the signers, in force now.
    case holds(Approval.Stance, name: String)
    case refused(String)
  }

  private let policy: PolicyDocument
  private let trust: ApprovalTrust
  private var judge: ApprovalJudge

  public init(policy: PolicyDocument, shelf: ApprovalShelf, trust: ApprovalTrust) {
    self.policy = policy
    self.trust = trust
    judge = ApprovalJudge(policy: policy, shelf: shelf, trust: trust)
  }

  /// What was used so far.
  public var spent: [ApprovalUse: ApprovalUse.Count] { judge.spent }
  public mutating func restore(_ spent: [ApprovalUse: ApprovalUse.Count]) { judge.restore(spent) }
  public mutating func giveBack(_ use: ApprovalUse) { judge.giveBack(use) }

  /// What people have to sign so that these actions may run once, here and as they are; with the statements before them that
  /// decide what they mean. Nil when it is not known what would run.
  ///
  /// `bodies`: SHA-256 of what is sent besides each action's text, hexadecimal, by the action's id.
  public static func request(
    for actions: [Action], in session: Session, before: Before, bodies: [String: String] = [:], requestedBy: String,
    useBy: Timestamp
  ) -> ApprovalRequest? {
    guard let first = actions.first, !actions.contains(where: { $0.isInferred || $0.text.isEmpty }) else { return nil }
    // Each stands on a line of its own; one that would not could say something else to who signs.
    let lines =
      before.settings + [requestedBy, session.server]
      + [session.agent, first.identity.target, first.identity.user]
      .compactMap(\.self)
    guard lines.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x20...0x7e).contains($0) } }) else { return nil }
    var before = before
    var changes: [ApprovalChange] = []
    for action in actions {
      for statement in before.meaning.before(action) where !changes.contains(where: { $0.text.isSame(as: statement) }) {
        changes.append(ApprovalChange(kind: "sql", text: statement))
      }
      changes.append(
        ApprovalChange(
          kind: action.kind, text: action.text, parameters: action.parameters.flatMap(ApprovalText.anyValues) ?? [],
          bodySHA256: takesData(action) ? ApprovalChange.anyBody : bodies[action.id]))
      before.add(action)
    }
    return ApprovalRequest(
      title: "\(first.verb) that waits in \(session.id)", requestedBy: requestedBy, agent: session.agent,
      place: ApprovalRequest.Place(
        protocolName: session.protocolName, server: session.server, database: first.identity.target,
        user: first.identity.user), useBy: useBy, settings: before.settings, changes: changes)
  }

  /// Whether the client may send data behind the statement, which nobody knows before it runs: a COPY that writes, other than
  /// from or to the server's own files and programs; or a file that is opened to be written.
  public static func takesData(_ action: Action) -> Bool {
    if action.kind == "sftp" { return action.isChange && ["put", "edit"].contains(action.verb) }
    guard action.kind == "copy", action.isChange else { return false }
    return !action.resources.contains { $0.kind == "file" || $0.kind == "program" }
  }

  /// Takes note of an action that needed no approval: changes of a request that come after it need not wait for it.
  public mutating func pass(_ action: Action) { judge.pass(action) }
  public mutating func pass(sql text: String) { judge.pass(sql: text) }

  /// What approvals say of an action for which the rule of that name wants one. A yes is used up by it.
  ///
  /// `bodySHA256`: of what is sent besides its text, hexadecimal.
  public mutating func ruling(
    _ action: Action, in session: Session, rule: String, before: Before, bodySHA256: String? = nil
  ) -> Ruling {
    let statements = before.meaning.before(action)
    judge.note(inForce: statements)
    let ruling = judge.judge(
      Deed(
        action: action, session: session, prompt: nil, terms: policy.terms(of: rule), before: statements,
        startSettings: before.settings, bodySHA256: bodySHA256, isBodyAhead: Self.takesData(action),
        at: action.startedAt))
    return Ruling(
      isApproved: ruling.isApproved, reason: ruling.reason, use: ruling.use,
      isFinal: ruling.state == .rejected || ruling.state == .revoked,
      isUnsigned: ruling.isThatChange && ruling.approvals.isEmpty, voices: ruling.voices)
  }

  /// Whose a signature over these bytes is, and what it says. Whether it is enough, a ruling tells.
  public func signer(of signature: SSHSignature, over message: [UInt8], at time: Timestamp) -> Signer {
    let stance = Approval.Stance(namespace: signature.namespace, domain: trust.domain)
    let ballot = Ballot(
      signature: signature, stance: stance, stampedAt: nil, stampProblem: nil, provenAt: nil, seenAt: nil,
      message: message)
    guard let stance else {
      return .refused(
        "the signature was made for \(ApprovalText.quoted(signature.namespace)), which is none of \(trust.domain)")
    }
    let demands = SignatureDemands(userPresence: true, userVerification: false)
    switch trust.standing(of: ballot, at: time, demands: demands) {
    case .holds(let names): return .holds(stance, name: names.min() ?? "")
    case .expired(let why), .early(let why), .revoked(let why), .untrusted(let why): return .refused(why)
    }
  }

  // MARK: Logins

  /// Whose a login to a page with what waits is.
  public enum Reader: Sendable {
    case known(name: String)
    case refused(String)
  }

  /// What logins are signed for: `login@` and the policy's namespace.
  public var loginNamespace: String { "login@\(trust.domain)" }

  /// Whose a signature over the text of a login is. He may see what waits; what he signs then is judged by itself.
  public func reader(of signature: SSHSignature, over message: [UInt8], at time: Timestamp) -> Reader {
    guard signature.namespace == loginNamespace else {
      return .refused(
        "the signature was made for \(ApprovalText.quoted(signature.namespace)), not for \(loginNamespace)")
    }
    let ballot = Ballot(
      signature: signature, stance: nil, stampedAt: nil, stampProblem: nil, provenAt: nil, seenAt: nil, message: message
    )
    let demands = SignatureDemands(userPresence: true, userVerification: false)
    switch trust.standing(of: ballot, at: time, demands: demands) {
    case .holds(let names): return .known(name: names.min() ?? "")
    case .expired(let why), .early(let why), .revoked(let why), .untrusted(let why): return .refused(why)
    }
  }

  /// The single persons for whom a key may certify others, to log in.
  public func certifiable(by authority: SSHPublicKey) -> [String] {
    trust.signers.signers.filter { $0.isAuthority && $0.key == authority && $0.allows(namespace: loginNamespace) }
      .flatMap { $0.principalPatterns.split(separator: ",").map(String.init) }
      .filter { !$0.contains { "*?!".contains($0) } }
  }

  /// The keys of security tokens that know themselves by that name, of those who may log in.
  public func tokens(application: String) -> [SSHPublicKey] {
    trust.signers.signers
      .filter { !$0.isAuthority && $0.key.type == .tokenECDSA && $0.key.application == application }.map(\.key)
  }
}
