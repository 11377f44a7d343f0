import ArgumentParser
import Evidence
import Foundation
import Model
import Pipeline
import Policy
import Reports
import SSHKeys
import Store

/// `exhibit bundle`
struct Bundle: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pack a case, its reports, policy and approvals into a folder with a signed statement of their digests.",
    discussion: """
      The statement is in-toto's in a DSSE envelope, which other tools verify; the digests of the sources are in it.

        exhibit bundle --case incident.exhibit --policy production.yaml --key ~/.ssh/id_ed25519 --output incident.bundle
      """)

  @OptionGroup var file: CaseOption
  @OptionGroup var policy: PolicyOption
  @Option(
    help: ArgumentHelp("Sign with this Ed25519 key of OpenSSH, which has no passphrase.", valueName: "file"),
    completion: .file())
  var key: String
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder; it must not be there yet.", valueName: "folder"))
  var output: String

  func run() throws {
    guard !FileManager.default.fileExists(atPath: output) else {
      throw CommandError("\(output): is there already; a bundle is made anew, never changed")
    }
    guard let data = FileManager.default.contents(atPath: key) else { throw CommandError("\(key): cannot be read") }
    let signer: SSHPrivateKey
    do { signer = try SSHPrivateKey(file: Array(data)) } catch { throw CommandError("\(key): \(error)") }
    let reading = try file.open()
    let verdict = try policy.verdict(on: reading)
    try CaseFile(file.path, .write).replaceVerdict(verdict)
    let partial = URL(filePath: output + ".partial")
    try? FileManager.default.removeItem(at: partial)
    try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
    do {
      try fill(partial, reading, verdict)
      let sources = try reading.sources().map { InTotoStatement.Resource(name: $0.path, sha256: $0.sha256) }
      let failed = verdict.decisions.values.filter { !$0.isAcceptable }.map(\.actionID).sorted()
      try EvidenceBundle.sign(
        partial, result: verdict.overall == .clean ? .passed : .failed,
        configuration: [.init(name: "policy", sha256: verdict.policySHA256)] + sources.sorted { $0.name < $1.name },
        failed: Array(failed.prefix(10_000)), key: signer)
      try FileManager.default.moveItem(atPath: partial.path, toPath: output)
    } catch {
      try? FileManager.default.removeItem(at: partial)
      throw error
    }
    StandardOutput.write(
      "\(output): signed by \(signer.publicKey.fingerprint)\nanybody checks it with: exhibit verify \(output) --signer KEY.pub\n"
    )
  }

  private func fill(_ folder: URL, _ reading: CaseFile, _ verdict: Verdict) throws {
    try reading.copy(to: folder.appending(path: reading.name + ".exhibit").path)
    let formats: [(format: any ReportFormat, name: String)] = [
      (HTMLReport(), "report.html"), (JUnitReport(), "junit.xml"), (JSONReport(), "report.json"),
      (SARIFReport(), "findings.sarif"),
    ]
    for (format, name) in formats {
      try ReportFile.write(format, reading, verdict, to: folder.appending(path: name).path)
    }
    if let policy = policy.policy {
      try FileManager.default.copyItem(atPath: policy, toPath: folder.appending(path: "policy.yaml").path)
    }
    if let approvals = policy.approvals {
      try FileManager.default.copyItem(atPath: approvals, toPath: folder.appending(path: "approvals").path)
    }
    for path in try policy.trustFiles() {
      let place = folder.appending(path: "trust").appending(path: path.lastPathComponent)
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: path, to: place)
    }
  }
}
