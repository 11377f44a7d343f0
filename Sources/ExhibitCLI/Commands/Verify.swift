import ArgumentParser
import Evidence
import Foundation
import Pipeline
import SSHKeys

/// `exhibit verify`
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a bundle, a recording with its evidence log, or a proof of a record.",
    discussion: """
      What it is, is told by its content. Exit code 0: all of it is what was signed. 2: it is not, and the first file or \
      record that is not is named.

        exhibit verify incident.bundle --signer auditor.pub
        exhibit verify recording/ --key gateway.vkey --state ~/seen.checkpoints
        exhibit verify 4711.tlog-proof --key gateway.vkey
      """)

  @Argument(help: "The folder, or the file of a proof.", completion: .file()) var path: String
  @Option(
    help: ArgumentHelp("The public key of OpenSSH of who is believed to have signed a bundle.", valueName: "file"),
    completion: .file())
  var signer: String?
  @OptionGroup var key: LogKeyOption
  @Option(
    help: ArgumentHelp(
      "For a proof from a log with epochs: its file of that name; --key is their root.", valueName: "file"),
    completion: .file())
  var epochs: String?
  @OptionGroup(title: "Evidence logs") var log: LogVerifyOptions

  func run() throws {
    if let proof = TlogProofFile(path) {
      try proof.verify(key, epochs: epochs)
    } else if LogVerifier.places(in: path) != nil {
      try log.run(path, key)
    } else {
      guard let signer else {
        throw ValidationError("\(path) holds no evidence log; for a bundle give --signer, the public key of its signer")
      }
      try verifyBundle(signer)
    }
  }

  private func verifyBundle(_ signer: String) throws {
    guard let data = FileManager.default.contents(atPath: signer), data.count < 1 << 16 else {
      throw CommandError("\(signer): cannot be read; give a public key of OpenSSH")
    }
    let key: SSHPublicKey
    do {
      let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
      key = try SSHPublicKey(line: line)
    } catch { throw CommandError("\(signer): \(error)") }
    do {
      let statement = try EvidenceBundle.verify(URL(filePath: path), signedBy: key)
      StandardOutput.write(
        "\(path): \(Quantity.of(statement.subjects.count, "file")), all as signed by \(key.fingerprint)\n"
          + "the case was judged \(statement.result.rawValue.lowercased()), \(Quantity.of(statement.failed.count, "change")) not acceptable\n"
      )
    } catch let error as BundleError where error.isBroken {
      StandardError.line("exhibit: \(path): \(error)")
      throw ExitCode(2)
    }
  }
}
