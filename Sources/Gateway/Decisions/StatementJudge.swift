import Bytes
import Model
import Policy
import Sessions
import Synchronization

/// Says what the policy makes of a statement before it runs: by the classification, the sessions and the policy that judge
/// captures afterwards. Of one connection; used on its event loop.
///
/// How a statement will end is not known. It is judged as one that succeeds and lasts.
final class StatementJudge {
  /// A statement's part with what the policy says of it.
  struct Judged {
    var action: Action
    var decision: Decision
  }

  /// The grammar's memory of shapes is for all sessions of a thread.
  final class Reader: Sendable {
    private let statements: Mutex<StatementReader>

    init(secrets: SecretHasher) { statements = Mutex(StatementReader(secrets: secrets)) }

    func parts(of statement: Statement, in context: inout SQLContext) -> [StatementPart] {
      let (parts, next) = statements.withLock { [context] reader in
        var context = context
        return (reader.parts(of: statement, in: &context), context)
      }
      context = next
      return parts
    }

    func known(_ text: String) -> KnownShape? { statements.withLock { $0.known(text) } }
  }

  /// What was decided for a statement, which holds for all that are like it in this session while the policy does.
  final class Precedent {
    let decision: Decision
    let isChange: Bool
    let control: TransactionControl?

    init(decision: Decision, isChange: Bool, control: TransactionControl?) {
      (self.decision, self.isChange, self.control) = (decision, isChange, control)
    }
  }

  /// Precedents of a session; beyond it all are forgotten.
  private static let precedentLimit = 256
  /// Bytes of a text that is known again as it is.
  private static let repeatedLength = 2_000
  /// Verbs of which the effect is all: they mean nothing for how later statements are read, and nothing before decides
  /// what they mean but what the classification knows.
  private static let plainVerbs: Set<String> = [
    "SELECT", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE", "BEGIN", "START TRANSACTION", "COMMIT", "END",
    "ROLLBACK",
  ]

  private let reader: Reader
  private var builder: SessionBuilder
  private(set) var session: Session
  private var context = SQLContext()
  /// What approvals want to know of the statements before.
  private(set) var before = StandingApprovals.Before()
  private var precedents: [KnownShape: Precedent] = [:]
  /// Of texts that come again and again: those of prepared statements.
  private var repeated: [String: Precedent] = [:]
  /// Whose precedents they are.
  private var policy: PolicyInForce?

  init(_ session: Session, flow: Flow, reader: Reader) {
    self.session = session
    self.reader = reader
    builder = SessionBuilder(flow: flow)
    context.isAhead = true
  }

  /// Takes what the connection begins with, or what the server says of itself.
  func learn(_ facts: SessionFacts) {
    builder.add(facts)
    for (name, value) in facts.parameters {
      context.learn(setting: name, value: value)
      before.learn(setting: name, value: value)
    }
    if let application = facts.application { session.application = application }
    forget()
  }

  private func forget() {
    if !precedents.isEmpty { precedents = [:] }
    if !repeated.isEmpty { repeated = [:] }
  }

  /// The client gave a name to a statement.
  func note(naming name: String) { if !name.isEmpty { context.note(naming: name) } }

  // MARK: Precedents

  /// What was decided before for a statement like this one; nil when it must be judged.
  func precedent(for statement: Statement, by policy: PolicyInForce) -> Precedent? {
    guard policy.isTimeless, context.isPlain, statement.isTextExact else { return nil }
    if policy !== self.policy {
      forget()
      self.policy = policy
      return nil
    }
    switch statement.mode {
    case .simple: return known(statement.text).flatMap { precedents[$0] }
    case .extended:
      if let precedent = repeated[statement.text] { return precedent }
      guard let precedent = known(statement.text).flatMap({ precedents[$0] }) else { return nil }
      if statement.text.utf8.count <= Self.repeatedLength {
        if repeated.count >= Self.precedentLimit { repeated.removeAll(keepingCapacity: true) }
        repeated[statement.text] = precedent
      }
      return precedent
    default: return nil
    }
  }

