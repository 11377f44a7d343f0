import ArgumentParser
import Bytes
import Foundation
import Pipeline
import Replay
import SSHKeys

/// `exhibit approvals login`
struct ApprovalsLogin: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login", abstract: "Let your browser decide on the gateway's page in your name, for some hours.",
    discussion: """
      Signs a certificate for the key that the browser made, as ssh-keygen -s does. The page shows the code, and goes on by itself.
      The allowed signers must say that your key may certify: NAME cert-authority ssh-ed25519 …

        exhibit approvals login K7QX-9M2P --socket gateway.sock --key ~/.ssh/id_ed25519
      """)

  @Argument(help: "The code that the page shows.") var code: String
  @OptionGroup var socket: GatewaySocketOption
  @OptionGroup var key: SigningKeyOption
  @Option(help: ArgumentHelp("Your name among the signers, where they have several for your key.", valueName: "name"))
  var name: String?
  @Option(help: ArgumentHelp("For how many hours; the gateway's own limit unless given.", valueName: "number"))
  var hours: Int?

  func validate() throws {
    if let hours, !(1...168).contains(hours) { throw ValidationError("--hours takes 1 to 168") }
  }

  func run() throws {
    let authority = try key.publicKey()
    let login = try socket.ask("login", ["code": code, "authority": "\(authority)"])
    guard let line = login["key"]?.string, let browserKey = try? SSHPublicKey(line: line) else {
      throw CommandError("the gateway names no key of a browser")
    }
    let names = login["names"]?.elements.compactMap(\.string) ?? []
    guard let principal = name ?? (names.count == 1 ? names.first : nil), names.contains(principal) else {
      let known = names.map { TerminalText.oneLine($0) }.joined(separator: ", ")
      throw CommandError("the signers have \(known) for this key; choose one with --name")
    }
    let longest = Int64(login["seconds"]?.scalar ?? "") ?? 3_600
    let seconds = UInt64(clamping: min(longest, hours.map { Int64($0) * 3_600 } ?? longest))
    var page = Page()
    page.add("browser", login["browser"]?.string)
    page.add("at", login["address"]?.string)
    page.add("its key", browserKey.fingerprint)
    page.add("decides as", principal)
    page.add("for", Self.words(seconds))
    page.add("certified by", authority.fingerprint)
    page.print()
    try key.confirm("Is this your own browser, which shows \(TerminalText.oneLine(code)) and that key now?")
    let now = UInt64(clamping: Int64(Date().timeIntervalSince1970))
    // Clocks differ a little.
    let draft = try CertificateDraft(
      of: browserKey, keyID: "page \(code)", principal: principal, valid: (now - min(now, 300))..<(now + seconds),
      authority: authority)
    let certificate = try key.certificate(draft)
    _ = try socket.ask("login", ["code": code, "certificate": "\(certificate)"])
    StandardOutput.write("the browser is logged in as \(TerminalText.oneLine(principal))\n")
  }

  private static func words(_ seconds: UInt64) -> String {
    seconds % 3_600 == 0 ? "\(seconds / 3_600) h" : "\(seconds / 60) min"
  }
}
