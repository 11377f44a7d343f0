import Model

extension TypingReader {
  /// Whose prompt a line was entered at, and how sure that is.
  struct Judgement {
    var program: TypedCommand.Program
    var isContinuation: Bool
    var weight: Double
  }

  /// Nil where nothing says that commands are entered at such a prompt.
  func judge(_ prompt: String, editor: EditSession.Editor) -> Judgement? {
    if let learned = prompts.last(where: { $0.text == prompt }) {
      return Judgement(program: learned.program, isContinuation: false, weight: 1)
    }
    let isBlank = prompt.allSatisfy { $0 == " " }
    if PromptShape.asksForSecret(prompt) { return nil }
    let running = open[.shell].flatMap { commands.indices.contains($0) ? Self.firstWord(commands[$0].text) : nil }
    if let shape = PromptShape(prompt, last: lastProgram, running: running) {
      if shape.isContinuation, joinable == nil { return nil }
      if shape.program == .shell, !shape.isContinuation, let other = stranger(prompt, running: running) {
        return editor == .announced ? Judgement(program: .other(other), isContinuation: false, weight: 0.8) : nil
      }
      return Judgement(
        program: shape.program, isContinuation: shape.isContinuation, weight: shape.isDistinctive ? 1 : 0.95)
    }
    guard editor == .announced else { return nil }
    // A line editor runs. A question is none that commands answer, unless it is the first that was seen.
    let sign = prompt.last { $0 != " " }
    if !prompts.isEmpty, isBlank || sign == ":" || sign == "?" || sign == "]" || sign == ")" { return nil }
    return Judgement(program: .shell, isContinuation: false, weight: isBlank ? 0.5 : 0.85)
  }

  /// The program that seems to ask instead of the shell: its prompt ends with `>` and the shell's do not.
  private func stranger(_ prompt: String, running: String?) -> String? {
    guard let running, prompt.last(where: { $0 != " " }) == ">", !Self.shells.contains(running) else { return nil }
    let ofShell = prompts.filter { $0.program == .shell }
    guard !ofShell.isEmpty, !ofShell.contains(where: { $0.text.last { $0 != " " } == ">" }) else { return nil }
    return running
  }

  /// Commands after which another shell may ask.
  static let shells: Set<String> = [
    "bash", "sh", "zsh", "dash", "ksh", "mksh", "fish", "csh", "tcsh", "ssh", "su", "sudo", "docker", "podman",
    "kubectl", "chroot", "nsenter", "newgrp", "login", "exec", "lxc", "machinectl", "mosh", "nix-shell", "env",
    "unshare", "script", "cd", "export", "source", ".", "setopt", "unsetopt", "git", "pushd", "popd",
  ]
  private static let nesting: Set<String> = [
    "bash", "sh", "zsh", "dash", "ksh", "mksh", "fish", "csh", "tcsh", "ssh", "su", "chroot", "nsenter", "newgrp",
    "login", "mosh", "nix-shell", "unshare",
  ]

  /// The name of the program that a command line runs first.
  static func firstWord(_ text: String) -> String? {
    var words = text.prefix(4096).split(whereSeparator: \.isWhitespace)[...]
    while let word = words.first {
      let isAssignment = word.contains("=") && !word.hasPrefix("=")
      if !isAssignment, word != "command", word != "exec", word != "time", word != "env" { break }
      words = words.dropFirst()
    }
    if words.first == "sudo" {
      let rest = words.dropFirst().drop { $0.hasPrefix("-") }
      if let first = rest.first { return first.split(separator: "/").last.map(String.init) }
    }
    return words.first?.split(separator: "/").last.map(String.init)
  }

  /// The command line runs a shell that asks by itself, and ends without a prompt of the one that it was entered at.
  private static func nests(_ text: String) -> Bool {
    guard let word = firstWord(text) else { return false }
    if word == "sudo" || text.hasPrefix("sudo -i") || text.hasPrefix("sudo -s") { return true }
    guard nesting.contains(word) else { return false }
    return !text.contains(" -c") || word == "ssh"
  }

  /// A line was read at a prompt.
  mutating func enter(
    _ read: ScreenLine, models: [LineModel], open: EditSession, at: Timestamp, isAhead: Bool = false,
    isUnconfirmed: Bool = false
  ) {
    guard let judgement = judge(read.prompt, editor: open.editor), follows(judgement, open) else { return }
    var read = read
    let agreeing = models.first { $0.isKnown && Self.same($0.text, read.text) }
    var confidence = 0.95
    var basis = "screen"
    if let agreeing {
      // Blanks at the end leave no trace on every screen; the keys know them.
      read.text = agreeing.text
      confidence = 0.98
      basis = "screen and keys"
    } else if isUnconfirmed {
      confidence = hasInput ? 0.6 : 0.75
      basis = hasInput ? "screen; no Enter was seen" : "screen; input not captured"
    } else if models.contains(where: \.isKnown) {
      confidence = 0.85
      basis = "screen; the keys alone would make another line"
    } else if !models.isEmpty {
      basis = "screen after history or completion"
    }
    if isAhead {
      confidence = min(confidence, 0.9)
      basis += ", typed ahead"
    }
    if open.editor == .unannounced { confidence -= 0.03 }
    if !read.isPromptKnown {
      confidence -= 0.15
      basis += "; the prompt's end is inferred"
    }
    record(
      read.text, at: at, openedAt: open.openedAt, judgement: judgement, confidence: confidence * judgement.weight,
      basis: basis, prompt: read.isPromptKnown ? read.prompt : nil, below: emulator.place.line)
  }

