import Evidence
import Foundation
import Synchronization

/// Gives the newest checkpoint of the evidence log to others, each so many seconds and at the end. What fails is logged and
/// counted, and tried again the next time; sessions go on.
final class Anchorer: Sendable {
  private let rules: AnchorRules
  private let logFolder: String
  private let key: NoteKey
  private let log: GatewayLog
  private let metrics: GatewayMetrics
  /// Of each way the size of the log when it was anchored last.
  private let sizes = Mutex<[String: UInt64]>([:])

  init(
    _ rules: AnchorRules, recording: GatewayConfiguration.Recording, log: GatewayLog, metrics: GatewayMetrics
  ) {
    self.rules = rules
    logFolder = recording.directory + "/log"
    key = recording.key.key
    (self.log, self.metrics) = (log, metrics)
  }

  /// Runs rounds until it is told to stop; on a thread of its own.
  func run(until isOver: () -> Bool) {
    var next = Date().addingTimeInterval(TimeInterval(rules.seconds))
    while !isOver() {
      Thread.sleep(forTimeInterval: 0.2)
      guard Date() >= next else { continue }
      anchor()
      next = Date().addingTimeInterval(TimeInterval(rules.seconds))
    }
  }

  /// One round: every way by itself, so that one that fails keeps none from the others.
  func anchor() {
    let reader: LogReader
    do {
      reader = try LogReader(log: logFolder, key: key)
    } catch {
      return failed("log", "\(error)")
    }
    let anchors = LogAnchors(log: logFolder, reader: reader)
    for folder in rules.mirrors { attempt("mirror", folder, reader.size) { try anchors.add(mirror: folder) } }
    if let path = rules.artefact {
      attempt("artefact", path, reader.size) {
        try Data(reader.checkpoint.note.bytes).write(to: URL(filePath: path), options: .atomic)
      }
    }
    // A stamp is of the checkpoint with its cosignatures.
    for witness in rules.witnesses {
      attempt("witness", "\(witness.key)", reader.size) { try cosign(witness, reader, anchors) }
    }
    if let stamping = rules.timeStamping {
      attempt("time-stamp", "", reader.size) { try stamp(stamping, anchors) }
    }
  }

  /// Once for each size of the log.
  private func attempt(_ way: String, _ place: String, _ size: UInt64, _ body: () throws -> Void) {
    let name = "\(way) \(place)"
    guard sizes.withLock({ $0[name] }) != size else { return }
    do {
      try body()
      sizes.withLock { $0[name] = size }
      metrics.count(.anchor)
      log.write(.info, "anchored", ["way": way, "records": String(size)])
    } catch {
      failed(way, "\(error)")
    }
  }

  private func failed(_ way: String, _ reason: String) {
    metrics.count(.anchorFailure)
    log.write(.error, "not anchored", ["way": way, "reason": reason])
  }

  private func cosign(_ witness: AnchorRules.Witness, _ reader: LogReader, _ anchors: LogAnchors) throws {
    let checkpoint = reader.checkpoint.note.bytes
    let program = BoundedProgram(words: witness.command, seconds: rules.patience)
    var answer = try program.run(checkpoint)
    // A note's signatures begin with a dash of three bytes (signed-note).
    if answer.starts(with: Array("\u{2014} ".utf8)) { answer = checkpoint + answer }
    _ = try anchors.add(cosigned: answer, by: witness.key)
  }

  private func stamp(_ stamping: AnchorRules.TimeStamping, _ anchors: LogAnchors) throws {
    let pem = FileManager.default.contents(atPath: stamping.authoritiesFile).map { Array($0) } ?? []
    guard let authorities = TimeStampAuthorities(pem: pem) else {
      throw GatewayError("\(stamping.authoritiesFile): no certificates in PEM")
    }
    let program = BoundedProgram(words: stamping.command, seconds: rules.patience)
    _ = try anchors.add(stamp: try program.run(try anchors.stampQuery()), by: authorities)
  }
}
