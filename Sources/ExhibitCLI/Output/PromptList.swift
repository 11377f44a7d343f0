import Model
import Replay

/// Prompts for people: who asked when, the text, and what came of it.
struct PromptList {
  /// Lines of a prompt's text; `exhibit show` has all.
  static let textLineCount = 4

  private let columns = WrappedText.columns ?? 80

  func print(_ prompt: StoredPrompt, _ came: PromptEffects) {
    let by = [prompt.agent, prompt.model, prompt.human].compactMap { $0 }.joined(separator: "  ")
    let at = (prompt.at ?? prompt.seenAt).formatted(fractionDigits: 0)
    write("\(prompt.id)  \(at)  \(prompt.kind.rawValue)  \(by)")
    var lines = TerminalText.lines(prompt.text).split(separator: "\n")
      .flatMap { WrappedText.lines(of: "  " + String($0), columns: columns) }
    if lines.count > PromptList.textLineCount {
      lines = Array(lines.prefix(PromptList.textLineCount))
      lines[lines.count - 1] += " …"
    }
    for line in lines { write(line) }
    let effects = EffectsText.of(came)
    let calls = Quantity.of(prompt.toolCalls.count, "tool call")
    for line in WrappedText.lines(
      of: "  → \(calls); \(effects.isEmpty ? "nothing that the captures show" : effects)", columns: columns)
    {
      write(line)
    }
  }

  private func write(_ line: String) { StandardOutput.write(line + "\n") }
}
