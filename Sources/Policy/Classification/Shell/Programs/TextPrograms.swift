import Model

/// Stream editors.
enum TextPrograms {
  private static let sed: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments.filter { !$0.text.hasPrefix("-i") && !$0.text.hasPrefix("--in-place") },
      taking: "e f l expression file line-length")
    let isInPlace = invocation.arguments.contains { word in
      let text = word.text
      return text.hasPrefix("-i") || text.hasPrefix("--in-place")
        || text.hasPrefix("-") && !text.hasPrefix("--") && text.count <= 4 && text.contains("i")
    }
    var judgement = ShellJudgement("sed", isInPlace ? .write : .read)
    var scripts = arguments.values("-e", "--expression")
    var files = arguments.operands[...]
    if arguments.has("-f", "--file") {
      for value in arguments.values("-f", "--file") { judgement.add("read", "file", run.path(value)) }
    } else if scripts.isEmpty {
      // BSD's `-i ''`.
      if isInPlace, files.first?.bytes.isEmpty == true { files = files.dropFirst() }
      if let first = files.popFirst() { scripts = [first] }
    }
    for file in files { judgement.add(isInPlace ? "write" : "read", "file", run.path(file)) }
    for script in scripts where script.isKnown {
      let read = SedScript(script.bytes)
      for name in read.written where !ShellRun.isDevice(name) {
        judgement.raise(.write)
        judgement.add("write", "file", run.path(name))
      }
      if read.executes || !read.isRead {
        judgement.raise(read.executes ? .execute : .write)
        judgement.note(read.executes ? "the script runs commands" : "the script was not understood to its end")
      }
    }
    return judgement
  }

  private static let awk: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments, taking: "F v f i file assign field-separator include", stops: true)
    var judgement = ShellJudgement("awk", .read)
    var files = arguments.operands[...]
    if arguments.has("-f", "--file") {
      judgement.effect = .execute
      for value in arguments.values("-f", "--file") { judgement.add("execute", "program", run.path(value)) }
    } else if let program = files.popFirst() {
      let read = AwkScript(program.bytes)
      for name in read.written where !ShellRun.isDevice(name) {
        judgement.raise(.write)
        judgement.add("write", "file", name == "*" ? name : run.path(name))
      }
      if read.executes {
        judgement.raise(.execute)
        judgement.note("the program runs commands")
      }
      if !program.isKnown {
        judgement.raise(.unknown)
        judgement.note("the program is put together when it runs")
      }
    }
    let isInPlace = arguments.values("-i", "--include").contains { $0.text == "inplace" }
    if isInPlace { judgement.raise(.write) }
    for file in files where !file.text.contains("=") {
      judgement.add(isInPlace ? "write" : "read", "file", run.path(file))
    }
    return judgement
  }

  static let all: [ShellProgram] = [
    ShellProgram("sed gsed", sed),
    ShellProgram("awk gawk mawk nawk", awk),
    ShellProgram("envsubst column nkf", .read),
    ShellProgram("sd", .write, .afterFirst("write", "file")),
  ]
}
