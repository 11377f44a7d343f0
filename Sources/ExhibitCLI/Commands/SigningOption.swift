import ArgumentParser
import Foundation
import Model
import Policy
import Replay
import SSHKeys

/// The request to sign, and the key to sign it with.
struct SigningOption: ParsableArguments {
  @Argument(help: "The request, NAME.approval.", completion: .file(extensions: ["approval"]))
  var file: String
  @OptionGroup var key: SigningKeyOption
  @Option(
    help: ArgumentHelp("The policy, for the namespace of its signatures.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var policy: String?

  /// Shows the request, asks, signs, and writes the signature beside it.
  func sign(as stance: Approval.Stance) throws {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw CommandError("\(file): cannot be read; check the path and its permissions")
    }
    let message = Array(data)
    let request = try ApprovalRequest(parsing: message, file: file)
    let domain = try PolicyFile.read(policy).approvals.namespace
    RequestPage(request: request, file: file, domain: domain).printWhole()
    try key.confirm(stance)
    let namespace = stance.namespace(of: domain)
    let signature = try key.signature(over: message, namespace)
    let place = try free(signature.key.plain.fingerprint)
    try ReportFile.write(Array(signature.armored.utf8), to: place)
    StandardOutput.write(
      "\n\(place): signed as \(namespace) by \(signature.key.plain.fingerprint)\n"
        + "anybody checks it with: ssh-keygen -Y verify -f allowed_signers -I PRINCIPAL -n \(namespace) "
        + "-s \(TerminalText.oneLine(place)) < \(TerminalText.oneLine(file))\n")
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
