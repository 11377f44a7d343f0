import Model

/// Shells, and interpreters of other languages.
enum InterpreterPrograms {
  private static let shell: ShellProgram.Judge = { invocation, run in
    var judgement = ShellJudgement(invocation.name, .session)
    judgement.isWrapper = true
    var rest = invocation.arguments
    var takesText = false
    var readsInput = false
    while let word = rest.first, word.text.hasPrefix("-") || word.text.hasPrefix("+"), word.text != "-" {
      rest = rest.dropFirst()
      let text = word.text
      if text == "--" { break }
      if text == "--rcfile" || text == "--init-file" {
        if let file = rest.popFirst() { judgement.add("execute", "program", run.path(file)) }
        judgement.raise(.execute)
        continue
      }
      if text.hasPrefix("--") { continue }
      // An interactive shell does not heed it.
      if text.hasPrefix("-"), text.contains("n"),
        !invocation.arguments.contains(where: { $0.text.hasPrefix("-") && $0.text.contains("i") })
      {
        judgement.effect = .read
        judgement.isWrapper = false
        return judgement
      }
      if text.contains("c") { takesText = true }
      if text.contains("s") { readsInput = true }
      if text.hasSuffix("o") || text.hasSuffix("O") { rest = rest.dropFirst() }
    }
    if takesText {
      guard let text = rest.popFirst() else { return judgement }
      return run.apart { run in
        if !text.isKnown, let remote = text.remote {
          judgement.isWrapper = false
          judgement.effect = .unknown
          judgement.note("runs what comes from \(remote)")
          return judgement
        }
        run.setPositional(Array(rest.dropFirst()))
        if let zero = rest.first { run.set("0", zero) }
        judgement.output = run.run(text: text, input: invocation.input)
        return judgement
      }
    }
    guard let file = rest.first, !readsInput, file.text != "-", file.text != "/dev/stdin" else {
      if invocation.input.value == nil, invocation.input.remote == nil, rest.isEmpty, !readsInput {
        judgement.effect = .execute
        judgement.isWrapper = false
        judgement.note("a shell: what it was given is not in the command line")
        return judgement
      }
      run.apart { $0.runInput(invocation.input, &judgement) }
      if judgement.effect == .unknown { judgement.isWrapper = false }
      return judgement
    }
    judgement.isWrapper = false
    judgement.effect = .execute
    if let remote = file.remote {
      judgement.effect = .unknown
      judgement.note("runs what comes from \(remote)")
    } else {
      judgement.add("execute", "program", run.path(file))
      run.apart { run in
        run.setPositional(Array(rest.dropFirst()))
        run.runWritten(file, input: invocation.input)
      }
    }
    return judgement
  }

  /// An interpreter: the options that take code, modules that only check or show, and other options with values.
  private static func interpreter(
    _ names: String, code: String, taking: String = "", checking: String = ""
  ) -> ShellProgram {
    let code = Set(code.split(separator: " ").map(String.init))
    let taken = Set(taking.split(separator: " ").map(String.init))
    let checks = Set(checking.split(separator: " ").map(String.init))
    return ShellProgram(names) { invocation, run in
      var judgement = ShellJudgement(invocation.name, .execute)
      var rest = invocation.arguments
      while let word = rest.popFirst() {
        let text = word.text
        if checks.contains(text) {
          judgement.effect = .read
          return judgement
        }
        if code.contains(text)
          || code.contains(where: { $0.count == 2 && text.hasPrefix($0) && text.count > 2 && !text.hasPrefix("--") })
        {
          judgement.add("execute", "program", invocation.name)
          judgement.note("code in the command line")
          return judgement
        }
        if text == "-m", let module = rest.popFirst() { return modules(invocation, module, Array(rest), &run) }
        if taken.contains(text) {
          rest = rest.dropFirst()
          continue
        }
        if text.hasPrefix("-"), text != "-" { continue }
        if let remote = word.remote {
          judgement.effect = .unknown
          judgement.note("runs what comes from \(remote)")
        } else if text != "-" {
          judgement.add("execute", "program", run.path(word))
          return judgement
        }
        break
      }
      judgement.add("execute", "program", invocation.name)
      if let remote = invocation.input.remote, judgement.effect == .execute {
        judgement.effect = .unknown
        judgement.note("runs what comes from \(remote)")
      }
      return judgement
    }
  }

  /// `python -m pip`, `python -m json.tool`
  private static func modules(
    _ invocation: ShellInvocation, _ module: ShellValue, _ rest: [ShellValue], _ run: inout ShellRun
  ) -> ShellJudgement {
    switch module.text {
    case "json.tool", "timeit", "dis", "ast", "tokenize", "platform", "sysconfig", "site", "calendar", "this":
      return ShellJudgement("\(invocation.name) -m \(module.text)", module.text == "timeit" ? .execute : .read)
    case "pip", "pytest", "uv", "pipx", "poetry", "black", "ruff", "mypy", "flake8", "isort", "coverage":
      return run.unwrap([module] + rest, invocation.input)
    case "py_compile", "compileall", "venv", "virtualenv", "ensurepip", "build", "zipfile", "tarfile":
      var judgement = ShellJudgement("\(invocation.name) -m \(module.text)", .write)
      for word in rest where !word.text.hasPrefix("-") { judgement.add("write", "file", run.path(word)) }
      return judgement
    default:
      var judgement = ShellJudgement("\(invocation.name) -m \(module.text)", .execute)
      judgement.add("execute", "program", module.text)
      return judgement
    }
  }

  static let all: [ShellProgram] = [
    ShellProgram("sh bash zsh dash ksh ash fish mksh rbash", shell),
    interpreter("python python3 python2 pypy pypy3 ipython", code: "-c", taking: "-W -X -Q"),
    interpreter(
      "node nodejs bun-node", code: "-e --eval -p --print -pe", taking: "-r --require --import --loader",
      checking: "--check -c"),
    interpreter("perl", code: "-e -E -ne -pe -i -n -p -l -0 -a -F").inPlace,
    interpreter("ruby", code: "-e -ne -pe", taking: "-r -I", checking: "-c"),
    interpreter("php", code: "-r", taking: "-d -c", checking: "-l -m -i"),
    interpreter(
      "lua luajit Rscript R julia tclsh expect osascript guile racket sbcl elixir iex groovy scala jshell pwsh powershell deno ts-node tsx esno "
        + "swipl octave maxima gp ghci runghc ocaml dotnet-script", code: "-e -c -E --eval -l", taking: "-r --require"),
    interpreter("java", code: "-jar", taking: "-cp -classpath --class-path"),
  ]
}

extension ShellProgram {
  /// `perl -i`: the files are written too.
  fileprivate var inPlace: ShellProgram {
    let judge = self.judge
    return ShellProgram(names) { invocation, run in
      var judgement = judge(invocation, &run)
      let options = invocation.arguments.prefix { $0.text.hasPrefix("-") }
      guard options.contains(where: { $0.text.contains("i") && !$0.text.hasPrefix("--") }) else { return judgement }
      for word in invocation.arguments.dropFirst(options.count + 1) { judgement.add("write", "file", run.path(word)) }
      return judgement
    }
  }
}