  private func known(_ text: String) -> KnownShape? { precedents.isEmpty ? nil : reader.known(text) }

  /// Takes a decision for a statement as one for all that are like it, if it can be.
  func remember(_ statement: Statement, _ judged: [Judged], by policy: PolicyInForce) {
    guard policy === self.policy, policy.isTimeless, context.isPlain, statement.isTextExact, judged.count == 1,
      let one = judged.first, one.decision.outcome == .allowed, Self.isPlain(one.action),
      let shape = reader.known(statement.text)
    else { return }
    switch shape.transactionControl {
    case nil, .begin, .commit, .rollback: break
    default: return
    }
    if precedents.count >= Self.precedentLimit { precedents.removeAll(keepingCapacity: true) }
    precedents[shape] = Precedent(
      decision: one.decision, isChange: one.action.isChange, control: shape.transactionControl)
  }

  private static func isPlain(_ action: Action) -> Bool {
    action.kind == "sql" && plainVerbs.contains(action.verb) && action.effect != .unknown
      && !action.resources.contains { $0.kind == "setting" }
  }

  /// Takes note of a statement that is sent on because one like it was.
  func forward(_ precedent: Precedent) {
    builder.pass(precedent.control)
    switch precedent.control {
    case .commit, .rollback: before.endTransaction()
    default: break
    }
  }

  // MARK: Judging

  /// One element for each statement of the text, at least one.
  func judge(_ statement: Statement, by policy: PolicyDocument, at time: Timestamp) -> [Judged] {
    var statement = statement
    var parts = reader.parts(of: statement, in: &context)
    if !statement.isTextExact {
      // The server reads something else than we do.
      parts = parts.map { Self.unread($0) }
    }
    statement.results = parts.map { _ in StatementResult(outcome: .completed(tag: "")) }
    let exchange = Exchange(shape: .statement(statement), startedAt: time, origin: .unknown)
    let drafts = builder.add(exchange, statement, parts: parts)
    _ = builder.takeOutcomes()
    let facts = ActionFacts(statementCount: parts.count)
    return drafts.map { draft in
      let action = Action(ahead: draft, sessionID: session.id)
      return Judged(action: action, decision: policy.decide(action, in: session, facts: facts))
    }
  }

  /// Judges what was judged before again: the policy, the time or the approvals changed.
  func judgeAgain(_ judged: [Judged], by policy: PolicyDocument, at time: Timestamp) -> [Judged] {
    judged.map { one in
      var action = one.action
      action.startedAt = time
      let facts = ActionFacts(statementCount: judged.count)
      return Judged(action: action, decision: policy.decide(action, in: session, facts: facts))
    }
  }

  /// Takes note of what is sent on.
  func forward(_ judged: [Judged]) { for one in judged { before.add(one.action) } }

  private static func unread(_ part: StatementPart) -> StatementPart {
    var known = part.classification
    known.effect = .unknown
    known.note = known.note ?? "the server may read the text otherwise"
    return StatementPart(text: part.text, classification: known, secretHashes: part.secretHashes)
  }
}

extension Action {
  /// What a draft stands for before it has run.
  fileprivate init(ahead draft: ActionDraft, sessionID: String) {
    let known = draft.form.classification
    self.init(
      id: "\(sessionID).\(draft.sequence)", sessionID: sessionID, sequence: draft.sequence, startedAt: draft.startedAt,
      kind: draft.kind, verb: known.verb, text: draft.text ?? draft.form.shape, parameters: draft.parameters,
      resources: known.resources, effect: known.effect, status: .ok, fingerprint: known.fingerprint,
      isUnfiltered: known.isUnfiltered, isInferred: draft.isInferred, transaction: .committed)
    identity = draft.identity
  }
}
