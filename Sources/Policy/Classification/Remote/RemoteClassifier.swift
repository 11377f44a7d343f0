public import Bytes
public import Model

/// Says what was done over SSH and with git: commands, files, forwarded connections, pushes and fetches.
public struct RemoteClassifier: Sendable {
  /// Resources of one part, at most.
  static let resourceLimit = 1000

  let secrets: SecretHasher
  let shell: ShellClassifier

  public init(secrets: SecretHasher) {
    self.secrets = secrets
    shell = ShellClassifier(secrets: secrets)
  }

  /// A program that was run on a host, or a shell. `hidden` are bytes of records that were typed while nothing was shown;
  /// they are erased.
  public func part(
    of command: Command, _ exchange: Exchange, on host: String, hidden: [(record: Int, range: Range<Int>)] = []
  ) -> ActionPart {
    var mask = SecretMask(hasher: secrets)
    var part: ActionPart
    switch command.kind {
    case .exec:
      let reading = shell.classify(command.text)
      part = ActionPart(
        kind: "exec", text: reading.text, classification: reading.classification, status: status(command, exchange))
      part.secretHashes = reading.secretHashes
      if let records = command.records { SecretOutput.keep(of: reading.parts.map(\.words), in: records, &mask) }
      if let mistake = reading.syntaxError {
        part.classification.note = [part.classification.note, mistake].compactMap(\.self).joined(separator: "; ")
      }
    case .shell:
      let what = Classification(
        verb: "SHELL", effect: .execute, resources: [Resource("execute", "shell", host)], fingerprint: "ssh shell")
      part = ActionPart(
        kind: "shell", text: "shell on \(host)", classification: what, status: status(command, exchange))
    case .subsystem:
      let isKnown = command.isReadApart
      var what = Classification(
        verb: "SUBSYSTEM", effect: isKnown ? .session : .unknown,
        resources: [Resource("use", "subsystem", mask.text(command.text))],
        fingerprint: "ssh subsystem \(mask.text(command.text))")
      if !isKnown { what.note = "what the subsystem did was not looked into" }
      part = ActionPart(
        kind: "exec", text: "subsystem \(mask.text(command.text))", classification: what,
        status: status(command, exchange))
    }
    if command.isReadApart {
      // Files and pushes have actions of their own, which say what was done.
      part.classification.effect = .session
      part.classification.note = "what it did is told by actions of their own"
    }
    if command.isAgentForwarded {
      let note = "the client's authentication agent was offered to the server"
      part.classification.note = [part.classification.note, note].compactMap(\.self).joined(separator: "; ")
    }
    part.parameters = parameters(of: command, &mask)
    if case .status(let code)? = command.exit { part.code = "\(code)" }
    if case .signal(let name, let message, _)? = command.exit {
      part.code = "SIG\(name)"
      part.message = message.isEmpty ? "ended by a signal" : mask.text(message)
    }
    if let records = command.records {
      part.records = RemoteRecords.mask(records, hidden: hidden, &mask)
      part.searchText = RemoteRecords.words(part.records)
    }
    part.secretHashes += mask.hashes
    part.secretPlaces = mask.places
    bound(&part)
    return part
  }

  /// A line that was typed into a shell.
  public func part(
    typed text: String, at: Timestamp, endedAt: Timestamp?, exitStatus: Int?, confidence: Double, isCertain: Bool,
    note: String
  ) -> ActionPart {
    let reading = shell.classify(text)
    var part = ActionPart(kind: "shell", text: reading.text, classification: reading.classification, status: .ok)
    part.classification.note = [part.classification.note, note].compactMap(\.self).joined(separator: "; ")
    if let exitStatus {
      part.code = "\(exitStatus)"
      if exitStatus != 0 { part.status = .error }
    }
    part.secretHashes = reading.secretHashes
    part.isInferred = !isCertain
    (part.startedAt, part.endedAt) = (at, endedAt)
    part.parameters = Self.parameters(confidence)
    bound(&part)
    return part
  }

