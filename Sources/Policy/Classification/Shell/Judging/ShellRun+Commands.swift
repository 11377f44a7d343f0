import Model

/// Simple commands: assignments, redirections, and the program that they run.
extension ShellRun {
  mutating func run(_ simple: ShellSimpleCommand, _ command: ShellCommand, _ given: ShellOutput) -> ShellOutput {
    commandCount += 1
    guard commandCount <= ShellLimits.commands else {
      cut("commands beyond the first \(ShellLimits.commands)")
      return .unknown
    }
    let own: (level: Int, range: Range<Int>) = (level, command.range)
    var input = given
    var values: [(String, ShellValue?)] = []
    for assignment in simple.assignments { values.append((assignment.name, assign(assignment))) }
    let words = fields(simple.words)
    var redirected = ShellJudgement("redirection", .session)
    redirect(command.redirections, &redirected, &input)
    let targets = takeTargets()
    current = own
    if words.isEmpty {
      for (name, value) in values { set(name, value) }
      keep(.nothing, in: targets)
      if !redirected.resources.isEmpty {
        record(redirected, [], command.range)
      } else if simple.words.isEmpty {
        record(ShellJudgement("assignment", .session), [], command.range)
      } else {
        var judgement = ShellJudgement("UNKNOWN", .unknown)
        judgement.note("the program's name is not known")
        record(judgement, [], command.range)
      }
      return values.isEmpty ? input : .unknown
    }
    // They hold for this command, which may be a shell.
    let outer = variables
    for (name, value) in values { variables[name] = value }
    var judgement = judge(words, input)
    if !values.isEmpty { for (name, _) in values { variables[name] = outer[name] } }
    judgement.raise(redirected.effect)
    for resource in redirected.resources { judgement.add(resource.access, resource.kind, resource.name) }
    judgement.loads(values.map(\.0).filter(ShellRun.isLoading))
    record(judgement, words, own.range, own.level)
    keep(judgement.output, in: targets)
    return redirectsOutput(command.redirections) ? .nothing : judgement.output
  }

  /// Variables by which programs load code.
  static func isLoading(_ name: String) -> Bool {
    [
      "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "DYLD_INSERT_LIBRARIES", "BASH_ENV", "ENV", "PATH", "PYTHONSTARTUP",
      "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "PAGER", "GIT_PAGER", "EDITOR", "PERL5OPT", "RUBYOPT", "PROMPT_COMMAND",
    ].contains(name)
  }

  private mutating func assign(_ assignment: ShellAssignment) -> ShellValue? {
    if let elements = assignment.elements {
      _ = fields(elements)
      return nil
    }
    var value = self.value(assignment.value)
    if ShellSecrets.isSecret(variable: assignment.name) { hide(value) }
    if let brackets = assignment.brackets {
      _ = self.value(brackets)
      return nil
    }
    if assignment.isAppending {
      guard var before = variables[assignment.name] else { return nil }
      before.append(value)
      value = before
    }
    return value
  }

  // MARK: Redirections

  private static let devices: Set<String> = [
    "/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin", "/dev/tty", "/dev/zero", "/dev/random", "/dev/urandom",
    "-",
  ]

  static func isDevice(_ path: String) -> Bool {
    devices.contains(path) || path.hasPrefix("/dev/fd/") || path.hasPrefix("/dev/pts/")
  }

  mutating func redirect(
    _ redirections: [ShellRedirection], _ judgement: inout ShellJudgement, _ input: inout ShellOutput
  ) {
    for redirection in redirections {
      let target = value(redirection.target)
      let descriptor = redirection.descriptor ?? 0
      switch redirection.kind {
      case .hereDocument, .hereDocumentWithoutTabs:
        guard descriptor == 0, let number = redirection.hereDocument, documents.indices.contains(script),
          documents[script].indices.contains(number)
        else { continue }
        input = ShellOutput(value: value(documents[script][number]))
      case .hereString:
        var text = target
        text.append("\n")
        if descriptor == 0 { input = ShellOutput(value: text, remote: target.remote) }
      case .input:
        if descriptor == 0 { input = ShellOutput(value: written(target), remote: target.remote) }
        if let host = ShellRun.socket(target.text) {
          judgement.raise(.transfer)
          judgement.add("use", "host", host)
        } else if !ShellRun.isDevice(target.text) {
          judgement.raise(.read)
          judgement.add("read", "file", path(target))
        }
      case .duplicateInput: continue
      case .duplicateOutput where target.text == "-" || target.text.utf8.allSatisfy(Byte.isDigit):
        continue
      case .duplicateOutput where target.text.hasSuffix("-") && target.text.utf8.dropLast().allSatisfy(Byte.isDigit):
        continue
      case .output, .append, .clobber, .readWrite, .both, .bothAppend, .duplicateOutput:
        if let host = ShellRun.socket(target.text) {
          judgement.raise(.transfer)
          judgement.add("use", "host", host)
          judgement.note("a connection of the shell's own")
        } else if !ShellRun.isDevice(target.text) {
          judgement.raise(.write)
          judgement.add("write", "file", path(target))
          if redirection.descriptor ?? 1 == 1, redirection.kind != .readWrite {
            let isAppending = redirection.kind == .append || redirection.kind == .bothAppend
            let file = EffectWatch.Target(path: path(target), isAppending: isAppending)
            watch?.targets.append(file)
          }
        }
      }
    }
  }

