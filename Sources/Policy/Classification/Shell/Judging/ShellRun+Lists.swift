import Model

/// Lists and compound commands.
extension ShellRun {
  /// Runs a list; the output of all its commands.
  mutating func run(_ list: ShellList, input: ShellOutput = .unknown) -> ShellOutput {
    var outputs: [ShellOutput] = []
    for item in list.items { outputs.append(item.isBackground ? apart { $0.run(item, input) } : run(item, input)) }
    return joined(outputs)
  }

  private func joined(_ outputs: [ShellOutput]) -> ShellOutput {
    if outputs.count == 1, let only = outputs.first { return only }
    var whole: ShellValue? = ShellValue()
    var count = 0
    for output in outputs {
      count += output.value?.bytes.count ?? 0
      guard let value = output.value, count <= ShellLimits.valueSize else {
        whole = nil
        break
      }
      whole?.append(value)
    }
    return ShellOutput(value: whole, remote: outputs.lazy.compactMap(\.remote).first)
  }

  private mutating func run(_ item: ShellAndOr, _ input: ShellOutput) -> ShellOutput {
    guard let first = item.pipelines.first else { return .unknown }
    var outputs = [run(first, input)]
    let rest = zip(item.joints, item.pipelines.dropFirst())
    if !item.joints.isEmpty {
      // What follows `&&` runs where all before it succeeded, so it holds within the list, and is not known behind it.
      maybe { run in
        for (joint, pipeline) in rest {
          outputs.append(joint == .or ? run.maybe { $0.run(pipeline, input) } : run.run(pipeline, input))
        }
      }
    }
    if item.joints.contains(.or) { return ShellOutput(value: nil, remote: outputs.lazy.compactMap(\.remote).first) }
    return joined(outputs)
  }

  private mutating func run(_ pipeline: ShellPipeline, _ input: ShellOutput) -> ShellOutput {
    if pipeline.commands.count == 1, let only = pipeline.commands.first { return run(only, input) }
    var carried = input
    for command in pipeline.commands { carried = apart { $0.run(command, carried) } }
    return carried
  }

  // MARK: Scopes

  /// In a subshell: what it sets is gone afterwards.
  mutating func apart<Result>(_ body: (inout ShellRun) -> Result) -> Result {
    let outer = (variables, functions, directory, user, uncertain)
    let result = body(&self)
    (variables, functions, directory, user, uncertain) = outer
    return result
  }

  /// What may run or not, or more than once: what it sets is not known afterwards.
  mutating func maybe<Result>(
    isCertain: Bool = false, isRepeated: Bool = false, _ body: (inout ShellRun) -> Result
  ) -> Result {
    if !isCertain { watch?.doubts += 1 }
    if isRepeated { watch?.repeats += 1 }
    defer {
      if !isCertain { watch?.doubts -= 1 }
      if isRepeated { watch?.repeats -= 1 }
    }
    let first = assigned.count
    let firstDefined = defined.count
    let before = directory
    let result = body(&self)
    for name in assigned[min(first, assigned.count)...] { variables[name] = nil }
    for name in defined[min(firstDefined, defined.count)...] { uncertain.insert(name) }
    if directory != before { directory = "" }
    return result
  }

  // MARK: Commands

  mutating func run(_ command: ShellCommand, _ given: ShellOutput) -> ShellOutput {
    if case .simple(let simple) = command.form { return run(simple, command, given) }
    var input = given
    var targets: [EffectWatch.Target] = []
    if case .function = command.form {
    } else {
      var judgement = ShellJudgement("redirection", .session)
      current = (level, command.range)
      redirect(command.redirections, &judgement, &input)
      if judgement.effect != .session || !judgement.resources.isEmpty { record(judgement, [], command.range) }
      targets = takeTargets()
    }
    let output = compound(command, input)
    keep(output, in: targets)
    return output
  }

