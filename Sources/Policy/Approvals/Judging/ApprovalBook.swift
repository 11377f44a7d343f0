public import Model

/// The approvals of a case: holds each action against them, with what stands before it in its session.
///
/// Actions come in the order of their time, all of them: a `SET` that needs no approval decides what the next statement does.
public struct ApprovalBook {
  private var judge: ApprovalJudge
  private let reading: any CaseReading
  private var meanings: [String: SessionMeaning] = [:]
  /// The action that was judged last.
  private var judgedID: String?

  public init(policy: PolicyDocument, shelf: ApprovalShelf, trust: ApprovalTrust, reading: any CaseReading) {
    judge = ApprovalJudge(policy: policy, shelf: shelf, trust: trust)
    self.reading = reading
  }

  /// What approvals say of an action that needs one.
  ///
  /// - Throws: what reading the case throws.
  mutating func ruling(
    _ action: Action, in session: Session, prompt: PromptFacts?, terms: ApprovalTerms
  ) throws -> ApprovalRuling {
    judgedID = action.id
    let meaning = meanings[action.sessionID] ?? SessionMeaning()
    var settings: [String] = []
    var body: String?
    var (at, seen) = (action.startedAt, [GatewayRelease.Witness: Timestamp]())
    if judge.mayKnow(action) {
      if session.gateway != nil, let release = try reading.release(of: action.id) {
        (at, seen) = (max(at, release.at), release.seen)
      }
      settings = StartSettings.found(in: try reading.facts(ofSession: action.sessionID), meaning: meaning)
      // Of a statement the payload is the whole request that it came in, whose other parts are judged by themselves.
      if action.kind != "sql", action.hasRequestPayload { body = try reading.requestPayload(of: action.id)?.sha256 }
    }
    return judge.judge(
      Deed(
        action: action, session: session, prompt: prompt, terms: terms, before: meaning.before(action),
        startSettings: settings, bodySHA256: body, at: at, seen: seen))
  }

  /// Takes note of an action, whether it needed an approval or not: a `SET` of a request runs without one.
  mutating func note(_ action: Action) {
    if action.id != judgedID { judge.pass(action) }
    meanings[action.sessionID, default: SessionMeaning()].add(action)
  }

  /// The signatures under requests that no action used.
  func unused() -> [Approval] { judge.unused() }
}
