/// Programs that no table has: scripts that the conversation wrote.
enum OwnPrograms {
  static func read(_ invocation: ShellInvocation, _ run: inout ShellRun) {
    if MigrationEffects.isMigration(invocation, &run) { return }
    guard let path = invocation.words.first, path.text.contains("/"), let code = run.written(path) else { return }
    let head = code.text.utf8.prefix { $0 != Byte.newline }
    let interpreter = String(decoding: head, as: UTF8.self).split { $0 == "/" || $0 == " " }.last.map(String.init) ?? ""
    let isScript = code.text.hasPrefix("#!")
    if isScript, let language = CodeLanguage(interpreter: interpreter) {
      CodeEffects.read(code, language, invocation.name, &run)
    } else if !isScript, let language = CodeLanguage(fileName: invocation.name) {
      CodeEffects.read(code, language, invocation.name, &run)
    } else {
      run.apart { run in
        run.setPositional(Array(invocation.arguments))
        run.runWritten(path, input: invocation.input)
      }
    }
  }
}