  /// A statement that was typed into a database's client, or one of psql's own commands.
  public func part(
    typedStatement text: String, into program: String, at: Timestamp, endedAt: Timestamp?, confidence: Double,
    note: String, in context: inout SQLContext
  ) -> ActionPart {
    var sql = SQLClassifier()
    var statements = text
    var found: [Classification] = []
    if program == "psql" {
      let input = PsqlInput(text)
      statements = input.statements
      found = classifications(of: input)
    }
    found = sql.classify(statements, in: &context).map(\.classification) + found
    var mask = SecretMask(hasher: secrets)
    var what =
      found.max { Self.weight($0.effect) < Self.weight($1.effect) } ?? Classification(verb: "UNKNOWN", effect: .unknown)
    what.resources = found.flatMap(\.resources)
    what.note = [what.note, note].compactMap(\.self).joined(separator: "; ")
    what.transactionControl = nil
    var part = ActionPart(kind: "shell", text: mask.text(text), classification: what, status: .ok)
    part.secretHashes = mask.hashes
    part.isInferred = true
    (part.startedAt, part.endedAt) = (at, endedAt)
    part.parameters = Self.parameters(confidence)
    bound(&part)
    return part
  }

  /// A line that was typed into a program whose language is not read.
  public func part(
    typed text: String, into program: String, at: Timestamp, endedAt: Timestamp?, confidence: Double, note: String
  ) -> ActionPart {
    var mask = SecretMask(hasher: secrets)
    var what = Classification(verb: program, effect: .execute, resources: [Resource("execute", "program", program)])
    what.note = note
    what.fingerprint = "typed into \(program)"
    var part = ActionPart(kind: "shell", text: mask.text(text), classification: what, status: .ok)
    part.secretHashes = mask.hashes
    part.isInferred = true
    (part.startedAt, part.endedAt) = (at, endedAt)
    part.parameters = Self.parameters(confidence)
    return part
  }

  /// The records with asterisks in place of what was typed while nothing was shown.
  public static func erase(_ hidden: [(record: Int, range: Range<Int>)], from records: Payload) -> Payload {
    RemoteRecords.erase(hidden, from: records)
  }

  /// How sure it is that this was typed, for those who read the action.
  private static func parameters(_ confidence: Double) -> String {
    var json = JSONWriter()
    json.value(["confidence \(Int((confidence * 100).rounded()))%"])
    return json.text
  }

  static func weight(_ effect: Effect) -> Int {
    switch effect {
    case .session: 0
    case .read: 1
    case .transfer: 2
    case .unknown: 3
    case .execute: 4
    case .write: 5
    case .schema: 6
    case .privilege: 7
    }
  }

  func bound(_ part: inout ActionPart) {
    let more = part.classification.resources.count - Self.resourceLimit
    guard more > 0 else { return }
    part.classification.resources = Array(part.classification.resources.prefix(Self.resourceLimit))
    part.classification.note = [part.classification.note, "\(more) more resources"].compactMap(\.self)
      .joined(separator: "; ")
  }

  private func status(_ command: Command, _ exchange: Exchange) -> Action.Status {
    if command.isRefused { return .denied }
    switch command.exit {
    case .status(0)?: return exchange.incompleteReason == nil ? .ok : .incomplete
    case .status?, .signal?: return .error
    // A subsystem ends with its channel, and need not say how.
    case nil: return command.kind == .subsystem && exchange.incompleteReason == nil ? .ok : .incomplete
    }
  }

  /// What was set up: variables, the terminal.
  private func parameters(of command: Command, _ mask: inout SecretMask) -> String? {
    var list = command.environment.map { field in
      let isSecret = SecretNames.isSecret(field.name, in: .text) && !field.value.isEmpty
      return "\(mask.text(field.name, readsNames: false))=\(isSecret ? mask.hide(field.value) : mask.text(field.value))"
    }
    if let terminal = command.terminal {
      list.append("terminal \(mask.text(terminal.name)) \(terminal.columns)x\(terminal.rows)")
    }
    guard !list.isEmpty else { return nil }
    var json = JSONWriter()
    json.value(list)
    return json.text
  }
}
