import Bytes
import Foundation
import Model
import Policy

/// Writes sessions for what servers did and no capture shows, so that it is listed, judged and reported as all else is.
///
/// What lies before or after the captures stays in the log alone, and so does a log that has no connection in common with
/// them: it may be another server's.
struct ServerSessionWriter {
  /// A session on its way.
  private struct Assembly {
    var number: Int64
    var draft: SessionDraft
    var outcome: RecordOutcome
    var captured: Int64?
    var reason: String
    var sequence = 0
    var transactions: LogTransactions
  }

  /// Rows of records to write, by log.
  private var wanted: [Int64: [Int64: RecordPairing]] = [:]
  private var servers: [Int64: [String]] = [:]
  /// How far the log's clock runs ahead of the captures', nanoseconds: times go into the case by the captures' clock.
  private var offsets: [Int64: Int64] = [:]
  /// When captured sessions began, for logs without times.
  private let starts: [Int64: Int64]
  /// How often each event was told: by the logs before, and by the one that is read. Two logs of one server tell it once.
  private var told: [Event: Int] = [:]
  private var tellings: [Event: Int] = [:]
  private var open: [String: Assembly] = [:]
  private var order: [String] = []
  private var next: Int64 = 0

  private struct Event: Hashable {
    var protocolName: String
    var host: String
    var text: String
    var second: Int64
  }

  /// Where a log's clock is no finer, its times say nothing: those of `sshd -E` are the file's.
  private static let coarsest: Int64 = 3_600_000_000_000

  private let statements: StatementReader

  /// - Parameters:
  ///   - starts: when captured sessions began, for logs without times.
  ///   - secrets: makes the hashes of secrets.
  init(starts: [Int64: Int64], secrets: SecretHasher) {
    self.starts = starts
    statements = StatementReader(secrets: secrets)
  }

  mutating func add(_ found: LogReconciliation) {
    servers[found.log] = found.servers
    offsets[found.log] = found.clock?.offset
    for pairing in found.pairings {
      switch pairing.outcome {
      // Without a connection in common it may be the log of another server.
      case .unseen where found.servers.isEmpty, .local where found.servers.isEmpty: break
      case .unseen, .hidden, .local: wanted[found.log, default: [:]][pairing.record] = pairing
      case .matched, .differs, .outside: break
      }
    }
  }

  /// Writes them; gives the number of actions, and of changes among them.
  mutating func write(_ logs: [Int64], to store: some ReconciliationStore) throws -> (actions: Int, changes: Int) {
    let used = logs.filter { wanted[$0] != nil }
    var counts = (actions: 0, changes: 0)
    var copy = self
    try store.replaceServerSessions(sources: used) { writer in
      copy.next = writer.firstSessionNumber
      for log in used {
        copy.beginLog()
        try store.forEachServerRecord(of: log) { stored in
          guard let pairing = copy.wanted[log]?[stored.number], copy.isNew(stored) else { return }
          var stored = stored
          stored.record.at = Timestamp(nanoseconds: copy.time(of: stored, pairing, log))
          guard let draft = try copy.take(stored, pairing, log, writer)
          else { return }
          counts.actions += 1
          if stored.effect.isChange { counts.changes += 1 }
          try writer.write(draft.action, session: draft.session)
        }
      }
      return try copy.finish(writer)
    }
    return counts
  }

  private mutating func beginLog() {
    told.merge(tellings) { max($0, $1) }
    tellings = [:]
  }

  /// Whether no log before this one told of it.
  private mutating func isNew(_ stored: StoredServerRecord) -> Bool {
    var host = ""
    if case .host(let name, _) = stored.record.peer { host = name }
    let event = Event(
      protocolName: stored.record.protocolName, host: host,
      text: "\(stored.record.kind.rawValue) \(stored.record.text)",
      second: stored.record.at.nanoseconds / 1_000_000_000)
    tellings[event, default: 0] += 1
    return tellings[event] ?? 0 > told[event] ?? 0
  }

  /// By the captures' clock.
  private func time(of stored: StoredServerRecord, _ pairing: RecordPairing, _ log: Int64) -> Int64 {
    if stored.record.precision >= Self.coarsest, let start = pairing.session.flatMap({ starts[$0] }) { return start }
    return stored.record.at.nanoseconds.subtractingClamped(offsets[log] ?? 0)
  }

  /// The action of a record, in the session of its connection; nil for what is no action.
  private mutating func take(
    _ stored: StoredServerRecord, _ pairing: RecordPairing, _ log: Int64, _ writer: any CaseWriting
  ) throws -> (action: ActionDraft, session: Int64)? {
    let record = stored.record
    let key = Self.name(of: stored)
    if record.kind == .disconnection { open[key]?.transactions.hasEnd = true }
    guard record.kind != .connection, record.kind != .disconnection else { return nil }
    var assembly = open[key] ?? begin(stored, pairing, log, key)
    if assembly.sequence == 0 { try writer.open(session: assembly.number, proposedID: assembly.draft.id) }
    assembly.sequence += 1
    assembly.draft.actionCount += 1
    if stored.effect.isChange { assembly.draft.changeCount += 1 }
    assembly.draft.startedAt = min(assembly.draft.startedAt, record.at)
    assembly.draft.endedAt = max(assembly.draft.endedAt, record.at)
    assembly.draft.facts.user = assembly.draft.facts.user ?? record.user
    assembly.draft.facts.target = assembly.draft.facts.target ?? record.target
    assembly.draft.facts.application = record.application ?? assembly.draft.facts.application
    var action = Self.action(stored, assembly.sequence, log)
    if record.protocolName == "postgres", record.kind == .request {
      let isFailure = record.status == .error || record.status == .denied
      action.segment = assembly.transactions.take(record.text, isFailure: isFailure)
    }
    open[key] = assembly
    return (action, assembly.number)
  }

