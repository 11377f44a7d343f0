import ArgumentParser
import Evidence
import Foundation

/// What an evidence log is held against besides its key.
struct LogVerifyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Checkpoints that were seen before; the one that is found is added. Made if missing.", valueName: "file"),
    completion: .file())
  var state: String?
  @Option(
    help: ArgumentHelp("Checkpoints that were kept elsewhere: a mirror's, an artefact's.", valueName: "file"),
    completion: .file())
  var anchor: [String] = []
  @Option(
    help: ArgumentHelp("The key of a witness whose cosignatures are believed.", valueName: "vkey|file"),
    completion: .file())
  var witness: [String] = []
  @Option(
    help: ArgumentHelp("Certificates of time stamping authorities that are believed, in PEM.", valueName: "file"),
    completion: .file())
  var authorities: String?
  @Flag(help: "Leave the segments out: only the log itself is judged.") var logOnly = false
  @Flag(help: "Exit code 1 when the log tells of gaps, losses or runs that did not end.") var strict = false
  @Option(
    help: ArgumentHelp("Where to write the two checkpoints that prove a fork.", valueName: "file"),
    completion: .file())
  var forkProof: String?

  func verifier(_ folder: String, _ key: LogKeyOption) throws -> LogVerifier {
    let places = try LogPlaces.find(folder)
    var trust = LogTrust(key: try key.required(for: folder))
    trust.witnesses = try witness.map { try LogKeyOption.read($0) }
    if let authorities {
      guard let data = FileManager.default.contents(atPath: authorities),
        let read = TimeStampAuthorities(pem: Array(data))
      else { throw CommandError("\(authorities): no certificates in PEM") }
      trust.authorities = read
    }
    for path in anchor where !FileManager.default.fileExists(atPath: path) {
      throw CommandError("\(path): no such file")
    }
    var verifier = LogVerifier(log: places.log, recording: logOnly ? nil : places.recording, trust: trust)
    verifier.origin = key.origin
    verifier.state = state
    verifier.anchors = anchor
    return verifier
  }

  /// How long a recorder that runs has to sign what it wrote: it does so each second.
  private static let patience: Duration = .seconds(5)

  /// Verifies; where a tail is not signed and a recorder goes on signing, once more as of the first look.
  private func settled(_ verifier: LogVerifier) throws -> LogVerification {
    let glance = try verifier.glance()
    let found = try verifier.verify()
    let signed = found.checkpoint?.checkpoint.size ?? 0
    let end = ContinuousClock.now + Self.patience
    while found.verdict == .unsignedTail, ContinuousClock.now < end {
      Thread.sleep(forTimeInterval: 0.2)
      guard try verifier.signedCount() > signed else { continue }
      let again = try verifier.verify(asOf: glance)
      if again.verdict != .unsignedTail { return again }
    }
    return found
  }

  /// Verifies, prints, keeps what was seen, and ends with the exit code of the verdict.
  func run(_ folder: String, _ key: LogKeyOption) throws {
    let found = try settled(try verifier(folder, key))
    StandardOutput.write(LogVerificationText.text(folder, found))
    if !found.forkProof.isEmpty, let forkProof {
      try ReportFile.write(found.forkProof.flatMap { $0.note.bytes + [0x0A] }, to: forkProof)
    }
    guard found.verdict.isIntact else {
      StandardError.line("exhibit: \(ErrorLine.text(of: CommandError("\(folder): \(found.verdict): \(found.reason)")))")
      throw ExitCode(2)
    }
    if let state, let checkpoint = found.checkpoint { try KnownCheckpoints.add(checkpoint, to: state) }
    if strict, found.findingCount > 0 { throw ExitCode(1) }
  }
}
