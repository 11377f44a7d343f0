import ArgumentParser
import Model
import Store

/// `exhibit reconcile`
struct Reconcile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hold servers' own logs against the captures: what both tell, and what only one of them tells.",
    discussion: """
      Logs of PostgreSQL, sshd, sudo, nginx, Envoy, HAProxy, Kubernetes and CloudTrail are read by ingest like captures. \
      What a server did and no capture shows came another way than by the place that is recorded; such statements \
      are in the case as actions, judged and reported as all others.

        exhibit ingest db1.pcap /var/log/postgresql/db1.csv --case incident.exhibit
        exhibit reconcile --case incident.exhibit
        exhibit reconcile --case incident.exhibit --outcome matched --format csv

      Exit codes: 0 both tell the same, 1 one tells what the other should and does not.
      """)

  @OptionGroup var file: CaseOption
  @OptionGroup var list: FormatOption
  @Option(
    help:
      "Records to list: matched, differs, unseen, hidden, local, outside; several with commas. Otherwise what is not matched."
  )
  var outcome: String?

  private var outcomes: Set<RecordOutcome> {
    get throws {
      guard let outcome else { return [.differs, .unseen, .hidden, .local] }
      return Set(
        try outcome.split(separator: ",").map { name in
          guard let found = RecordOutcome(rawValue: String(name)) else {
            let all = RecordOutcome.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--outcome \(name): there are \(all)")
          }
          return found
        })
    }
  }

  func run() throws {
    let outcomes = try outcomes
    let reading = try file.open()
    let logs = try reading.serverLogs()
    guard !logs.isEmpty else {
      throw ValidationError(
        "the case has no server's log to compare with; add one: exhibit ingest LOG --case \(file.path)")
    }
    if list.format == .table { for log in logs { ReconciliationText(log: log).print() } }
    try writeRecords(reading, outcomes)
    try writeUntold(reading, logs)
    if logs.contains(where: \.hasDisagreement) { throw ExitCode(1) }
  }

  private func writeRecords(_ reading: CaseFile, _ outcomes: Set<RecordOutcome>) throws {
    var writer = ListWriter(
      [
        .init("outcome"), .init("at_ns"), .init("client", limit: 24), .init("user", limit: 16), .init("effect"),
        .init("text", limit: 70), .init("reason", limit: 60), .init("id", table: false), .init("kind", table: false),
        .init("server", table: false), .init("target", table: false), .init("application", table: false),
        .init("verb", table: false), .init("status", table: false), .init("code", table: false),
        .init("action_id", table: false), .init("session_id", table: false), .init("offset_ns", table: false),
      ], list.format)
    try reading.forEachServerRecord(of: nil, outcomes) { stored in
      let record = stored.record
      let isAboutConnection = record.kind == .connection || record.kind == .disconnection
      // Those of protocols whose log tells more say nothing more.
      guard !isAboutConnection || outcome != nil || record.protocolName == "tcp" else { return }
      writer.write(
        [
          .text(stored.outcome?.rawValue), .integer(record.at.nanoseconds), .text(record.peer.text), .text(record.user),
          .text(stored.effect.rawValue), .text(record.text.isEmpty ? stored.verb : record.text), .text(stored.reason),
          .text(stored.id), .text(record.kind.rawValue), .text(record.server), .text(record.target),
          .text(record.application), .text(stored.verb), .text(record.status.rawValue), .text(record.code),
          .text(stored.actionID), .text(stored.sessionID), .integer(stored.offset),
        ], shown: ["at_ns": record.at.formatted(fractionDigits: 0)])
    }
    writer.finish(empty: outcome == nil ? "" : "no record with the outcome \(outcome ?? "")")
  }

  /// Actions that a log should tell of: after the records, for people.
  private func writeUntold(_ reading: CaseFile, _ logs: [ServerLog]) throws {
    let all = logs.reduce(0) { $0 + $1.untoldCount }
    guard list.format == .table, outcome == nil, all > 0 else { return }
    StandardOutput.write("\nCaptured, and not in the log of their server:\n\n")
    var writer = ListWriter(
      [.init("action_id"), .init("at_ns"), .init("effect"), .init("text", limit: 90)], .table)
    for (id, _) in try reading.untoldActions(limit: ReconciliationText.untoldLimit) {
      guard let action = try reading.action(id: id) else { continue }
      writer.write(
        [.text(action.id), .integer(action.startedAt.nanoseconds), .text(action.effect.rawValue), .text(action.text)],
        shown: ["at_ns": action.startedAt.formatted(fractionDigits: 0)])
    }
    writer.finish(empty: "")
    if all > ReconciliationText.untoldLimit {
      StandardOutput.write(
        "and \(Quantity.count(all - ReconciliationText.untoldLimit)) more: the view untold_actions\n")
    }
  }
}

extension ServerRecord.Peer {
  /// `10.0.0.7:4711`, `10.0.0.7`, `local`; nil when it is not known.
  var text: String? {
    switch self {
    case .unknown: nil
    case .local: "local"
    case .host(let host, nil): host
    case .host(let host, let port?): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }
}
