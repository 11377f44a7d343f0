import Model

extension TypingReader {
  /// OSC 133 and 633: the shell tells where its prompt ends and what it runs.
  mutating func shellSays(_ mark: TerminalMark) {
    guard !emulator.isAlternate else { return }
    switch mark.kind {
    case .promptStart:
      marked.literal = nil
      marked.since = commands.count
    case .commandStart:
      marked.isOpen = true
      marked.literal = nil
      marked.since = commands.count
      let anchor = anchorHere(isMarked: true)
      if session == nil || session?.editor == .unannounced {
        session = EditSession(
          editor: emulator.isBracketedPaste ? .announced : .unannounced, openedAt: now,
          openedAtPlace: emulator.place, anchor: anchor, isAhead: !keys.isEmpty)
      } else {
        session?.anchor = anchor
      }
    case .commandLine(let text): marked.literal = text
    case .commandExecuted: commandRuns()
    case .commandFinished(let status):
      guard let index = marked.executed, commands.indices.contains(index) else { return }
      marked.executed = nil
      commands[index].exitStatus = status
      commands[index].endedAt = commands[index].endedAt ?? now
    default: break
    }
  }

  /// 133;C: what stands since 133;B is a command.
  private mutating func commandRuns() {
    guard marked.isOpen else { return }
    marked.isOpen = false
    if session?.closing != nil { closeEditor() }
    let literal = marked.literal.map { String($0.prefix(Self.textLimit)) }
    if commands.count > marked.since, let last = commands.indices.last {
      marked.executed = last
      confirm(last, literal)
    } else if let literal, !literal.isEmpty, commands.count < Self.commandLimit,
      !hasInput || keys.contains(where: { $0.kind == .enter })
    {
      // Where keys are known, a mark for a line that nobody entered is a program's invention.
      promptCame(of: .shell, at: now)
      commands.append(
        TypedCommand(
          text: literal, at: now, confidence: 0.9, program: .shell, directory: directory,
          basis: "marks; not seen on the screen"))
      marked.executed = commands.count - 1
      open[.shell] = commands.count - 1
    }
    marked.literal = nil
  }

  /// The shell's own word for a command that was read off the screen. Any program can send such a mark: it counts as
  /// certain only where the screen or the keys say the same.
  private mutating func confirm(_ index: Int, _ literal: String?) {
    guard let literal, !literal.isEmpty else {
      commands[index].confidence = max(commands[index].confidence, 0.97)
      commands[index].basis = "marks and " + commands[index].basis
      return
    }
    if Self.withoutBlanks(literal) == Self.withoutBlanks(commands[index].text) {
      commands[index].confidence = 1
      commands[index].isCertain = true
      commands[index].basis = "marks and " + commands[index].basis
    } else {
      commands[index].confidence = 0.9
      commands[index].basis = "marks; the screen showed another line"
    }
    commands[index].text = literal
  }

  private static func withoutBlanks(_ text: String) -> String { text.filter { !$0.isWhitespace } }
}