  /// `/dev/tcp/host/port` of bash.
  private static func socket(_ path: String) -> String? {
    guard path.hasPrefix("/dev/tcp/") || path.hasPrefix("/dev/udp/") else { return nil }
    return path.dropFirst(9).split(separator: "/", omittingEmptySubsequences: false).joined(separator: ":")
  }

  private func redirectsOutput(_ redirections: [ShellRedirection]) -> Bool {
    redirections.contains { redirection in
      switch redirection.kind {
      case .output, .append, .clobber, .both, .bothAppend: (redirection.descriptor ?? 1) == 1
      default: false
      }
    }
  }

  // MARK: Names of files

  /// A file's name as far as it is known, with the host or container that it is on.
  func path(_ value: ShellValue) -> String { path(value.text) }

  func path(_ text: String) -> String {
    guard text.utf8.count <= 4096 else { return "*" }
    var name = text
    while name.hasPrefix("./"), name.count > 2 { name.removeFirst(2) }
    if let directory, !directory.isEmpty, !name.hasPrefix("/"), !name.hasPrefix("~"), !name.isEmpty {
      name = name == "." ? directory : directory + (directory.hasSuffix("/") ? "" : "/") + name
    }
    if let place { name = "\(place):\(name)" }
    return name
  }

  // MARK: Judging

  /// Puts a command among those that were found.
  mutating func record(
    _ judgement: ShellJudgement, _ words: [ShellValue], _ range: Range<Int>, _ number: Int? = nil
  ) {
    var judgement = judgement
    if let user, judgement.effect != .session {
      judgement.add("use", "role", user)
      judgement.note("as \(user)")
    }
    found.append(
      Found(level: number ?? level, range: range, words: judgement.words ?? words, judgement: judgement, place: place))
  }

  /// What a command does that is given by its words; the commands that it runs are recorded on the way.
  mutating func judge(_ words: [ShellValue], _ input: ShellOutput) -> ShellJudgement {
    guard let first = words.first else { return ShellJudgement("UNKNOWN", .unknown) }
    let name = first.text
    guard first.isKnown, !first.isGlob || name == "[", name.utf8.count <= 1024 else {
      var judgement = ShellJudgement("UNKNOWN", .unknown)
      judgement.note("the program's name is not known before it runs")
      return judgement
    }
    if let function = functions[name] {
      let judgement = call(name, function, words, input)
      if !uncertain.contains(name) || calls.contains(name) { return judgement }
    }
    let slash = name.utf8.lastIndex(of: UInt8(ascii: "/"))
    let base = slash.map { String(name[name.utf8.index(after: $0)...]) } ?? name
    let folder = slash.map { String(name[..<$0]) }
    let isOwn = folder.map { !ShellRun.isSystem($0) } ?? false
    let isBinary = folder.map { $0.hasSuffix("/bin") || $0.hasSuffix("/.bin") || $0 == "bin" } ?? true
    let invocation = ShellInvocation(name: base, words: words, input: input)
    guard isBinary || !isOwn, let program = ProgramCatalog.program(base) else {
      hideSecrets(invocation)
      if watch != nil { return watched(invocation) { $0.unknown(invocation) } }
      return unknown(invocation)
    }
    hideSecrets(invocation)
    if ProgramCatalog.isQuestion(invocation), !isOwn { return ShellJudgement(base, .read) }
    var judgement =
      watch == nil ? program.judge(invocation, &self) : watched(invocation) { program.judge(invocation, &$0) }
    if isOwn {
      judgement.add("execute", "program", path(name))
      if judgement.effect.weight < Effect.execute.weight { judgement.effect = .execute }
    }
    return judgement
  }

  private static func isSystem(_ folder: String) -> Bool {
    [
      "/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt/homebrew/bin",
      "/opt/local/bin", "/snap/bin", "/run/current-system/sw/bin",
    ].contains(folder)
  }

  /// A program that no table has.
  func unknown(_ invocation: ShellInvocation) -> ShellJudgement {
    let name = invocation.words.first?.text ?? invocation.name
    var judgement = ShellJudgement(invocation.name.isEmpty ? "UNKNOWN" : invocation.name, .execute)
    judgement.add("execute", "program", name.contains("/") ? path(name) : name)
    judgement.note(name.contains("/") ? "a program of its own" : "\(invocation.name) is not a program that is known")
    return judgement
  }

  private mutating func call(
    _ name: String, _ function: (body: ShellCommand, level: Int, script: Int), _ words: [ShellValue],
    _ input: ShellOutput
  ) -> ShellJudgement {
    var judgement = ShellJudgement(name, .session)
    judgement.isWrapper = true
    guard !calls.contains(name), calls.count < 8 else {
      judgement.effect = .unknown
      judgement.isWrapper = false
      judgement.note("the function \(name) calls itself")
      return judgement
    }
    calls.append(name)
    let outer = (level, script, variables.filter { $0.key.first?.isNumber == true || $0.key == "#" })
    (level, script) = (function.level, function.script)
    setPositional(Array(words.dropFirst()))
    judgement.output = run(function.body, input)
    (level, script) = (outer.0, outer.1)
    for key in variables.keys where key.first?.isNumber == true || key == "#" { variables[key] = nil }
    variables.merge(outer.2) { $1 }
    calls.removeLast()
    return judgement
  }
}
