import ArgumentParser
import Model
import Store

/// `exhibit sessions`
struct Sessions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List sessions: who talked to what, when, and how much they changed.",
    discussion: """
        exhibit sessions --case incident.exhibit
        exhibit sessions --changes --user svc_migrate --case incident.exhibit --format json
      """)

  @OptionGroup var file: CaseOption
  @OptionGroup var list: FormatOption
  @Flag(help: "Only sessions that changed something.")
  var changes = false
  @Option(help: "Only this user's.")
  var user: String?
  @Option(name: .customLong("protocol"), help: "Only this protocol: postgres, tls, unknown, ….")
  var protocolName: String?

  func run() throws {
    var writer = ListWriter(
      [
        .init("id"), .init("parent_id", table: false), .init("protocol"), .init("started_ns"), .init("ended_ns"),
        .init("client", limit: 50), .init("server", limit: 50), .init("user"), .init("target"), .init("application"),
        .init("encrypted", table: false), .init("decrypted", table: false), .init("actions", right: true),
        .init("changes", right: true), .init("bytes_in", right: true), .init("bytes_out", right: true),
        .init("complete", table: false), .init("reason", limit: 50), .init("source_id", table: false),
      ], list.format)
    for session in try file.open().sessions() where isWanted(session) {
      writer.write(
        [
          .text(session.id), .text(session.parentID), .text(session.protocolName),
          .integer(session.startedAt.nanoseconds), .integer(session.endedAt.nanoseconds), .text(session.client),
          .text(session.server), .text(session.user), .text(session.target), .text(session.application),
          .boolean(session.isEncrypted), .boolean(session.isDecrypted), .integer(Int64(session.actionCount)),
          .integer(Int64(session.changeCount)), .integer(Int64(clamping: session.bytesIn)),
          .integer(Int64(clamping: session.bytesOut)), .boolean(session.isComplete), .text(session.reason),
          .text(session.sourceID),
        ],
        shown: [
          "started_ns": session.startedAt.formatted(fractionDigits: 0),
          "ended_ns": session.endedAt.clock(fractionDigits: 0), "actions": Quantity.count(session.actionCount),
          "changes": Quantity.count(session.changeCount), "bytes_in": Quantity.bytes(session.bytesIn),
          "bytes_out": Quantity.bytes(session.bytesOut),
        ])
    }
    writer.finish(empty: "no session matches")
  }

  private func isWanted(_ session: Session) -> Bool {
    (!changes || session.changeCount > 0) && (user == nil || session.user == user)
      && (protocolName == nil || session.protocolName == protocolName)
  }
}
