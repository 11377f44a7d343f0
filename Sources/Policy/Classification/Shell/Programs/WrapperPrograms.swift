import Model

/// Programs that run a program given by their arguments.
enum WrapperPrograms {
  /// Options that take a value, how many operands stand before the program, and what it is without one.
  private static func plain(
    _ names: String, taking: String = "", skipping: Int = 0, alone: Effect = .session
  ) -> ShellProgram {
    ShellProgram(names) { invocation, run in
      let arguments = ShellArguments(invocation.arguments, taking: taking, stops: true)
      var words = arguments.operands[...]
      // Options may stand behind its own operands.
      for _ in 0..<skipping { _ = words.popFirst() }
      var loading: [String] = []
      let outer = run.variables
      defer { if run.watch != nil { run.variables = outer } }
      while let first = words.first, first.text.contains("="), invocation.name == "env" || invocation.name == "dotenv",
        let equals = first.bytes.firstIndex(of: UInt8(ascii: "="))
      {
        let name = String(decoding: first.bytes[..<equals], as: UTF8.self)
        if ShellSecrets.isSecret(variable: name) { run.hide(first.dropFirst(equals + 1)) }
        if ShellRun.isLoading(name) { loading.append(name) }
        if run.watch != nil { run.variables[name] = first.dropFirst(equals + 1) }
        words = words.dropFirst()
      }
      if words.first?.text == "--" { words = words.dropFirst() }
      guard !words.isEmpty else { return ShellJudgement(invocation.name, alone) }
      var judgement = run.unwrap(words, invocation.input)
      judgement.loads(loading)
      return judgement
    }
  }

