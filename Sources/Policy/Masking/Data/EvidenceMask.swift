public import Bytes
public import Model

/// Masks what goes into a case, in one place: statements with their answers, calls, commands, what was said to models.
///
/// Who acted and where is never masked: users, addresses of clients and servers, databases, names of applications. They are what
/// the evidence is for.
public struct EvidenceMask: Sendable {
  /// Connections that are told apart at a time.
  private static let scopeLimit = 1_000
  /// Shapes of statements that are remembered.
  private static let formLimit = 50_000
  /// Bytes at the end of what was cut, in which a value may have been cut too.
  private static let cutLength = 256

  /// What of a connection rules ask for.
  public struct Scope: Sendable, Hashable {
    public var protocolName: String
    public var database: String?
    public var server: String

    public init(protocolName: String, database: String?, server: String) {
      (self.protocolName, self.database, self.server) = (protocolName, database, server)
    }
  }

  private let plan: MaskingPlan
  private let hasher: SecretHasher
  private var masks: [Scope: StatementMask] = [:]
  private var unscoped: StatementMask?
  private var forms: [ObjectIdentifier: (form: StatementForm, masked: StatementForm, scope: Scope)] = [:]
  /// What no connection belongs to.
  private var common: DataMask
  public private(set) var total = MaskTally()

  /// Nil when the plan has no rules.
  public init?(_ plan: MaskingPlan, hasher: SecretHasher) {
    guard !plan.isEmpty else { return nil }
    (self.plan, self.hasher) = (plan, hasher)
    common = DataMask(plan, hasher: hasher)
  }

  private mutating func use<T>(
    _ scope: Scope, _ body: (inout StatementMask) -> T
  ) -> (result: T, masked: [MaskRecord]) {
    if masks.count >= Self.scopeLimit, masks[scope] == nil { masks.removeAll() }
    // Taken out, so that it is changed in its place.
    var mask =
      masks.removeValue(forKey: scope)
      ?? StatementMask(
        plan.rules(protocolName: scope.protocolName, database: scope.database, server: scope.server), hasher: hasher)
    defer { masks[scope] = mask }
    let result = body(&mask)
    return (result, records(mask.takeTally()))
  }

  /// With the rules of all targets.
  mutating func useAll<T>(_ body: (inout StatementMask) -> T) -> (T, masked: [MaskRecord]) {
    var mask = unscoped ?? StatementMask(plan, hasher: hasher)
    unscoped = nil
    defer { unscoped = mask }
    let result = body(&mask)
    return (result, records(mask.takeTally()))
  }

  private mutating func records(_ tally: MaskTally) -> [MaskRecord] {
    guard !tally.isEmpty else { return [] }
    total.merge(tally)
    return tally.counts.sorted { $0.key < $1.key }.map {
      MaskRecord(rule: $0.key.rule, dataClass: $0.key.dataClass, method: $0.key.action, count: $0.value)
    }
  }

  // MARK: Statements

  /// A statement with its parts; the records are of the whole.
  public mutating func apply(
    to statement: Statement, _ parts: [StatementPart], in scope: Scope
  ) -> (statement: Statement, parts: [StatementPart], masked: [MaskRecord]) {
    var known = forms
    forms = [:]
    let (result, masked) = use(scope) { mask -> (Statement, [StatementPart]) in
      var shown = mask.apply(to: statement)
      let values = statement.parameters.map(\.text)
      let hasOtherValues = shown.parameters != statement.parameters
      let shownParts = parts.map { part in
        Self.apply(to: part, values, hasOtherValues, scope, &mask, &known)
      }
      if parts.count > 1 { shown.text = mask.uncountedText(statement.text) }
      return (shown, shownParts)
    }
    forms = known
    return (result.0, result.1, masked)
  }

