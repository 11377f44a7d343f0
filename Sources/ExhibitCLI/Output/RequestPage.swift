import Model
import Policy
import Replay

/// A request in the terminal: exactly what is signed, and how to sign it.
struct RequestPage {
  let request: ApprovalRequest
  let file: String
  let domain: String

  /// After it was written.
  func printPlan(isWhole: Bool) {
    let count = Quantity.of(request.changes.count, "change")
    line("\(file): \(count) for \(place), to be used by \(request.useBy.formatted(fractionDigits: 0))")
    for (index, change) in request.changes.enumerated() {
      line("  \(index + 1)  \(TerminalText.truncated(TerminalText.oneLine(change.text), width: 100))")
    }
    if !isWhole { line("\nThe plan is not whole: see above what is not in it.") }
    line("\nSomebody else reads the file and signs it, with one of these:")
    line("  exhibit approve \(shown) --key ~/.ssh/id_ed25519")
    line("  ssh-keygen -Y sign -n \(Approval.Stance.approve.namespace(of: domain)) -f ~/.ssh/id_ed25519 \(shown)")
  }

  /// Before it is signed: every line of it, so that nothing is signed unseen.
  func printWhole() {
    for text in request.text.split(separator: "\n", omittingEmptySubsequences: false) {
      line("  \(TerminalText.oneLine(String(text)))")
    }
  }

  private var place: String {
    [request.place.target, request.place.database, request.place.server].compactMap(\.self).joined(separator: " at ")
  }

  private var shown: String { TerminalText.oneLine(file) }

  private func line(_ text: String) { StandardOutput.write(text + "\n") }
}
