public import Model

/// Collects the changes that a request asks for: out of a migration's file, or out of a rehearsal that was captured.
public struct ApprovalPlanner {
  /// In the order in which they run.
  public private(set) var changes: [ApprovalChange] = []
  /// Settings that the rehearsed connections began with.
  public private(set) var settings: [String] = []
  /// What is not in the plan though it stands in the input, a line each. Nobody may find that out later.
  public private(set) var omissions: [String] = []

  private var classifier = SQLClassifier()
  private var context = SQLContext()
  private var meanings: [String: SessionMeaning] = [:]

  public init() {}

  /// Takes a script as psql sends it, one statement at a time.
  public mutating func add(script: String, file: String) {
    let reading = PsqlScript(script, variables: [:])
    if reading.items.count >= PsqlScript.itemLimit {
      omissions.append("\(file): more than \(PsqlScript.itemLimit) statements; the rest was not read")
    }
    for item in reading.items {
      switch item {
      case .command(let name, let argument):
        omissions.append(
          "\(file): \\\(name) \(argument): a command of psql; plan it from a rehearsal that was captured")
      case .query(let text, let isRepeated):
        if isRepeated { omissions.append("\(file): \\watch: how often it runs cannot be planned") }
        add(statement: text, file: file)
      }
    }
    if !reading.pending.isEmpty { add(statement: reading.pending, file: file) }
  }

  private mutating func add(statement text: String, file: String) {
    for statement in classifier.classify(text, in: &context) {
      let words = SQLShape.words(of: text.utf8Part(statement.range)).first ?? []
      let part = Self.redacted(text, statement)
      if words.first == "copy", words.contains("stdin") {
        omissions.append("\(file): \(part.prefix(80)): its data decides; plan it from a rehearsal that was captured")
        continue
      }
      let isMeaning = statement.classification.resources.contains { resource in
        resource.kind == "setting" && SessionMeaning.settings.contains(resource.name.lowercased())
      }
      guard statement.classification.effect.isChange || isMeaning || words.first == "prepare" else { continue }
      changes.append(ApprovalChange(kind: words.first == "copy" ? "copy" : "sql", text: part))
    }
  }

  /// The statement as a case holds it: secrets in it are never stored.
  private static func redacted(_ text: String, _ statement: ClassifiedStatement) -> String {
    var out = ""
    var position = statement.range.lowerBound
    let bytes = Array(text.utf8)
    func slice(_ range: Range<Int>) -> String {
      String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }
    for range in statement.redactions where range.lowerBound >= position {
      out += slice(position..<range.lowerBound) + Redaction.mark
      position = range.upperBound
    }
    return out + slice(position..<max(position, statement.range.upperBound))
  }

  /// Takes an action of a rehearsal, in the order of time, reads too: they may decide what later ones mean.
  ///
  /// - Parameters:
  ///   - action: the next one of its session.
  ///   - isNeeded: whether the policy asks an approval for it.
  ///   - facts: of its session, start-up parameters among them.
  ///   - body: SHA-256 of what was sent besides the text, hexadecimal.
  ///   - limitsRows: approves as many rows as the rehearsal touched, and no more.
  public mutating func add(
    _ action: Action, isNeeded: Bool, facts: [(name: String, value: String)], body: String?, limitsRows: Bool
  ) {
    let meaning = meanings[action.sessionID] ?? SessionMeaning()
    defer { meanings[action.sessionID, default: SessionMeaning()].add(action) }
    // What failed or was taken back in the rehearsal is no part of what is asked for: nothing after it waits for it.
    guard isNeeded, !action.hasNoLastingEffect else { return }
    guard !action.isInferred, !action.text.isEmpty else {
      omissions.append("\(action.id): \(action.text.prefix(80)): was not captured as it was sent")
      return
    }
    for statement in meaning.before(action) where !changes.contains(where: { $0.text.isSame(as: statement) }) {
      changes.append(ApprovalChange(kind: "sql", text: statement))
    }
    settings = Set(settings + StartSettings.found(in: facts, meaning: meaning)).sorted()
    changes.append(
      ApprovalChange(
        kind: action.kind, text: action.text, parameters: action.parameters.flatMap(ApprovalText.anyValues) ?? [],
        bodySHA256: action.kind == "sql" ? nil : body, rowsAtMost: limitsRows ? action.rowCount : nil))
  }
}
