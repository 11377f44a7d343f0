import Model

/// What is typed into programs that earlier calls had started.
extension EffectExpander {
  private static let leaving: Set<String> = [
    "exit", "quit", "logout", "\\q", "exit()", "quit()", "exit;", "quit;", ".exit", ":q",
  ]

  mutating func type(_ text: String, into id: String) -> [ExpectedEffect] {
    var programs = running[id] ?? []
    if programs.isEmpty { programs = [RunningProgram(kind: .shell(place: nil), program: "sh")] }
    let effects = watching(in: directory, id: nil, evidence: .typed) { run in
      var lines: [String] = []
      for line in text.utf8.split(
        maxSplits: EffectWatch.effectLimit, omittingEmptySubsequences: false, whereSeparator: { $0 == 10 || $0 == 13 })
      {
        lines.append(String(decoding: line, as: UTF8.self))
      }
      EffectExpander.type(lines, &programs, &run)
    }
    remember(programs, id)
    return effects
  }

  private static func type(_ lines: [String], _ programs: inout [RunningProgram], _ run: inout ShellRun) {
    for (index, line) in lines.enumerated() {
      guard var program = programs.popLast() else { return }
      var text = line
      // What was typed before an interrupt is gone; an end of file ends the program.
      if let mark = text.lastIndex(of: "\u{3}") {
        text = String(text[text.index(after: mark)...])
        program.pending = ""
      }
      let isEnd = text.contains("\u{4}")
      text.unicodeScalars.removeAll { $0.value < 0x20 && $0.value != 9 }
      let isLast = index == lines.count - 1
      if leaving.contains(text.utf8Part(0..<Int.max)) || isEnd && text.isEmpty {
        if programs.isEmpty { programs.append(RunningProgram(kind: .shell(place: nil), program: "sh")) }
        continue
      }
      if text.isEmpty, isLast {
        programs.append(program)
        continue
      }
      run.watch?.running = []
      perform(text, &program, &run)
      programs.append(program)
      programs += (run.watch?.running ?? []).suffix(4)
      run.watch?.running = []
      if programs.count > 8 { programs.removeFirst(programs.count - 8) }
    }
  }

  /// One line.
  private static func perform(_ line: String, _ program: inout RunningProgram, _ run: inout ShellRun) {
    let pending = program.pending.isEmpty ? line : program.pending + "\n" + line
    program.pending = ""
    let isLong = pending.utf8.count > RunningProgram.pendingLimit
    switch program.kind {
    case .psql:
      let script = PsqlScript(pending, variables: program.variables)
      program.variables = script.variables
      if !isLong { program.pending = script.pending }
      run.perform(script.items, program.target, isWritten: false)
    case .shell(let place):
      let source = Array(pending.utf8)
      let script = ShellParser.parse(source)
      if let failure = script.failure, !isLong, failure.reason.hasPrefix("missing") || failure.offset >= source.count {
        program.pending = pending
        return
      }
      if let place {
        run.expect(.command, pending, program: "ssh", program.target)
        run.elsewhere(place, isSeen: false) { _ = $0.run(text: ShellValue(marked: pending)) }
      } else {
        _ = run.run(text: ShellValue(marked: pending))
      }
    case .code(let language):
      // Blocks go on; each line is looked at once.
      CodeEffects.read(ShellValue(marked: pending), language, program.program, &run)
    case .other: return
    }
  }
}
