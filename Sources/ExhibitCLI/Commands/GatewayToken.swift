import ArgumentParser
import Bytes
import Foundation
import Gateway
import Model
import Policy
import Replay
import SSHKeys

/// `exhibit gateway token`
struct GatewayToken: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Make a token: a secret for the configuration, or one that an SSH key signs.",
    discussion: """
        exhibit gateway token ci-agent
        exhibit gateway token claude-code --ssh-key ~/.ssh/id_ed25519 --human lin@shop.example --listener shop --expires 8h

      Without --ssh-key or --ssh-agent the secret is printed once, and the lines for the configuration. With one of them the token
      is printed, and nothing needs to be written into the configuration: its token-signers say whose signatures count.
      """)

  @Argument(help: "The token's name, which clients give as their user name.")
  var name: String
  @Option(
    name: .customLong("ssh-key"),
    help: ArgumentHelp("Sign with this private key of OpenSSH, which has no passphrase.", valueName: "file"),
    completion: .file())
  var key: String?
  @Flag(name: .customLong("ssh-agent"), help: "Sign with a key of ssh-agent (SSH_AUTH_SOCK).") var usesAgent = false
  @Option(help: ArgumentHelp("Which key of ssh-agent, as ssh-add -l shows it.", valueName: "SHA256:…"))
  var fingerprint: String?
  @Option(help: ArgumentHelp("Who signs: the principal of the key.", valueName: "principal"))
  var human: String?
  @Option(help: "The agent that acts.") var agent: String?
  @Option(name: .customLong("run"), help: "The agent's or the pipeline's own name for its run.") var runID: String?
  @Option(help: "The gateway's listener that it is for.") var listener: String?
  @Option(help: ArgumentHelp("The gateway that it is for, by the name in the key of its log.", valueName: "name"))
  var gateway: String?
  @Option(help: ArgumentHelp("For how long it counts: 90s, 30m, 8h; or until when, UTC.", valueName: "time"))
  var expires: String?
  @Flag(help: "It lets in one connection.") var once = false
  @Option(
    help: ArgumentHelp("The policy, for the namespace of its signatures.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var policy: String?

  private var isSigned: Bool { key != nil || usesAgent }

  func validate() throws {
    if key != nil, usesAgent { throw ValidationError("give --ssh-key or --ssh-agent") }
    if fingerprint != nil, !usesAgent { throw ValidationError("--fingerprint chooses among the keys of --ssh-agent") }
    if isSigned, human == nil || listener == nil || expires == nil {
      throw ValidationError("a signed token needs --human, --listener and --expires")
    }
    if !isSigned, human ?? agent ?? runID ?? listener ?? gateway ?? expires ?? policy != nil || once {
      throw ValidationError("these stand in the configuration; they are for --ssh-key and --ssh-agent")
    }
  }

  func run() throws {
    if isSigned { return try sign() }
    guard let token = NewToken() else { throw CommandError("no random numbers") }
    StandardOutput.write(
      """
      # The secret; it is nowhere else: \(token.secret)
        - name: \(JSONWriter.quoted(name))
          human: somebody@example.com
          scram: \(token.scram)
          sha256: \(token.sha256)

      """)
  }

  private func sign() throws {
    let now = Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970) * 1_000_000_000)
    guard let id = NewToken()?.sha256.prefix(32) else { throw CommandError("no random numbers") }
    var claims = TokenClaims(
      id: String(id), user: name, human: human ?? "", listener: listener ?? "", issuedAt: now,
      expiresAt: try end(expires ?? "", from: now))
    (claims.agent, claims.run, claims.gateway, claims.isOnce) = (agent, runID, gateway, once)
    let words = [claims.user, claims.human, claims.listener] + [agent, runID, gateway].compactMap { $0 }
    for word in words where !TokenClaims.isWord(word) {
      throw CommandError(
        "\(TerminalText.oneLine(word)) cannot stand in a token: it is empty, too long, or has signs that nobody sees")
    }
    let namespace = TokenSigners.namespace(of: try PolicyFile.read(policy).approvals.namespace)
    let message = Array(claims.text.utf8)
    let signature =
      try key.map { try SSHSignature(of: message, namespace: namespace, keyFile: $0) }
      ?? SSHSignature(byAgentOf: message, namespace: namespace, fingerprint: fingerprint)
    let token = SignedToken(claims, signature)
    guard token.text.utf8.count <= SignedToken.lengthLimit else {
      throw CommandError("the token has \(token.text.utf8.count) bytes; sign with a smaller key or certificate")
    }
    StandardError.text(claims.text)
    StandardError.line("signed as \(namespace) by \(signature.key.plain.fingerprint)")
    StandardOutput.write(token.text + "\n")
  }

  private func end(_ text: String, from now: Timestamp) throws -> Timestamp {
    if let time = Timestamp(utc: text) { return time }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), (1...100_000).contains(count)
    else { throw CommandError("--expires takes 90s, 30m, 8h or 2d, or a time such as 2026-12-31T00:00:00Z") }
    return now.adding(seconds: count * unit)
  }
}