  private static func name(of stored: StoredServerRecord) -> String {
    let record = stored.record
    let peer: String
    switch record.peer {
    case .unknown: peer = ""
    case .local: peer = "local"
    case .host(let host, let port): peer = host + (port.map { ":\($0)" } ?? "")
    }
    return "\(stored.sourceID)\n\(record.protocolName)\n" + (record.sessionKey ?? "\(peer)\n\(record.user ?? "")")
  }

  private mutating func begin(
    _ stored: StoredServerRecord, _ pairing: RecordPairing, _ log: Int64, _ key: String
  ) -> Assembly {
    let record = stored.record
    let client: String
    switch record.peer {
    case .unknown: client = "unknown"
    case .local: client = "local"
    case .host(let host, let port):
      client = port.map { host.contains(":") ? "[\(host)]:\($0)" : "\(host):\($0)" } ?? host
    }
    let reason = "known from the server's own log alone: \(pairing.reason)"
    var facts = SessionFacts()
    facts.parameters["log.outcome"] = pairing.outcome.rawValue
    facts.parameters["log.source"] = stored.sourceID
    if let offset = offsets[log], offset != 0 {
      facts.parameters["log.clock"] = "\(offset) ns ahead of the captures, taken off all times"
    }
    let draft = SessionDraft(
      id: "ses-" + SHA256.digest(of: "log\n\(key)").bytes.prefix(6).hex, parent: pairing.session,
      protocolName: record.protocolName, client: client, server: record.server ?? servers[log]?.first ?? "unknown",
      facts: facts, startedAt: record.at, endedAt: record.at, actionCount: 0, changeCount: 0, bytesIn: 0, bytesOut: 0,
      incompleteReason: reason, origin: Origin(source: UInt32(clamping: log), packet: record.origin.packet))
    let assembly = Assembly(
      number: next, draft: draft, outcome: pairing.outcome, captured: pairing.session, reason: pairing.reason,
      transactions: LogTransactions(statements))
    next += 1
    order.append(key)
    return assembly
  }

  private static func action(_ stored: StoredServerRecord, _ sequence: Int, _ log: Int64) -> ActionDraft {
    let record = stored.record
    let classification = Classification(
      verb: stored.verb, effect: stored.effect, resources: stored.resources,
      note: "told by the server's log, seen in no capture")
    var draft = ActionDraft(
      sequence: sequence, kind: kind(of: stored),
      form: StatementForm(shape: record.text, classification: classification), startedAt: record.at,
      status: record.status, origin: Origin(source: UInt32(clamping: log), packet: record.origin.packet))
    if let duration = record.duration {
      if record.isEnd {
        draft.startedAt = Timestamp(nanoseconds: record.at.nanoseconds.subtractingClamped(duration))
        draft.endedAt = record.at
      } else {
        draft.endedAt = Timestamp(nanoseconds: record.at.nanoseconds.addingClamped(duration))
      }
    }
    draft.parameters = record.parameters.flatMap { try? JSONEncoder().encode($0) }.map {
      String(decoding: $0, as: UTF8.self)
    }
    draft.code = record.code
    draft.message = record.message
    draft.rowCount = record.rowCount.flatMap { UInt64(exactly: $0) }
    draft.bytesOut = record.byteCount ?? 0
    draft.identity = Identity(user: record.user, target: record.target, application: record.application)
    return draft
  }

  /// As an action of a capture would be called.
  private static func kind(of stored: StoredServerRecord) -> String {
    switch (stored.record.kind, stored.record.protocolName) {
    case (.login, _): "login"
    case (.request, "postgres"): stored.verb == "COPY" ? "copy" : "sql"
    case (.request, _): "http"
    case (.command, _): stored.verb == "SHELL" ? "shell" : "exec"
    case (.connection, _), (.disconnection, _): "session"
    }
  }

  private mutating func finish(_ writer: any CaseWriting) throws -> [ServerSession] {
    var found: [ServerSession] = []
    for key in order {
      guard var assembly = open[key] else { continue }
      if assembly.outcome == .hidden {
        // What the capture has of it stands in between: only the two together could tell.
        for segment in 1...max(1, assembly.transactions.segmentCount) {
          try writer.write(segment: segment, of: assembly.number, outcome: .undecided)
        }
      } else {
        for (segment, outcome) in assembly.transactions.finish() {
          try writer.write(segment: segment, of: assembly.number, outcome: outcome)
        }
      }
      try writer.finish(assembly.draft, number: assembly.number)
      found.append(
        ServerSession(
          number: assembly.number, outcome: assembly.outcome, captured: assembly.captured, reason: assembly.reason))
    }
    return found
  }
}
