import Bytes
import Importers
import Model
import Parsers
import Policy
import Sessions

/// Takes flow events and gives what goes into the case: sessions, classified actions, gaps, anomalies.
struct CaseAssembler {
  /// Sessions remembered so that a later CancelRequest finds the one that it cancels.
  static let cancelMemoryLimit = 100_000

  /// A session on its way; a class, so that finding one in the table is not copying it.
  final class Assembly {
    var builder: SessionBuilder
    let number: Int64
    let protocolName: String
    var parent: Int64?
    var context = SQLContext()
    var web: WebContext
    /// Of a connection that a gateway recorded.
    var gateway: GatewayTrail?

    init(_ builder: SessionBuilder, number: Int64, protocolName: String) {
      self.builder = builder
      self.number = number
      self.protocolName = protocolName
      web = WebContext(server: builder.flow.serverName ?? builder.flow.server.description, isSecure: false)
    }

    /// Where programs ran and files were: the server, without the port that everyone uses.
    var host: String {
      let name = builder.facts.upstream ?? builder.flow.serverName ?? builder.flow.server.description
      return name.hasSuffix(":22") ? String(name.dropLast(3)) : name
    }
  }

  /// What rules of masking ask of a connection.
  private static func scope(_ assembly: Assembly) -> EvidenceMask.Scope {
    EvidenceMask.Scope(
      protocolName: assembly.protocolName, database: assembly.builder.facts.target,
      server: assembly.builder.flow.serverName ?? assembly.builder.flow.server.description)
  }

  /// What a CancelRequest names: a server and a process of it.
  private struct BackendKey: Hashable {
    var server: Endpoint
    var processID: UInt32
  }

  /// What was found since the last `takeWrites()`.
  var writes: [CaseWrite] = []
  private var nextSession: Int64
  private var statements: StatementReader
  private var web: WebClassifier
  private var remote: RemoteReader
  private var traffic = LLMTrafficReader()
  private var hooks = AgentHookReader()
  private var conversations: ConversationMask
  private var serverRecords: ServerRecordReader
  /// Nil when nothing is masked.
  private var masking: EvidenceMask?
  private(set) var open: [FlowID: Assembly] = [:]
  private var backends: [BackendKey: (session: Int64, secretHash: String?)] = [:]
  private var ledger = AnomalyLedger()
  private(set) var summary = IngestSummary()

  /// - Parameters:
  ///   - firstSession: number for the first session.
  ///   - secrets: makes the hashes of secrets, and of what is masked by a hash.
  ///   - plan: what is masked.
  init(firstSession: Int64, secrets: SecretHasher, masking plan: MaskingPlan? = nil) {
    masking = plan.flatMap { EvidenceMask($0, hasher: secrets) }
    nextSession = firstSession
    statements = StatementReader(secrets: secrets)
    web = WebClassifier(secrets: secrets)
    remote = RemoteReader(secrets: secrets)
    conversations = ConversationMask(secrets: secrets)
    serverRecords = ServerRecordReader(secrets: secrets)
  }

  /// Gives what was found so far.
  mutating func takeWrites() -> [CaseWrite] {
    defer {
      writes = []
      writes.reserveCapacity(EvidenceReader.batchCount + 64)
    }
    return writes
  }

  mutating func take(_ event: FlowEvent) {
    switch event {
    case .opened(let flow, let protocolName, let isDecoded):
      var builder = SessionBuilder(flow: flow)
      if !isDecoded { builder.note("\(protocolName) traffic that was not looked into") }
      if protocolName == "tls" { builder.add(SessionFacts.encrypted("tls")) }
      let assembly = Assembly(builder, number: nextSession, protocolName: protocolName)
      assembly.parent = flow.parent.flatMap { open[$0]?.number }
      open[flow.id] = assembly
      writes.append(.opened(nextSession, proposedID: SessionID.make(flow)))
      nextSession += 1
    case .parsed(let flow, let events):
      for event in events {
        switch event {
        case .facts(let facts): learn(facts, flow)
        case .exchange(let exchange): take(exchange, flow)
        case .anomaly(let anomaly): take(anomaly)
        case .tunnel: preconditionFailure("the router keeps tunnels to itself")
        }
      }
    case .anomaly(let anomaly): take(anomaly)
    case .gap(let flow, let gap, let direction, let at, let until):
      guard let assembly = open[flow] else { return }
      summary.gapCount += 1
      summary.missingBytes += gap.byteCount
      writes.append(.gap(gap, session: assembly.number, from: direction, at: at, until: until))
    case .recorded(let flow, let event, let origin): learn(event, flow, origin)
    case .told(let event, let at, let origin):
      var heard: [ConversationEvent] = []
      hooks.read(event, at: at, origin, into: &heard)
      read(heard)
    case .closed(let flow, let end):
      close(flow, end)
    }
  }