  private static let environment: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "u C S unset chdir split-string", stops: true)
    if let text = arguments.value("-S", "--split-string") {
      return run.unwrap(text.fields + arguments.operands, invocation.input)
    }
    return plain("env", taking: "u C unset chdir", alone: .read).judge(invocation, &run)
  }

  private static let superuser: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking: "u g h p C D R r t T U user group host prompt chdir role type", stops: true)
    var words = arguments.operands[...]
    var loading: [String] = []
    let outside = run.variables
    defer { if run.watch != nil { run.variables = outside } }
    while let first = words.first, let equals = first.bytes.firstIndex(of: UInt8(ascii: "=")), equals > 0,
      first.bytes[..<equals].allSatisfy(Byte.isName)
    {
      let name = String(decoding: first.bytes[..<equals], as: UTF8.self)
      if ShellSecrets.isSecret(variable: name) { run.hide(first.dropFirst(equals + 1)) }
      if ShellRun.isLoading(name) { loading.append(name) }
      if run.watch != nil { run.variables[name] = first.dropFirst(equals + 1) }
      words = words.dropFirst()
    }
    let user = arguments.value("-u", "--user")?.text ?? "root"
    if arguments.has("-e", "--edit") || invocation.name == "sudoedit" {
      var judgement = ShellJudgement(invocation.name, .unknown)
      for word in words { judgement.add("write", "file", run.path(word)) }
      judgement.add("use", "role", user)
      return judgement
    }
    guard !words.isEmpty else {
      if arguments.has("-i", "-s", "--login", "--shell") {
        var judgement = ShellJudgement(invocation.name, .privilege)
        judgement.add("use", "role", user)
        judgement.note("a shell as \(user)")
        if invocation.input.value != nil || invocation.input.remote != nil {
          run.runInput(invocation.input, &judgement)
        }
        return judgement
      }
      return ShellJudgement(invocation.name, arguments.has("-l", "--list") ? .read : .session)
    }
    let outer = run.user
    run.user = user
    defer { run.user = outer }
    var judgement: ShellJudgement
    if arguments.has("-i", "-s"), words.count == 1, let only = words.first, only.text.contains(" ") {
      judgement = ShellJudgement(invocation.name, .session)
      judgement.isWrapper = true
      judgement.output = run.run(text: only, input: invocation.input)
    } else {
      judgement = run.unwrap(words, invocation.input)
    }
    judgement.loads(loading)
    judgement.add("use", "role", user)
    judgement.note("as \(user)")
    return judgement
  }

  private static let switchUser: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments, taking: "c s g G w u command shell group session-command user", stops: false)
    let operands = arguments.operands.filter { $0.text != "-" }
    let user = arguments.value("-u", "--user")?.text ?? operands.first?.text ?? "root"
    guard let text = arguments.value("-c", "--command", "--session-command") else {
      if invocation.name == "runuser", arguments.has("-u"), !operands.isEmpty {
        var judgement = run.unwrap(operands, invocation.input)
        judgement.add("use", "role", user)
        return judgement
      }
      var judgement = ShellJudgement(invocation.name, .privilege)
      judgement.add("use", "role", user)
      judgement.note("a shell as \(user)")
      return judgement
    }
    let outer = run.user
    run.user = user
    defer { run.user = outer }
    var judgement = ShellJudgement(invocation.name, .session)
    judgement.isWrapper = true
    judgement.add("use", "role", user)
    judgement.output = run.run(text: text, input: invocation.input)
    return judgement
  }

  private static let executor: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "a", stops: true)
    if invocation.name == "command", arguments.has("-v", "-V") { return ShellJudgement("command", .read) }
    guard !arguments.operands.isEmpty else { return ShellJudgement(invocation.name, .session) }
    return run.unwrap(arguments.operands, invocation.input)
  }

  private static let find: ShellProgram.Judge = { invocation, run in
    var judgement = ShellJudgement("find", .read)
    var rest = invocation.arguments
    var paths: [ShellValue] = []
    while let word = rest.first, !["(", ")", "!", ","].contains(word.text) {
      if ["-H", "-L", "-P"].contains(word.text) || word.text.hasPrefix("-O") {
        rest = rest.dropFirst()
        continue
      }
      if word.text.hasPrefix("-") { break }
      paths.append(word)
      rest = rest.dropFirst()
    }
    if paths.isEmpty { paths = [ShellValue(".")] }
    for value in paths { judgement.add("read", "file", run.path(value)) }
    func under(_ value: ShellValue) -> ShellValue {
      var all = value
      all.append(value.text.hasSuffix("/") ? "*" : "/*")
      all.isGlob = true
      return all
    }
    while let word = rest.popFirst() {
      switch word.text {
      case "-delete":
        judgement.raise(.write)
        for value in paths { judgement.add("drop", "file", run.path(under(value))) }
      case "-fprint", "-fprintf", "-fls", "-fprint0":
        judgement.raise(.write)
        if let file = rest.popFirst() { judgement.add("write", "file", run.path(file)) }
      case "-exec", "-execdir", "-ok", "-okdir":
        let words = rest.prefix { $0.text != ";" && $0.text != "+" }
        rest = rest.dropFirst(words.count)
        let filled = words.map { $0.text.contains("{}") ? paths.first.map(under) ?? .unknown : $0 }
        guard !filled.isEmpty else { continue }
        let inner = run.unwrap(filled, .unknown)
        if inner.effect != .read {
          if inner.effect.weight > judgement.effect.weight { judgement.verb = "find \(inner.verb)" }
          judgement.raise(inner.effect)
        }
        for resource in inner.resources { judgement.add(resource.access, resource.kind, resource.name) }
        for note in inner.notes { judgement.note(note) }
      default: continue
      }
    }
    return judgement
  }

  private static let fd: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments.prefix { !["-x", "-X", "--exec", "--exec-batch"].contains($0.text) },
      taking: "e t d E S c j max-depth type extension exclude")
    var judgement = ShellJudgement("fd", .read)
    for value in arguments.operands.dropFirst() { judgement.add("read", "file", run.path(value)) }
    if let mark = invocation.arguments.firstIndex(where: { ["-x", "-X", "--exec", "--exec-batch"].contains($0.text) }) {
      let words = invocation.arguments[(mark + 1)...]
      return run.unwrap(words.contains { $0.text.contains("{") } ? Array(words) : words + [.unknown], .unknown)
    }
    return judgement
  }

  private static let xargs: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking: "I n P L s d E a i l max-args max-procs delimiter arg-file replace max-lines process-slot-var",
      stops: true)
    guard !arguments.operands.isEmpty else { return ShellJudgement("xargs", .read) }
    let mark = arguments.value("-I", "--replace")?.text
    var known: [ShellValue] = [.unknown]
    if let value = invocation.input.value, value.isKnown, value.fields.count <= ShellLimits.rounds {
      known = value.fields
    }
    var words: [ShellValue] = []
    for word in arguments.operands {
      guard let mark, word.text.contains(mark) else {
        words.append(word)
        continue
      }
      // Each word of the input takes its place; that they run one after the other does not matter here.
      let pieces = word.text.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
      if pieces.joined().isEmpty {
        words += known
      } else {
        var value = ShellValue(pieces.joined(separator: "*"))
        value.isKnown = false
        var place = -1
        value.holes = pieces.dropLast().map { piece in
          place += piece.utf8.count + 1
          return place
        }
        value.pieces = [
          ShellValue.Piece(
            bytes: 0..<value.bytes.count, level: run.level, source: word.pieces.first?.source ?? 0..<0, verbatim: nil)
        ]
        if known.count == 1, let only = known.first, only.isKnown {
          value = ShellValue(pieces.joined(separator: only.text))
        }
        words.append(value)
      }
    }
    if mark == nil { words += known }
    return run.unwrap(words, .unknown)
  }

  private static let parallel: ShellProgram.Judge = { invocation, run in
    let words = ShellArguments(
      invocation.arguments, taking: "j N n S a I jobs colsep joblog delay timeout", stops: true
    ).operands
    let command = words.prefix { !$0.text.hasPrefix(":::") }
    var given = words.dropFirst(command.count).filter { !$0.text.hasPrefix(":::") }
    if given.isEmpty { given = [.unknown] }
    var judgement = ShellJudgement("parallel", .session)
    judgement.isWrapper = true
    guard !command.isEmpty else {
      run.runInput(invocation.input, &judgement)
      return judgement
    }
    let text = run.line(command).text
    for value in given.prefix(ShellLimits.rounds) {
      let line = text.contains("{") ? text.replacing("{}", with: value.text) : text + " " + value.text
      _ = run.run(text: ShellValue(line))
    }
    return judgement
  }

  /// `watch`: its words are a line for a shell.
  private static let watch: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "n d interval", stops: true)
    guard !arguments.operands.isEmpty else { return ShellJudgement("watch", .session) }
    if arguments.has("-x", "--exec") { return run.unwrap(arguments.operands, .unknown) }
    var judgement = ShellJudgement(invocation.name, .session)
    judgement.isWrapper = true
    _ = run.run(text: run.line(arguments.operands))
    return judgement
  }

  /// `flock file command`, `script -c command`
  private static let textTaker: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "c command w E o", stops: true)
    var judgement = ShellJudgement(invocation.name, .session)
    judgement.isWrapper = true
    let words = invocation.name == "flock" ? arguments.operands.dropFirst() : arguments.operands[...]
    if let text = arguments.value("-c", "--command") ?? (words.first?.text == "-c" ? words.dropFirst().first : nil) {
      judgement.output = run.run(text: text)
    } else if !words.isEmpty, invocation.name == "flock" {
      return run.unwrap(words, invocation.input)
    } else if invocation.name == "script" {
      judgement.isWrapper = false
      judgement.effect = .execute
      for word in words { judgement.add("write", "file", run.path(word)) }
    }
    return judgement
  }

  private static let multiplexer: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "L S f", stops: true)
    var words = arguments.operands[...]
    let command = words.popFirst()?.text ?? ""
    var judgement = ShellJudgement("tmux", .session)
    switch command {
    case "send-keys", "send":
      let keys = ShellArguments(words, taking: "t N", stops: false)
      let typed = keys.operands.filter {
        let text = $0.text
        return !["Enter", "C-m", "Escape", "Space", "Tab", "BSpace"].contains(text) && !text.hasPrefix("C-")
      }
      guard !typed.isEmpty else { return judgement }
      judgement.isWrapper = true
      judgement.note("typed into \(keys.value("-t")?.text ?? "a terminal"): what reads it there is taken to be a shell")
      run.elsewhere("tmux") { _ = $0.run(text: $0.line(typed)) }
      judgement.effect = .execute
      judgement.isWrapper = false
    case "new-session", "new", "new-window", "neww", "split-window", "splitw", "respawn-pane", "run-shell", "run":
      let inner = ShellArguments(words, taking: "s t n c x y e F l p", stops: true).operands
      judgement.isWrapper = !inner.isEmpty
      if inner.count == 1, let text = inner.first { _ = run.run(text: text) }
      if inner.count > 1 { return run.unwrap(inner, .unknown) }
    case "kill-session", "kill-server", "kill-window", "kill-pane": judgement.effect = .execute
    case "ls", "list-sessions", "capture-pane", "capturep", "list-windows", "list-panes", "show-options",
      "display-message",
      "has-session", "has", "display":
      judgement.effect = .read
    default: break
    }
    judgement.verb = command.isEmpty ? "tmux" : "tmux \(command)"
    return judgement
  }

  static let all: [ShellProgram] = [
    ShellProgram("sudo doas sudoedit pkexec gosu su-exec", superuser),
    ShellProgram("su runuser", switchUser),
    ShellProgram("env", environment),
    ShellProgram("command exec", executor),
    plain(
      "nohup setsid unbuffer chronic caffeinate builtin noglob nocorrect busybox stdbuf eatmydata xvfb-run dbus-run-session rlwrap "
        + "proxychains proxychains4 torsocks fakeroot entr gtime time catchsegv systemd-inhibit winpty arch dotenv",
      taking: "o i e f s n w a i"),
    plain("nice ionice chrt", taking: "n c p adjustment class classdata"),
    plain("timeout gtimeout", taking: "k s signal kill-after", skipping: 1),
    plain("taskset chroot faketime setarch", taking: "c", skipping: 1),
    plain("sshpass", taking: "p f d P"),
    plain("strace ltrace perf-trace", taking: "e o p s u P I O S a b"),
    plain(
      "unshare nsenter systemd-run firejail bwrap setpriv prlimit cgexec numactl",
      taking: "t S G p u E g unit property", alone: .privilege),
    ShellProgram("find gfind", find), ShellProgram("fd fdfind", fd),
    ShellProgram("xargs gxargs", xargs), ShellProgram("parallel", parallel),
    ShellProgram("watch viddy", watch), ShellProgram("flock script", textTaker),
    ShellProgram("tmux", multiplexer),
    ShellProgram("screen", .execute, note: "a terminal of its own"),
  ]
}