  /// A shell asks for more right below what was entered; what asks further down is a program that runs.
  private func follows(_ judgement: Judgement, _ open: EditSession) -> Bool {
    guard judgement.isContinuation, judgement.program == .shell, let below = joinable?.below else { return true }
    return open.openedAtPlace.line <= below + 1
  }

  /// Equal but for blanks at the ends of lines.
  static func same(_ left: String, _ right: String) -> Bool {
    if left == right { return true }
    func trimmed(_ text: String) -> String {
      text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        var line = line
        while line.last == " " { line.removeLast() }
        return String(line)
      }.joined(separator: "\n")
    }
    return trimmed(left) == trimmed(right)
  }

  /// Adds a line to the commands, or to the command that it continues.
  mutating func record(
    _ text: String, at: Timestamp, openedAt: Timestamp, judgement: Judgement, confidence: Double, basis: String,
    prompt: String?, below: UInt64
  ) {
    lastProgram = judgement.program
    if judgement.isContinuation {
      guard var joining = joinable, commands.indices.contains(joining.index) else { return }
      if text.isEmpty {
        joining.blankLines += 1
      } else {
        commands[joining.index].text += String(repeating: "\n", count: joining.blankLines + 1) + text
        joining.blankLines = 0
        commands[joining.index].confidence = min(commands[joining.index].confidence, confidence)
      }
      commands[joining.index].at = at
      joining.below = below
      joinable = joining
      return
    }
    promptCame(of: judgement.program, at: openedAt)
    joinable = nil
    if let prompt { learn(prompt, judgement.program) }
    guard !text.allSatisfy({ $0 == " " }), commands.count < Self.commandLimit else { return }
    commands.append(
      TypedCommand(
        text: String(text.prefix(Self.textLimit)), at: at, confidence: confidence, program: judgement.program,
        directory: directory, basis: basis))
    let index = commands.count - 1
    open[judgement.program] = index
    joinable = Joinable(index: index, below: below)
    guard judgement.program == .shell else { return }
    if Self.nests(text) { nested.append(index) }
    if let word = Self.firstWord(text), word == "exit" || word == "logout" { isLeaving = true }
    if HistoryExpansion.mayExpand(text) { expansion = (index, below) }
  }

  private mutating func learn(_ prompt: String, _ program: TypedCommand.Program) {
    guard !prompt.isEmpty, prompt.utf8.count <= 1024 else { return }
    if let index = prompts.firstIndex(where: { $0.text == prompt }) {
      var known = prompts.remove(at: index)
      known.count += 1
      known.program = program
      prompts.append(known)
    } else {
      prompts.append(LearnedPrompt(text: prompt, program: program))
      if prompts.count > Self.promptLimit { prompts.removeFirst() }
    }
  }

  /// A prompt of a program came: its latest command is over.
  mutating func promptCame(of program: TypedCommand.Program, at: Timestamp) {
    if program == .shell, isLeaving {
      isLeaving = false
      if let index = nested.popLast(), commands.indices.contains(index) {
        commands[index].endedAt = commands[index].endedAt ?? at
      }
    }
    guard let index = open.removeValue(forKey: program), commands.indices.contains(index) else { return }
    if program == .shell, nested.contains(index) { return }
    commands[index].endedAt = commands[index].endedAt ?? max(at, commands[index].at)
  }

  /// ^D, or the like: the program that asked is left.
  mutating func programEnds(_ program: TypedCommand.Program) {
    joinable = nil
    if program == .shell { isLeaving = true }
    lastProgram = .shell
  }

  /// ^C: a statement that was not complete is none.
  mutating func abandonStatement() {
    guard let joining = joinable else { return }
    joinable = nil
    // Only while the program asked for more of it: after its end ^C has nothing to do with it.
    guard isStatementOpen, joining.index == commands.count - 1 else { return }
    commands.removeLast()
    open = open.filter { $0.value != joining.index }
    nested.removeAll { $0 == joining.index }
  }

  /// The cursor's line shows a prompt that asks for more, or did when the editor was left.
  private var isStatementOpen: Bool {
    let line = emulator.place.line
    for back in 0..<3 as Range<UInt64> where line >= back {
      guard let row = emulator.cellRow(line - back) else { continue }
      let text = emulator.text(row, 0..<emulator.shownCount(row))
      guard !text.isEmpty else { continue }
      let head = text.split(separator: ">", maxSplits: 1).first.map { $0 + ">" } ?? ""
      return PromptShape(String(head), last: lastProgram, running: nil)?.isContinuation == true
    }
    return false
  }
}
