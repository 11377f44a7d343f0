import ArgumentParser
import Foundation
import Model
import Pipeline
import SSHKeys

/// The key to sign with, and whether to ask before.
struct SigningKeyOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Sign with this private key of OpenSSH, which has no passphrase.", valueName: "file"),
    completion: .file())
  var key: String?
  @Flag(help: "Sign with a key of ssh-agent (SSH_AUTH_SOCK).") var agent = false
  @Option(help: ArgumentHelp("Which key of the agent, as ssh-add -l shows it.", valueName: "SHA256:…"))
  var fingerprint: String?
  @Flag(help: "Do not ask. For scripts.") var yes = false

  func validate() throws {
    if (key != nil) == agent { throw ValidationError("give --key, or --agent") }
    if fingerprint != nil, !agent { throw ValidationError("--fingerprint chooses among the keys of --agent") }
  }

  /// Asks the person who sits there whether he means it.
  func confirm(_ stance: Approval.Stance) throws {
    try confirm("Sign this, word for word, to \(Self.words(stance))?")
  }

  func confirm(_ question: String) throws {
    guard !yes else { return }
    guard isatty(0) == 1 else {
      throw CommandError("nobody is here to read it and say yes; give --yes where that was done before")
    }
    StandardError.text("\n\(question) Type yes: ")
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

  /// Signs, as `ssh-keygen -Y sign -n` does.
  func signature(over message: [UInt8], _ namespace: String) throws -> SSHSignature {
    try key.map { try SSHSignature(of: message, namespace: namespace, keyFile: $0) }
      ?? SSHSignature(byAgentOf: message, namespace: namespace, fingerprint: fingerprint)
  }

  /// Its public half.
  func publicKey() throws -> SSHPublicKey {
    try key.map { try SSHPrivateKey(keyFile: $0).publicKey } ?? AgentSocket.chosen(fingerprint: fingerprint).key
  }

  /// Signs a certificate, as `ssh-keygen -s` does.
  func certificate(_ draft: CertificateDraft) throws -> SSHPublicKey {
    try key.map { try SSHPrivateKey(keyFile: $0).certify(draft) }
      ?? AgentSocket.chosen(fingerprint: fingerprint).socket.certify(draft)
  }
}
