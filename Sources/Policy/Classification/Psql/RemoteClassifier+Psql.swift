import Model

extension RemoteClassifier {
  /// What psql's own commands in a typed text do: one classification each, secrets still in their names.
  func classifications(of input: PsqlInput) -> [Classification] {
    input.commands.prefix(ShellLimits.commands).map(classification)
  }

  private func classification(_ command: PsqlInput.Command) -> Classification {
    let name = command.name
    guard let entry = PsqlCommand.entry(name) else {
      return Classification(verb: "\\\(name.prefix(40))", effect: .unknown, note: "psql has no such command")
    }
    var what = Classification(verb: "\\\(name)", effect: entry.effect, fingerprint: "psql \\\(name)")
    if command.arguments.isEmpty, let bare = entry.bare { what.effect = bare }
    what.note = entry.note
    let word = PsqlCommand.firstWord(command.arguments)
    switch entry.object {
    case .none: break
    case .database: if !word.isEmpty, word != "-" { what.resources = [Resource("use", "database", database(word))] }
    case .file(let access):
      if word.hasPrefix("|") {
        run(String(command.arguments.drop { $0 == "|" || $0 == "'" }), &what)
      } else if !word.isEmpty, !word.hasPrefix("(") {
        what.resources = [Resource(access, "file", word)]
      } else {
        // `\g (format=csv)`: only how the result looks.
        what.effect = entry.bare ?? entry.effect
      }
    case .shell: run(command.arguments, &what)
    case .copy: copy(command.arguments, &what)
    }
    for program in command.programs { run(program, &what) }
    return what
  }

  private func database(_ word: String) -> String { word.contains("://") ? WebAddress.shown(word) : word }

  /// A line that psql hands to a shell.
  private func run(_ line: String, _ what: inout Classification) {
    let reading = shell.classify(line)
    what.resources += reading.classification.resources
    what.effect = [.execute, reading.classification.effect].max { Self.weight($0) < Self.weight($1) } ?? .execute
    what.note = [what.note, "runs in a shell: \(reading.classification.verb)"].compactMap(\.self).joined(
      separator: "; ")
  }

  private func copy(_ arguments: String, _ what: inout Classification) {
    guard let copy = PsqlCommand.copy(arguments) else {
      what.effect = .unknown
      what.note = "not read: the arguments of \\copy"
      return
    }
    var sql = SQLClassifier()
    var context = SQLContext()
    for statement in sql.classify(copy.statement, in: &context) {
      what.resources += statement.classification.resources
      what.effect =
        [what.effect, statement.classification.effect].max { Self.weight($0) < Self.weight($1) } ?? .transfer
    }
    if let file = copy.file { what.resources.append(Resource(copy.isFrom ? "read" : "write", "file", file)) }
    if let program = copy.program { run(program, &what) }
  }
}
