import Model

/// What commands do on the wire, and the files that they hand on to each other.
extension ShellRun {
  private static let repeating: Set<String> = ["xargs", "gxargs", "find", "gfind", "fd", "fdfind", "watch", "viddy"]

  private static let runners: Set<String> = [
    "uv", "poetry", "pipenv", "pdm", "rye", "hatch", "npx", "bunx", "pnpx", "npm", "pnpm", "yarn", "bundle", "mise",
    "conda", "direnv",
    "devbox", "rbenv", "uvx", "pipx",
  ]

  /// Takes note of what a program does on the wire before it is judged: what it runs comes behind it.
  mutating func watched(
    _ invocation: ShellInvocation, _ judge: (inout ShellRun) -> ShellJudgement
  ) -> ShellJudgement {
    let isRepeating = ShellRun.repeating.contains(invocation.name)
    watch?.programCount += 1
    let count = watch?.programCount
    let isRunner = ShellRun.runners.contains(invocation.name)
    if !isRunner { EffectPrograms.read(invocation, &self) }
    // What a runner runs comes by itself where it is known what that is.
    defer { if isRunner, watch?.programCount == count { EffectPrograms.read(invocation, &self) } }
    if isRepeating { watch?.repeats += 1 }
    defer { if isRepeating { watch?.repeats -= 1 } }
    return judge(&self)
  }

  mutating func expect(_ effect: ExpectedEffect, isWritten: Bool = false) {
    watch?.add(effect, isWritten: isWritten)
  }

  mutating func expect(
    _ kind: ExpectedEffect.Kind, _ text: String, program: String?, _ target: EffectTarget = EffectTarget(),
    isWritten: Bool = false
  ) {
    var effect = ExpectedEffect(kind, EffectText.pieces(of: EffectText.bounded(text)), evidence: .argument)
    effect.program = program
    target.apply(to: &effect)
    expect(effect, isWritten: isWritten)
  }

  /// Gives what may not happen at all.
  mutating func doubtful(_ body: (inout ShellRun) -> Void) {
    watch?.doubts += 1
    body(&self)
    watch?.doubts -= 1
  }

  // MARK: Files

  mutating func takeTargets() -> [EffectWatch.Target] {
    guard let targets = watch?.targets, !targets.isEmpty else { return [] }
    watch?.targets = []
    return targets
  }

  mutating func keep(_ output: ShellOutput, in targets: [EffectWatch.Target]) {
    for target in targets { keep(output, in: target) }
  }

  mutating func keep(_ output: ShellOutput, in target: EffectWatch.Target) {
    guard var watch else { return }
    self.watch = nil
    let text = output.value?.marked ?? EffectText.hole
    if target.isAppending {
      watch.files.append(target.path, text, call: watch.call)
    } else {
      watch.files.write(target.path, text, call: watch.call)
    }
    self.watch = watch
  }

  /// What a file holds that a call of the conversation wrote.
  mutating func written(_ path: ShellValue) -> ShellValue? {
    guard let watch, let found = watch.files.file(self.path(path)) else { return nil }
    guard spend(found.file.text.utf8.count) else { return nil }
    return ShellValue(marked: found.file.text, isWritten: found.file.call < watch.call)
  }

  /// What several files hold, one after the other; nil when none of them is known.
  mutating func written(_ paths: [ShellValue], _ input: ShellOutput) -> ShellValue? {
    guard watch != nil else { return nil }
    var whole = ShellValue()
    var isKnown = false
    for path in paths {
      if path.text == "-" {
        whole.append(input.value ?? .unknown)
      } else if let text = written(path) {
        whole.append(text)
        isKnown = true
      } else {
        whole.append(.unknown)
      }
    }
    return isKnown && whole.bytes.count <= WrittenFiles.fileLimit ? whole : nil
  }

  /// Gives a process substitution a name by which its output is read.
  mutating func pipe(_ output: ShellOutput, _ value: ShellValue) -> ShellValue {
    guard let path = watch?.pipe() else { return value }
    var named = ShellValue(path)
    named.isKnown = false
    named.remote = value.remote
    watch?.write(path, output.value?.marked ?? EffectText.hole)
    return named
  }

  /// Runs a script that a call of the conversation wrote.
  mutating func runWritten(_ file: ShellValue, input: ShellOutput = .unknown) {
    guard watch != nil, let text = written(file) else { return }
    let outer = watch?.evidence
    if text.isWritten, outer == .argument { watch?.evidence = .writtenFile }
    _ = run(text: text, input: input)
    if let outer { watch?.evidence = outer }
  }
}