  private mutating func compound(_ command: ShellCommand, _ input: ShellOutput) -> ShellOutput {
    switch command.form {
    case .simple: return .unknown
    case .group(let list): return run(list, input: input)
    case .subshell(let list): return apart { $0.run(list, input: input) }
    case .conditional(let branches, let otherwise):
      for branch in branches {
        _ = run(branch.condition, input: input)
        _ = maybe { $0.run(branch.body, input: input) }
      }
      if let otherwise { _ = maybe { $0.run(otherwise, input: input) } }
    case .loop(let condition, let body):
      forget(in: body)
      _ = maybe(isRepeated: true) { run in
        _ = run.run(condition, input: input)
        return run.run(body, input: input)
      }
    case .forEach(let name, let words, let body):
      return rounds(name, words.map { fields($0) } ?? positional, body, input)
    case .count(let head, let body):
      _ = value(head)
      forget(in: body)
      _ = maybe(isRepeated: true) { $0.run(body, input: input) }
    case .select(let name, let words, let body):
      _ = words.map { fields($0) }
      forget(in: body)
      set(name, nil)
      _ = maybe { $0.run(body, input: input) }
    case .cases(let subject, let arms):
      _ = value(subject)
      for arm in arms {
        for pattern in arm.patterns { _ = value(pattern) }
        _ = maybe { $0.run(arm.body, input: input) }
      }
    case .function(let name, let body):
      functions[name] = (body, level, script)
      defined.append(name)
      uncertain.remove(name)
    case .test(let words): for word in words { _ = value(word) }
    case .arithmetic(let word): _ = value(word)
    case .coprocess(let body): _ = apart { $0.run(body, .unknown) }
    }
    return .unknown
  }

  /// A loop over words: round by round while they are few.
  private mutating func rounds(
    _ name: String, _ words: [ShellValue]?, _ body: ShellList, _ input: ShellOutput
  ) -> ShellOutput {
    if let words, words.isEmpty { return .nothing }
    forget(in: body)
    guard let words, words.count * rounds <= ShellLimits.rounds else {
      set(name, .unknown)
      return maybe(isRepeated: true) { $0.run(body, input: input) }
    }
    let outer = rounds
    rounds *= max(1, words.count)
    defer { rounds = outer }
    var outputs: [ShellOutput] = []
    for word in words {
      let isOpen = !word.isKnown || word.isGlob
      set(name, watch != nil && word.isGlob ? word.withHoles : word)
      outputs.append(maybe(isCertain: !isOpen, isRepeated: isOpen) { $0.run(body, input: input) })
    }
    return joined(outputs)
  }

  /// What a later round finds set by an earlier one is not what stood before the loop.
  private mutating func forget(in body: ShellList) {
    for item in body.items {
      for pipeline in item.pipelines { for command in pipeline.commands { forget(in: command) } }
    }
  }

  /// Commands that set variables by their arguments.
  private static let setters: Set<String> = [
    "export", "declare", "typeset", "local", "readonly", "read", "mapfile", "readarray", "printf", "unset", "getopts",
    "let", "eval", "source", ".", "set", "shift",
  ]

  private mutating func forget(in command: ShellCommand) {
    switch command.form {
    case .simple(let simple):
      for assignment in simple.assignments { set(assignment.name, nil) }
      guard let program = simple.words.first?.plain, ShellRun.setters.contains(program), !variables.isEmpty,
        program != "printf" || simple.words.dropFirst().first?.plain == "-v"
      else { return }
      if ["eval", "source", ".", "set", "shift"].contains(program) { return forgetAll() }
      for word in simple.words.dropFirst() {
        // `export a="$b"` has its name before what is expanded.
        guard case .literal(let bytes) = word.parts.first?.content, word.parts.count == 1 || bytes.contains(0x3D)
        else { return forgetAll() }
        set(String(decoding: bytes.prefix { $0 != 0x3D }, as: UTF8.self), nil)
      }
    case .group(let list), .subshell(let list): forget(in: list)
    case .conditional(let branches, let otherwise):
      for branch in branches {
        forget(in: branch.condition)
        forget(in: branch.body)
      }
      if let otherwise { forget(in: otherwise) }
    case .loop(let condition, let body):
      forget(in: condition)
      forget(in: body)
    case .forEach(let name, _, let body), .select(let name, _, let body):
      set(name, nil)
      forget(in: body)
    case .count(_, let body): forget(in: body)
    case .cases(_, let arms): for arm in arms { forget(in: arm.body) }
    case .function, .test, .arithmetic, .coprocess: return
    }
  }

  private mutating func forgetAll() {
    assigned += variables.keys
    variables = [:]
  }
}
