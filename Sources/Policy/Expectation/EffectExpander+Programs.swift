import Model

/// Programs that call tools: `await tools.exec_command({ cmd: "…" })`.
extension EffectExpander {
  private static let shells: Set<String> = [
    "exec_command", "shell", "shell_command", "local_shell", "run_shell_command", "bash",
  ]

  mutating func program(_ text: String, in place: String?, id: String?) -> [ExpectedEffect] {
    let scanner = CodeScanner(text, .javascript)
    let folder = scanner.literals.first { $0.context == "workdir" && EffectExpander.shells.contains($0.receiver) }?.text
    let place = folder.flatMap(EffectText.known) ?? place
    var effects: [ExpectedEffect] = []
    for literal in scanner.literals {
      guard effects.count < EffectWatch.effectLimit else { break }
      if EffectExpander.shells.contains(literal.receiver), literal.context == "cmd" || literal.context == "command" {
        effects += watching(in: place, id: id) { _ = $0.run(text: ShellValue(marked: literal.text)) }
      } else if literal.context == "apply_patch" || literal.receiver == "apply_patch" {
        change(.patch(literal.text))
      } else if literal.receiver == "write_stdin", literal.context == "chars", let last = runningOrder.last {
        // Which program is a number that only the program knows.
        effects += type(literal.text, into: last)
      }
    }
    return Array(effects.prefix(EffectWatch.effectLimit))
  }
}
