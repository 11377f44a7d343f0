import ArgumentParser
import Bytes
import Foundation
import Model
import Policy
import Replay
import SSHKeys

/// `exhibit approvals approve`
struct ApprovalsApprove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Read a request that waits, and sign it.",
    discussion: """
      Signs what exhibit approve signs: the request's file, with the namespace of the gateway's policy.

        exhibit approvals approve 7 --key ~/.ssh/id_ed25519 --socket gateway.sock
      """)

  @OptionGroup var decision: HeldDecision
  @Flag(help: "Approve in an emergency; the policy says who may, and somebody else must review it.") var breakGlass =
    false

  func run() throws { try decision.send(breakGlass ? .breakGlass : .approve, reason: nil) }
}

/// `exhibit approvals deny`
struct ApprovalsDeny: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deny", abstract: "Read a request that waits, and sign that it must not be done.",
    discussion: "  exhibit approvals deny 7 --reason \"not on a Friday\" --key ~/.ssh/id_ed25519 --socket gateway.sock")

  @OptionGroup var decision: HeldDecision
  @Option(help: ArgumentHelp("Why; the client is told. It is not part of what is signed.", valueName: "text"))
  var reason: String

  func validate() throws {
    let isEmpty = reason.allSatisfy(\.isWhitespace)
    if isEmpty { throw ValidationError("--reason says why") }
  }

  func run() throws { try decision.send(.reject, reason: reason) }
}

/// Which request, and with which key.
struct HeldDecision: ParsableArguments {
  @Argument(help: "The number that list gives.") var id: String
  @OptionGroup var socket: GatewaySocketOption
  @OptionGroup var key: SigningKeyOption

  /// Shows the request, asks, signs, and hands the signature in.
  func send(_ stance: Approval.Stance, reason: String?) throws {
    let held = try HeldPage(try socket.ask("show", ["id": id]))
    let request = try held.request()
    held.print()
    StandardOutput.write("\nThis is signed:\n\n")
    RequestPage(request: request.parsed, file: request.file, domain: held.domain).printWhole()
    try key.confirm(stance)
    let signature = try key.signature(over: request.bytes, stance.namespace(of: held.domain))
    let answer = try socket.ask("decide", ["id": id, "signature": signature.armored, "reason": reason])
    let who = TerminalText.oneLine(answer["by"]?.string ?? "?")
    let place = TerminalText.oneLine(answer["file"]?.string ?? "?")
    StandardOutput.write("\n\(place): \(stance.rawValue) by \(who), \(signature.key.plain.fingerprint)\n")
    let why = TerminalText.oneLine(answer["reason"]?.string ?? "")
    if answer["waits"]?.bool == true {
      StandardOutput.write("\(id) still waits: \(why)\n")
    } else {
      StandardOutput.write("\(id) is over: \(TerminalText.oneLine(answer["outcome"]?.string ?? "?")), \(why)\n")
    }
  }
}
