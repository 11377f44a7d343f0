import Bytes
public import Model

/// Reads out of a case what a policy asks of actions, and nothing that it does not ask.
public struct ActionFactReader {
  /// Statements of one request that are counted.
  static let statementLimit = 1_000
  /// Results whose columns are remembered.
  private static let resultLimit = 10_000

  private let reading: any CaseReading
  private var known: [[String]: ReturnedData.Columns] = [:]
  private var byteCount = 0
  /// Sessions that only a server's log tells of; nil until they are asked for.
  private var toldOnly: Set<String>?

  public init(_ reading: any CaseReading) { self.reading = reading }

  /// What the rules of the policy need that could hold for the action.
  ///
  /// - Throws: what reading the case throws.
  mutating func facts(
    of action: Action, in session: Session, prompt: PromptFacts?, for policy: PolicyDocument
  ) throws -> ActionFacts {
    var facts = ActionFacts()
    guard policy.rules.contains(where: { $0.matcher.needsFacts }) else { return facts }
    let told = try toldOnly ?? Set(reading.serverSessions().keys)
    toldOnly = told
    if told.contains(session.id) {
      facts.returned = ReturnedClasses()
      facts.returned?.doubt = "only the server's log tells of it, and not of what came back"
      return facts
    }
    for rule in policy.rules where rule.matcher.needsFacts {
      guard rule.matcher.matchesPlainly(action, in: session, prompt: prompt, targets: policy.targets) else { continue }
      if rule.matcher.statementsOver != nil, facts.statementCount == nil {
        facts.statementCount = try statementCount(action)
      }
      if rule.matcher.returns != nil, facts.returned == nil { facts.returned = try returned(action) }
    }
    return facts
  }

  // MARK: Statements

  /// The statements of one request are neighbours, and only the first has the bytes of the request.
  private func statementCount(_ action: Action) throws -> Int? {
    guard Self.isStatement(action) else { return 1 }
    guard !action.isInferred else { return nil }
    var count = 1
    var sequence = action.sequence
    var isFirst = action.bytesIn > 0
    while !isFirst, count < Self.statementLimit, let before = try sibling(of: action, sequence - 1) {
      (count, sequence, isFirst) = (count + 1, sequence - 1, before.bytesIn > 0)
    }
    sequence = action.sequence
    while count < Self.statementLimit, let next = try sibling(of: action, sequence + 1), next.bytesIn == 0 {
      (count, sequence) = (count + 1, sequence + 1)
    }
    return count
  }

  private func sibling(of action: Action, _ sequence: Int) throws -> Action? {
    guard sequence > 0, let found = try reading.action(id: "\(action.sessionID).\(sequence)") else { return nil }
    return Self.isStatement(found) && found.startedAt == action.startedAt ? found : nil
  }

  private static func isStatement(_ action: Action) -> Bool { action.kind == "sql" || action.kind == "copy" }

  // MARK: Data

  private mutating func returned(_ action: Action) throws -> ReturnedClasses {
    guard action.kind != "login" else { return ReturnedClasses() }
    var returned = ReturnedClasses()
    var isSeen = false
    if action.hasResponsePayload, let payload = try reading.responsePayload(of: action.id) {
      look(at: payload, &returned)
      isSeen = true
    }
    if action.hasRecords, let payload = try reading.records(of: action.id) {
      look(at: payload, &returned)
      isSeen = true
    }
    guard returned.doubt == nil else { return returned }
    if action.status == .incomplete {
      returned.doubt = "not all of its answer was captured"
    } else if !isSeen, action.rowCount ?? 0 > 0, !action.columns.isEmpty {
      returned.doubt = "the rows that it returned were not kept"
    }
    return returned
  }

  private mutating func look(at payload: StoredPayload, _ returned: inout ReturnedClasses) {
    guard byteCount < ReturnedData.byteLimit else {
      returned.doubt = "more came back in this case than is looked through"
      return
    }
    if payload.isCut {
      returned.doubt = "\(payload.bytes.count) of \(payload.byteCount) bytes that came back were kept"
    }
    let texts = payload.layout == .records ? Self.answers(payload) : [payload.bytes]
    if payload.layout == .rows {
      var data = ReturnedData()
      byteCount += data.add(payload, columns(payload))
      returned.classes.formUnion(data.count.classes)
      if data.isDamaged { returned.doubt = "the rows that came back cannot be read" }
      if payload.bytes.holds(Redaction.mark) { returned.classes.formUnion(DataClass.redacted) }
      return
    }
    for text in texts where !text.isEmpty {
      var data = ReturnedData()
      let whole = StoredPayload(
        layout: .bytes, bytes: text, byteCount: UInt64(text.count), sha256: "", columns: payload.columns)
      byteCount += data.add(whole, ReturnedData.Columns([]))
      returned.classes.formUnion(data.count.classes)
      if text.holds(Redaction.mark) { returned.classes.formUnion(DataClass.redacted) }
      if !text.span.isUTF8 { returned.doubt = returned.doubt ?? "what came back is no text" }
    }
  }

  /// What the server said: one text for each kind of output, as lines may be cut between records.
  private static func answers(_ payload: StoredPayload) -> [[UInt8]] {
    var texts: [StreamRecord.Kind: [UInt8]] = [:]
    var cursor = StreamRecordCursor(payload.bytes)
    while let record = try? cursor.next() {
      switch record.kind {
      case .text, .binary, .event, .message:
        if record.direction == .fromServer { texts[record.kind, default: []] += record.bytes + [0x0A] }
      case .output, .errorOutput: texts[record.kind, default: []] += record.bytes
      case .ping, .pong, .close, .input, .resize, .exit: break
      }
    }
    return texts.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value)
  }

  private mutating func columns(_ payload: StoredPayload) -> ReturnedData.Columns {
    let names = payload.columns.map(\.name)
    if let known = known[names] { return known }
    let made = ReturnedData.Columns(names)
    if known.count < Self.resultLimit { known[names] = made }
    return made
  }
}

extension DataClass {
  /// What was taken out before it was kept was one of these.
  fileprivate static let redacted: Set<DataClass> = [.password, .cloudKey, .privateKey, .jwt]
}

extension [UInt8] {
  fileprivate func holds(_ text: String) -> Bool { firstRange(of: text.utf8) != nil }
}