  /// Closes the books: what was counted rather than kept.
  mutating func finish() {
    var heard: [ConversationEvent] = []
    traffic.finish(into: &heard)
    take(heard)
    heard = []
    hooks.finish(into: &heard)
    read(heard)
    if let masking { summary.masked = masking.total }
    for anomaly in ledger.remainders { writes.append(.anomaly(anomaly, session: nil)) }
  }

  mutating func take(_ anomaly: Anomaly) {
    summary.anomalyCount += 1
    guard ledger.admits(anomaly) else { return }
    let session = anomaly.flow.flatMap { open[$0]?.number }
    var shown = anomaly
    if let (masked, records) = masking?.apply(to: anomaly) {
      shown = masked
      write(records, session: session)
    }
    writes.append(.anomaly(shown, session: session))
  }

  private mutating func learn(_ facts: SessionFacts, _ flow: FlowID) {
    guard let assembly = open[flow] else { return }
    assembly.builder.add(facts)
    for (setting, value) in facts.parameters { assembly.context.learn(setting: setting, value: value) }
    if let processID = facts.processID, backends.count < CaseAssembler.cancelMemoryLimit {
      let key = BackendKey(server: assembly.builder.flow.server, processID: processID)
      backends[key] = (assembly.number, facts.cancelSecretHash ?? assembly.builder.facts.cancelSecretHash)
    }
    if let hash = facts.credentialHash {
      writes.append(.secret(hash: hash, kind: "password", session: assembly.number, sequence: nil))
    }
  }

  private mutating func take(_ exchange: Exchange, _ flow: FlowID) {
    guard let assembly = open[flow] else { return }
    switch exchange.shape {
    case .statement(let statement):
      var statement = statement
      var parts = statements.parts(of: statement, in: &assembly.context)
      var masked: [MaskRecord] = []
      if let shown = masking?.apply(to: statement, parts, in: Self.scope(assembly)) {
        (statement, parts, masked) = shown
      }
      let drafts = assembly.builder.add(exchange, statement, parts: parts)
      write(masked, session: assembly.number, sequence: drafts.first?.sequence)
      if let first = drafts.first { join(exchange, first.sequence, assembly) }
      for (draft, part) in zip(drafts, parts) {
        writes.append(.action(draft, session: assembly.number))
        for hash in part.secretHashes {
          writes.append(
            .secret(hash: hash, kind: "statement", session: assembly.number, sequence: draft.sequence))
        }
      }
      for (segment, outcome) in assembly.builder.takeOutcomes() {
        writes.append(.segment(segment, session: assembly.number, outcome: outcome))
      }
    case .call(let call):
      var parts = web.parts(of: call, in: &assembly.web)
      if LLMTrafficReader.recognizes(call) { listen(to: call, &parts, exchange) }
      var typed: [ActionPart] = []
      if parts.first?.kind == "shell", let records = parts.first?.records {
        (typed, parts[0].records) = remote.typed(into: records)
      }
      let masked = mask(&parts, assembly)
      let drafts = assembly.builder.add(exchange, call, parts: parts)
      if let first = drafts.first { join(exchange, first.draft.sequence, assembly) }
      write(drafts, "http", parts.map(\.secretPlaces), assembly, masked)
      let maskedTyped = mask(&typed, assembly)
      write(
        assembly.builder.add(exchange, parts: typed, parent: drafts.first?.draft.sequence), "http",
        typed.map(\.secretPlaces), assembly, maskedTyped)
    case .command, .file, .forwarding, .repository:
      var parts = remote.parts(of: exchange, on: assembly.host, assembly.gateway)
      let lines = assembly.gateway == nil ? [] : parts.dropFirst().map { ($0.text, $0.startedAt) }
      let masked = mask(&parts, assembly)
      let drafts = assembly.builder.add(exchange, parts: parts)
      if let first = drafts.first { join(exchange, first.draft.sequence, assembly, isShared: true) }
      for (draft, (text, at)) in zip(drafts.dropFirst(), lines) {
        join(typed: text, at ?? exchange.startedAt, draft.draft.sequence, assembly)
      }
      write(drafts, "ssh", parts.map(\.secretPlaces), assembly, masked)
    case .cancellation, .login, .notification, .marker, .opaque:
      if case .cancellation(let cancellation) = exchange.shape { assembly.parent = target(of: cancellation, assembly) }
      if var draft = assembly.builder.add(exchange) {
        if let (shown, records) = masking?.apply(to: draft, in: Self.scope(assembly)) {
          draft = shown
          write(records, session: assembly.number, sequence: draft.sequence)
        }
        join(exchange, draft.sequence, assembly)
        writes.append(.action(draft, session: assembly.number))
      }
    }
  }

  private mutating func mask(_ parts: inout [CallPart], _ assembly: Assembly) -> [[MaskRecord]] {
    guard let shown = masking?.apply(to: parts, in: Self.scope(assembly)) else { return [] }
    parts = shown.map(\.part)
    return shown.map(\.masked)
  }

