import Bytes
import Model
import Parsers
import Policy
import Sessions

/// Takes flow events and fills the case: sessions, classified actions, gaps, anomalies.
struct CaseAssembler {
  /// Sessions remembered so that a later CancelRequest finds the one that it cancels.
  static let cancelMemoryLimit = 100_000

  private struct Assembly {
    var builder: SessionBuilder
    var number: Int64
    var id: String
    var protocolName: String
    var parent: Int64?
  }

  /// What a CancelRequest names: a server and a process of it.
  private struct BackendKey: Hashable {
    var server: Endpoint
    var processID: UInt32
  }

  private let writer: any CaseWriting
  private var statements: StatementReader
  private var open: [FlowID: Assembly] = [:]
  private var backends: [BackendKey: (session: Int64, secretHash: String?)] = [:]
  private var ledger = AnomalyLedger()
  private(set) var summary = IngestSummary()

  init(writer: any CaseWriting, secrets: SecretHasher) {
    self.writer = writer
    statements = StatementReader(secrets: secrets)
  }

  mutating func take(_ event: FlowEvent) throws {
    switch event {
    case .opened(let flow, let protocolName, let isDecoded):
      var builder = SessionBuilder(flow: flow)
      if !isDecoded { builder.note("\(protocolName) traffic that was not looked into") }
      if protocolName == "tls" { builder.add(SessionFacts.encrypted("tls")) }
      open[flow.id] = Assembly(
        builder: builder, number: writer.openSession(), id: try writer.uniqueSessionID(SessionID.make(flow)),
        protocolName: protocolName)
    case .parsed(let flow, .facts(let facts)):
      try learn(facts, flow)
    case .parsed(let flow, .exchange(let exchange)):
      try take(exchange, flow)
    case .parsed(_, .anomaly(let anomaly)), .anomaly(let anomaly):
      try take(anomaly)
    case .gap(let flow, let gap, let direction, let at, let until):
      guard let assembly = open[flow] else { return }
      summary.gapCount += 1
      summary.missingBytes += gap.byteCount
      try writer.write(gap, session: assembly.number, direction: direction, at: at, until: until)
    case .closed(let flow, let end):
      try close(flow, end)
    }
  }

  /// Closes the books: what was counted rather than kept.
  mutating func finish() throws {
    for anomaly in ledger.remainders { try writer.write(anomaly, session: nil) }
  }

  mutating func take(_ anomaly: Anomaly) throws {
    summary.anomalyCount += 1
    guard ledger.admits(anomaly) else { return }
    try writer.write(anomaly, session: anomaly.flow.flatMap { open[$0]?.number })
  }

  private mutating func learn(_ facts: SessionFacts, _ flow: FlowID) throws {
    open[flow]?.builder.add(facts)
    guard let assembly = open[flow] else { return }
    if let processID = facts.processID, backends.count < CaseAssembler.cancelMemoryLimit {
      let key = BackendKey(server: assembly.builder.flow.server, processID: processID)
      backends[key] = (assembly.number, facts.cancelSecretHash ?? assembly.builder.facts.cancelSecretHash)
    }
    if let hash = facts.credentialHash {
      try writer.write(secretHash: hash, kind: "password", session: assembly.number, sequence: nil)
    }
  }

  private mutating func take(_ exchange: Exchange, _ flow: FlowID) throws {
    guard var assembly = open.removeValue(forKey: flow) else { return }
    defer { open[flow] = assembly }
    if case .statement(let statement) = exchange.shape {
      let parts = statements.parts(of: statement, in: flow)
      let drafts = assembly.builder.add(exchange, statement, parts: parts)
      for (draft, part) in zip(drafts, parts) {
        try writer.write(draft, session: assembly.number, sessionID: assembly.id)
        for hash in part.secretHashes {
          try writer.write(secretHash: hash, kind: "statement", session: assembly.number, sequence: draft.sequence)
        }
      }
      for (segment, outcome) in assembly.builder.takeOutcomes() {
        try writer.write(segment: segment, of: assembly.number, outcome: outcome)
      }
    } else {
      if case .cancellation(let cancellation) = exchange.shape { assembly.parent = target(of: cancellation, assembly) }
      if let draft = assembly.builder.add(exchange) {
        try writer.write(draft, session: assembly.number, sessionID: assembly.id)
      }
    }
  }

  /// The session that a CancelRequest names: same server, process and secret.
  private func target(of cancellation: Cancellation, _ assembly: Assembly) -> Int64? {
    let key = BackendKey(server: assembly.builder.flow.server, processID: cancellation.processID)
    guard let backend = backends[key] else { return nil }
    guard backend.secretHash == nil || backend.secretHash == cancellation.secretHash else { return nil }
    return backend.session
  }

  private mutating func close(_ flow: FlowID, _ end: FlowSummary) throws {
    guard var assembly = open.removeValue(forKey: flow) else { return }
    statements.forget(flow)
    let draft = assembly.builder.finish(
      id: assembly.id, protocolName: assembly.protocolName, end: end.end, endedAt: end.endedAt,
      bytesIn: end.bytesFromClient, bytesOut: end.bytesFromServer, missingBytes: end.missingBytes,
      parent: assembly.parent)
    for (segment, outcome) in assembly.builder.takeOutcomes() {
      try writer.write(segment: segment, of: assembly.number, outcome: outcome)
    }
    try writer.finish(draft, number: assembly.number)
    summary.sessionCount += 1
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
