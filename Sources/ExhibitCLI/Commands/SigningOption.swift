import ArgumentParser
import Foundation
import Model
import Pipeline
import Policy
import Replay
import SSHKeys

/// The request to sign, and the key to sign it with.
struct SigningOption: ParsableArguments {
  @Argument(help: "The request, NAME.approval.", completion: .file(extensions: ["approval"]))
  var file: String
  @Option(
    help: ArgumentHelp("Sign with this private key of OpenSSH, which has no passphrase.", valueName: "file"),
    completion: .file())
  var key: String?
  @Flag(help: "Sign with a key of ssh-agent (SSH_AUTH_SOCK).") var agent = false
  @Option(help: ArgumentHelp("Which key of the agent, as ssh-add -l shows it.", valueName: "SHA256:…"))
  var fingerprint: String?
  @Option(
    help: ArgumentHelp("The policy, for the namespace of its signatures.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var policy: String?
  @Flag(help: "Do not ask. For scripts.") var yes = false

  func validate() throws {
    if (key != nil) == agent { throw ValidationError("give --key, or --agent") }
    if fingerprint != nil, !agent { throw ValidationError("--fingerprint chooses among the keys of --agent") }
  }

  /// Shows the request, asks, signs, and writes the signature beside it.
  func sign(as stance: Approval.Stance) throws {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw CommandError("\(file): cannot be read; check the path and its permissions")
    }
    let message = Array(data)
    let request = try ApprovalRequest(parsing: message, file: file)
    let domain = try PolicyFile.read(policy).approvals.namespace
    RequestPage(request: request, file: file, domain: domain).printWhole()
    try confirm(stance)
    let namespace = stance.namespace(of: domain)
    let signature =
      try key.map { try SSHSignature(of: message, namespace: namespace, keyFile: $0) }
      ?? SSHSignature(byAgentOf: message, namespace: namespace, fingerprint: fingerprint)
    let place = try free(signature.key.plain.fingerprint)
    try ReportFile.write(Array(signature.armored.utf8), to: place)
    StandardOutput.write(
      "\n\(place): signed as \(namespace) by \(signature.key.plain.fingerprint)\n"
        + "anybody checks it with: ssh-keygen -Y verify -f allowed_signers -I PRINCIPAL -n \(namespace) "
        + "-s \(TerminalText.oneLine(place)) < \(TerminalText.oneLine(file))\n")
  }

  private func confirm(_ stance: Approval.Stance) throws {
    guard !yes else { return }
    guard isatty(0) == 1 else {
      throw CommandError("nobody is here to read it and say yes; give --yes where that was done before")
    }
    StandardError.text("\nSign this, word for word, to \(Self.words(stance))? Type yes: ")
    guard readLine() == "yes" else { throw CommandError("not signed") }
  }

  private static func words(_ stance: Approval.Stance) -> String {
    switch stance {
    case .approve: "approve it"
    case .reject: "reject it"
    case .revoke: "take its approval back"
    case .breakGlass: "approve it in an emergency"
    case .review: "stand by what was done in an emergency"
    }
  }

  /// Where ssh-keygen would put it, or beside that when somebody else signed before.
  private func free(_ fingerprint: String) throws -> String {
    let first = file + ".sig"
    if !FileManager.default.fileExists(atPath: first) { return first }
    let digits = fingerprint.dropFirst(7).filter { $0.isLetter || $0.isNumber }.prefix(8)
    for number in 1...999 {
      let path = "\(file).\(digits)\(number == 1 ? "" : "-\(number)").sig"
      if !FileManager.default.fileExists(atPath: path) { return path }
    }
    throw CommandError("\(file): has 999 signatures of this key beside it already")
  }
}