  private static func apply(
    to part: StatementPart, _ values: [String?], _ hasOtherValues: Bool, _ scope: Scope, _ mask: inout StatementMask,
    _ forms: inout [ObjectIdentifier: (form: StatementForm, masked: StatementForm, scope: Scope)]
  ) -> StatementPart {
    var part = part
    let original = part.text
    let text = mask.text(original)
    if text != original {
      part.text = text
      part.constants = StatementMask.searchable(text)
    }
    if text != original || hasOtherValues {
      part.maskedSubject = MaskedSubject.digest(of: original, kind: "sql", parameters: values)
    }
    if part.form.shape == original {
      if text != original {
        part.form = StatementForm(shape: text, classification: mask.classification(part.form.classification))
      } else {
        let shown = mask.classification(part.form.classification)
        if shown != part.form.classification { part.form = StatementForm(shape: text, classification: shown) }
      }
    } else if let known = forms[ObjectIdentifier(part.form)], known.scope == scope {
      part.form = known.masked
    } else {
      let form = part.form
      let shape = mask.uncountedText(form.shape)
      let shown = mask.classification(form.classification)
      if shape != form.shape || shown != form.classification {
        part.form = StatementForm(shape: shape, classification: shown)
      }
      if forms.count >= formLimit { forms.removeAll() }
      forms[ObjectIdentifier(form)] = (form, part.form, scope)
    }
    return part
  }

  // MARK: Calls, commands, files

  /// The parts of a call, with what was masked in each.
  public mutating func apply(to parts: [CallPart], in scope: Scope) -> [(part: CallPart, masked: [MaskRecord])] {
    parts.map { part in
      let (shown, masked) = use(scope) { $0.call(part) }
      return (shown, masked)
    }
  }

  public mutating func apply(to parts: [ActionPart], in scope: Scope) -> [(part: ActionPart, masked: [MaskRecord])] {
    parts.map { part in
      let (shown, masked) = use(scope) { $0.action(part) }
      return (shown, masked)
    }
  }

  /// An action that is none of these: a login, a notification.
  public mutating func apply(
    to draft: ActionDraft, in scope: Scope
  ) -> (draft: ActionDraft, masked: [MaskRecord]) {
    let (shown, masked) = use(scope) { mask in
      var draft = draft
      let text = mask.plain(draft.form.shape)
      if text != draft.form.shape {
        draft.form = StatementForm(shape: text, classification: mask.classification(draft.form.classification))
      }
      draft.message = draft.message.map { mask.plain($0) }
      return draft
    }
    return (shown, masked)
  }

  public mutating func apply(to anomaly: Anomaly) -> (anomaly: Anomaly, masked: [MaskRecord]) {
    var anomaly = anomaly
    anomaly.detail = common.text(anomaly.detail)
    return (anomaly, records(common.takeTally()))
  }

  // MARK: Conversations

  /// What was said to a model and by it. Rules of all targets hold: a prompt names none.
  public mutating func apply(
    to event: ConversationEvent
  ) -> (event: ConversationEvent, masked: [MaskRecord]) {
    let shown: ConversationEvent
    var conversation: String?
    switch event {
    case .prompt(var prompt):
      conversation = prompt.conversationID
      prompt.text = common.text(prompt.text)
      prompt.context = prompt.context.map { common.text($0) }
      shown = .prompt(prompt)
    case .toolCall(var call):
      conversation = call.conversationID
      let isOneText = call.command == call.arguments
      call.arguments = common.text(call.arguments)
      call.command = isOneText ? call.arguments : common.uncounted { $0.text(call.command) }
      call.result = call.result.map { common.text($0) }
      shown = .toolCall(call)
    case .completion(var completion):
      conversation = completion.conversationID
      completion.text = common.text(completion.text)
      completion.reasoning = common.text(completion.reasoning)
      completion.error = completion.error.map { common.text($0) }
      shown = .completion(completion)
    case .conversation, .anomaly: return (event, [])
    }
    let masked = records(common.takeTally()).map { record in
      var record = record
      record.conversation = conversation
      return record
    }
    return (shown, masked)
  }
}