  private mutating func mask(_ parts: inout [ActionPart], _ assembly: Assembly) -> [[MaskRecord]] {
    guard let shown = masking?.apply(to: parts, in: Self.scope(assembly)) else { return [] }
    parts = shown.map(\.part)
    return shown.map(\.masked)
  }

  private mutating func write(_ records: [MaskRecord], session: Int64?, sequence: Int? = nil) {
    for var record in records {
      (record.session, record.sequence) = (session, sequence)
      writes.append(.masked(record))
    }
  }

  private mutating func write(
    _ drafts: [(draft: ActionDraft, secretHashes: [String])], _ kind: String,
    _ places: [[String: SecretSighting.Place]], _ assembly: Assembly, _ masked: [[MaskRecord]]
  ) {
    for (index, ((draft, hashes), places)) in zip(drafts, places).enumerated() {
      if index < masked.count { write(masked[index], session: assembly.number, sequence: draft.sequence) }
      writes.append(.action(draft, session: assembly.number))
      for hash in hashes {
        let kind = places[hash].map { "\(kind)-\($0.rawValue)" } ?? kind
        writes.append(.secret(hash: hash, kind: kind, session: assembly.number, sequence: draft.sequence))
      }
    }
  }

  /// Takes what was said to and by a language model, secrets redacted.
  private mutating func listen(to call: Call, _ parts: inout [CallPart], _ exchange: Exchange) {
    guard var first = parts.first else { return }
    let model = LLMTrafficReader.model(of: call)
    first.becomePrompt(to: model, isByPath: LLMTrafficReader.isByPath(call))
    parts = [first]
    var redacted = call
    redacted.head = first.head
    (redacted.requestBody, redacted.responseBody) = (first.requestBody, first.responseBody)
    redacted.records = first.records
    var heard: [ConversationEvent] = []
    traffic.read(
      redacted, startedAt: exchange.startedAt, endedAt: exchange.endedAt, origin: exchange.origin, into: &heard)
    take(heard)
  }

  /// Takes what a transcript tells.
  mutating func read(_ events: [ConversationEvent]) {
    for event in events {
      let (masked, hashes) = conversations.mask(event)
      take(masked)
      for hash in hashes { writes.append(.secret(hash: hash, kind: "transcript", session: nil, sequence: nil)) }
    }
  }

  /// Takes what a server's log tells.
  mutating func read(_ events: [ServerLogEvent]) {
    for event in events {
      switch event {
      case .anomaly(let anomaly): take(anomaly)
      case .record(let record):
        summary.serverRecordCount += 1
        let (parts, hashes) = serverRecords.parts(of: record)
        for part in parts {
          guard let (shown, masked) = masking?.apply(to: part) else {
            writes.append(.serverRecord(part))
            continue
          }
          writes.append(.serverRecord(shown))
          write(masked, session: nil)
        }
        for hash in hashes { writes.append(.secret(hash: hash, kind: "server-log", session: nil, sequence: nil)) }
      }
    }
  }

  private mutating func take(_ heard: [ConversationEvent]) {
    for event in heard { take(event) }
  }

  private mutating func take(_ heard: ConversationEvent) {
    var event = heard
    if let (shown, records) = masking?.apply(to: event) {
      event = shown
      for record in records { writes.append(.masked(record)) }
    }
    switch event {
    case .anomaly(let anomaly): take(anomaly)
    case .prompt:
      summary.promptCount += 1
      writes.append(.conversation(event))
    case .conversation, .toolCall, .completion: writes.append(.conversation(event))
    }
  }

  /// The session that a CancelRequest names: same server, process and secret.
  private func target(of cancellation: Cancellation, _ assembly: Assembly) -> Int64? {
    let key = BackendKey(server: assembly.builder.flow.server, processID: cancellation.processID)
    guard let backend = backends[key] else { return nil }
    guard backend.secretHash == nil || backend.secretHash == cancellation.secretHash else { return nil }
    return backend.session
  }

  private mutating func close(_ flow: FlowID, _ end: FlowSummary) {
    guard let assembly = open.removeValue(forKey: flow) else { return }
    settle(assembly)
    let draft = assembly.builder.finish(
      id: SessionID.make(assembly.builder.flow), protocolName: assembly.protocolName, end: end.end,
      endedAt: end.endedAt, bytesIn: end.bytesFromClient, bytesOut: end.bytesFromServer,
      missingBytes: end.missingBytes,
      parent: assembly.parent)
    for (segment, outcome) in assembly.builder.takeOutcomes() {
      writes.append(.segment(segment, session: assembly.number, outcome: outcome))
    }
    writes.append(.session(draft, number: assembly.number))
    summary.sessionCount += 1
    if draft.facts.encryption != nil { summary.encryptedCount += 1 }
    if draft.facts.isDecrypted == true { summary.decryptedCount += 1 }
    summary.actionCount += draft.actionCount
    summary.changeCount += draft.changeCount
  }
}

extension SessionFacts {
  fileprivate static func encrypted(_ by: String) -> SessionFacts {
    var facts = SessionFacts()
    facts.encryption = by
    return facts
  }
}
