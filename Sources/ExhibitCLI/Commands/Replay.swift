import ArgumentParser
import Foundation
import Model
import Replay
import Store

/// `exhibit replay`
struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Replay a session in the terminal, or write it as text, SQL or JSON.",
    discussion: """
      In a terminal: space pauses, → and ← step, + and - change the speed, s skips idle time, c and e go to the next change \
      and error, / searches, g goes to an action or a time, ? tells all keys, q quits. t shows a terminal of the session \
      (a shell over SSH, kubectl exec) as its user saw it, and back; the id of such an action, or of a command typed \
      there, begins with it. Elsewhere the whole session is written at once, as text.

        exhibit replay ses-1f0c2a9b7d31 --case incident.exhibit
        exhibit replay ses-1f0c2a9b7d31 --speed 10 --skip-idle --from ses-1f0c2a9b7d31.17 --case incident.exhibit
        exhibit replay ses-1f0c2a9b7d31 --as sql --case incident.exhibit > session.sql
        exhibit replay ses-1f0c2a9b7d31.4 --as asciicast --case incident.exhibit > shell.cast
      """)

  @Argument(help: "Id of the session, or of one of its actions.")
  var session: String
  @OptionGroup var file: CaseOption
  @Option(
    name: .customLong("as"), help: "Write it: \(ExportCatalog.exports.map { type(of: $0).id }.joined(separator: ", "))."
  )
  var export: String?
  @Option(help: "Times the recorded pace.")
  var speed: Double = 1
  @Flag(help: "Wait a second at most where nothing happens.")
  var skipIdle = false
  @Option(help: "Begin at this action or time (UTC).")
  var from: String?
  @Option(help: "Rows of each result that are shown.")
  var rows: Int = 10

  func validate() throws {
    guard speed > 0, speed.isFinite else { throw ValidationError("--speed takes a number above 0") }
    guard let export else { return }
    let ids = ExportCatalog.exports.map { type(of: $0).id }
    if !ids.contains(export) { throw ValidationError("--as takes \(ids.joined(separator: ", "))") }
  }

  func run() throws {
    let reading = try file.open()
    let action = try reading.action(id: self.session)
    guard let session = try reading.session(id: action?.sessionID ?? self.session) else {
      throw StoreError(.missing, path: file.path, "no session \(self.session); list them with: exhibit sessions")
    }
    if let export = export.flatMap(ExportCatalog.export) {
      guard let action else { return try export.export(session, from: reading) { StandardOutput.write($0) } }
      guard let one = export.only(action.id) else {
        throw CommandError("--as \(type(of: export).id) writes whole sessions: name \(session.id)")
      }
      return try one.export(session, from: reading) { StandardOutput.write($0) }
    }
    guard StandardOutput.canBePlayedOn, isatty(0) == 1 else {
      let whole = TextExport(rowLimit: rows)
      let text: any ReplayExport = action.flatMap { whole.only($0.id) } ?? whole
      return try text.export(session, from: reading) { StandardOutput.write($0) }
    }
    var options = Player.Options()
    options.colours = ColourDepth(environment: ProcessInfo.processInfo.environment)
    options.speed = speed
    options.skipsIdle = skipIdle
    options.rowLimit = rows
    let timeline = try Timeline(of: session, from: reading)
    var player = Player(timeline, from: reading, options: options, size: PlayerScreen.size)
    var from = from
    if let action, try !player.showTerminal(of: action.id), from == nil { from = action.id }
    if let from {
      guard let target = SeekTarget(parsing: from, in: timeline, from: session.startedAt) else {
        throw CommandError("--from \(from): neither an action of this session nor a time")
      }
      player.seek(to: target)
      player.play()
    }
    try PlayerScreen().run(&player)
  }
}
