import ArgumentParser
import Foundation
import Model
import Policy

/// `exhibit approve`
struct Approve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read a request and sign it.",
    discussion: """
      Shows every line of what is signed, and asks. The signature is that of ssh-keygen -Y sign and lies beside the request.

        exhibit approve approvals/0042.approval --key ~/.ssh/id_ed25519
        exhibit approve approvals/0042.approval --agent
        exhibit approve approvals/0042.approval --key ~/.ssh/id_ed25519 --reject
        exhibit approve approvals/0042.approval --agent --break-glass
      """)

  @OptionGroup var signing: SigningOption
  @Flag(help: "Sign that it must not be done.") var reject = false
  @Flag(help: "Approve in an emergency; the policy says who may, and somebody else must review it.") var breakGlass =
    false
  @Flag(help: "Sign that you looked at what was done in an emergency, and stand by it.") var review = false

  func validate() throws {
    if [reject, breakGlass, review].count(where: \.self) > 1 {
      throw ValidationError("give one of --reject, --break-glass and --review")
    }
  }

  func run() throws {
    let stance: Approval.Stance = reject ? .reject : breakGlass ? .breakGlass : review ? .review : .approve
    try signing.sign(as: stance)
  }
}

/// `exhibit revoke`
struct Revoke: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take an approval back: sign that the request must not be used any more.",
    discussion: "  exhibit revoke approvals/0042.approval --key ~/.ssh/id_ed25519")

  @OptionGroup var signing: SigningOption

  func run() throws { try signing.sign(as: .revoke) }
}
