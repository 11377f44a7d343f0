import Model

/// What the shell does itself.
enum BuiltinPrograms {
  private static let printer: ShellProgram.Judge = { invocation, run in
    var judgement = ShellJudgement(invocation.name, .read)
    var words = invocation.arguments
    var ends = true
    var interprets = invocation.name == "printf"
    if interprets, words.first?.text == "-v" {
      for word in words.dropFirst().prefix(1) { run.set(word.text, nil) }
      return ShellJudgement("printf", .session)
    }
    if invocation.name == "echo" {
      while let first = words.first, ["-n", "-e", "-ne", "-en", "-E"].contains(first.text) {
        if first.text.contains("n") { ends = false }
        if first.text.contains("e") { interprets = true }
        words = words.dropFirst()
      }
    }
    if invocation.name == "printf" {
      ends = false
      // Only the plainest formats are carried out.
      guard let format = words.popFirst(), format.isKnown else { return judgement }
      switch format.text {
      case "%s", "%s\\n", "%b", "%b\\n", "%s\n":
        guard words.count == 1 else { return judgement }
        ends = format.text != "%s" && format.text != "%b"
        interprets = format.text.hasPrefix("%b")
      default:
        guard !format.bytes.contains(UInt8(ascii: "%")) else { return judgement }
        words = [format]
      }
    }
    var text = ShellValue()
    for (index, word) in words.enumerated() {
      if index > 0 { text.append(" ") }
      text.append(word)
    }
    if interprets, text.bytes.contains(Byte.backslash) {
      var decoded: [UInt8] = []
      var holes: [Int] = []
      var start = 0
      for hole in text.holes where hole >= start && hole < text.bytes.count {
        decoded += ANSIQuoting.decode(text.bytes[start..<hole])
        holes.append(decoded.count)
        decoded.append(text.bytes[hole])
        start = hole + 1
      }
      text.bytes = decoded + ANSIQuoting.decode(text.bytes[start...])
      text.holes = holes
      text.pieces = text.pieces.map { piece in
        var piece = piece
        (piece.bytes, piece.verbatim) = (0..<text.bytes.count, nil)
        return piece
      }
    }
    if ends { text.append("\n") }
    if text.isKnown || text.remote != nil {
      judgement.output = ShellOutput(value: text.isKnown && !text.isGlob ? text : nil, remote: text.remote)
    } else {
      judgement.output = ShellOutput(value: text, remote: nil)
    }
    return judgement
  }

  private static let changeDirectory: ShellProgram.Judge = { invocation, run in
    let target = invocation.arguments.first { !$0.text.hasPrefix("-") }
    if invocation.name == "popd" || target?.isKnown != true || target?.isGlob == true {
      run.directory = invocation.arguments.isEmpty && invocation.name == "cd" ? "~" : ""
    } else if let target {
      let text = target.text
      if text.hasPrefix("/") || text.hasPrefix("~") {
        run.directory = text
      } else if run.directory != "" {
        run.directory = run.directory.map { $0 + ($0.hasSuffix("/") ? "" : "/") + text } ?? text
      }
    }
    return ShellJudgement(invocation.name, .session)
  }

  private static let declaration: ShellProgram.Judge = { invocation, run in
    // `-n` makes another name of a variable, the others change what is set.
    let changes = invocation.arguments.contains { word in
      let text = word.text
      return text.hasPrefix("-") && text.contains { "nilcu".contains($0) }
    }
    if changes { run.variables = [:] }
    for word in invocation.arguments where !word.text.hasPrefix("-") {
      guard let equals = word.bytes.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let name = String(decoding: word.bytes[..<equals], as: UTF8.self)
      let value = word.dropFirst(equals + 1)
      if ShellSecrets.isSecret(variable: name) { run.hide(value) }
      run.set(name, value.isKnown && !changes ? value : nil)
    }
    return ShellJudgement(invocation.name, .session)
  }

  /// What they set is not followed, so that it is not taken for what stood there before.
  private static let setter: ShellProgram.Judge = { invocation, run in
    let words = invocation.arguments
    switch invocation.name {
    case "set":
      if words.first?.text == "--", words.allSatisfy(\.isKnown) {
        run.setPositional(Array(words.dropFirst()))
      } else if words.contains(where: { !$0.isKnown || !$0.text.hasPrefix("-") && !$0.text.hasPrefix("+") }) {
        run.forgetPositional()
      }
    case "shift": run.forgetPositional()
    default:
      for word in words {
        let name = String(word.text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        run.set(name, nil)
        if run.functions[name] != nil { run.uncertain.insert(name) }
        if !word.isKnown { run.variables = [:] }
      }
    }
    return ShellJudgement(invocation.name, .session)
  }

  /// What a name or a key means from now on.
  private static let binder: ShellProgram.Judge = { invocation, run in
    var judgement = ShellJudgement(invocation.name, .session)
    let arguments = ShellArguments(invocation.arguments, taking: "p f x C F d")
    switch invocation.name {
    case "alias":
      for word in arguments.operands {
        guard let equals = word.bytes.firstIndex(of: UInt8(ascii: "=")) else { continue }
        let text = word.dropFirst(equals + 1)
        run.maybe { _ = $0.run(text: text) }
      }
    case "fc": judgement.effect = arguments.has("-l") ? .read : .unknown
    default:
      if arguments.has("-p", "-f", "-x", "-C") {
        judgement.effect = .execute
        judgement.note("decides what a name or a key runs")
      }
    }
    return judgement
  }

  private static let reader: ShellProgram.Judge = { invocation, run in
    for word in ShellArguments(invocation.arguments, taking: "p d n N t u i a").operands { run.set(word.text, nil) }
    for word in ShellArguments(invocation.arguments, taking: "p d n N t u i a").values("-a") { run.set(word.text, nil) }
    run.set("REPLY", nil)
    // mapfile's callback.
    for text in ShellArguments(invocation.arguments, taking: "d n O s u C c").values("-C") { _ = run.run(text: text) }
    return ShellJudgement(invocation.name, .session)
  }

  /// `eval` and `trap`: a text that is run here.
  private static let evaluation: ShellProgram.Judge = { invocation, run in
    var judgement = ShellJudgement(invocation.name, .session)
    judgement.isWrapper = true
    let words = invocation.name == "trap" ? invocation.arguments.prefix(1) : invocation.arguments
    guard let first = words.first, !["-", "-l", "-p", ""].contains(first.text) else { return judgement }
    var text = ShellValue()
    for (index, word) in words.enumerated() {
      if index > 0 { text.append(" ") }
      text.append(word)
    }
    guard text.isKnown else {
      judgement.effect = .unknown
      judgement.isWrapper = false
      judgement.note(text.remote.map { "runs what comes from \($0)" } ?? "runs what is known only when it runs")
      return judgement
    }
    judgement.output = invocation.name == "trap" ? run.maybe { $0.run(text: text) } : run.run(text: text)
    return judgement
  }

  private static let source: ShellProgram.Judge = { invocation, run in
    var judgement = ShellJudgement(invocation.name, .execute)
    run.variables = [:]
    guard let file = invocation.arguments.first else { return judgement }
    if let remote = file.remote {
      judgement.effect = .unknown
      judgement.note("runs what comes from \(remote)")
    } else {
      judgement.add("execute", "program", run.path(file))
      run.runWritten(file)
    }
    return judgement
  }

  /// Prints nothing: `(sleep 1; echo ls) | ssh host` gives ssh one line.
  private static let silent: ShellProgram.Judge = { invocation, _ in
    var judgement = ShellJudgement(invocation.name, .session)
    judgement.output = .nothing
    return judgement
  }

  static let all: [ShellProgram] = [
    ShellProgram("echo printf", printer),
    ShellProgram("cat", ReaderPrograms.cat),
    ShellProgram("cd pushd popd chdir", changeDirectory),
    ShellProgram("export declare typeset local readonly", declaration),
    ShellProgram("read mapfile readarray", reader),
    ShellProgram("eval trap", evaluation),
    ShellProgram("source .", source),
    ShellProgram(": true false test [ [[ wait sleep return break continue unalias disown", silent),
    ShellProgram(
      "pwd jobs fg bg exit shopt dirs suspend logout compgen compopt caller ulimit umask times "
        + "setopt unsetopt autoload zstyle clear reset stty tset rehash", .session),
    ShellProgram("set shift unset getopts let", setter),
    ShellProgram("alias bind complete enable hash fc", binder),
    ShellProgram("kill killall skill", .execute, .none, note: "signals processes").readingFirst("-l -L --list --table"),
    ShellProgram("pkill xkill fuser", .execute, .none, note: "signals processes"),
  ]
}

extension ReaderPrograms {
  /// Hands on what it is given.
  static let cat: ShellProgram.Judge = { invocation, run in
    var judgement = ShellJudgement("cat", .read)
    let files = ShellArguments(invocation.arguments).operands
    for file in files where file.text != "-" {
      if file.remote == nil, !ShellRun.isDevice(file.text) { judgement.add("read", "file", run.path(file)) }
    }
    if files.allSatisfy({ $0.text == "-" }), invocation.arguments.allSatisfy({ $0.text == "-" }) {
      judgement.output = invocation.input
    } else if let text = run.written(files, invocation.input) {
      judgement.output.value = text
    } else {
      judgement.output.remote = files.lazy.compactMap(\.remote).first ?? invocation.input.remote
    }
    return judgement
  }
}
