import Model

/// Clients of PostgreSQL.
enum PostgresEffects {
  static let all: [(String, EffectPrograms.Read)] = [
    ("psql pgcli", psql), ("createdb dropdb createuser dropuser", maker),
    (
      "pg_dump pg_dumpall pg_restore pgbench pg_basebackup pg_isready vacuumdb reindexdb clusterdb pg_amcheck pg_receivewal "
        + "pg_recvlogical pgloader pg_rewind ora2pg pgbadger usql pgsync", connecting
    ),
    (
      "mysql mariadb mysqldump mysqladmin redis-cli valkey-cli mongo mongosh mongodump mongorestore sqlcmd cqlsh", other
    ),
  ]

  private static let taking =
    "c d f F h L o p P R T U v command dbname file field-separator host log-file output port pset record-separator "
    + "table-attr username set variable"

  private static let psql: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: taking)
    let target = PostgresEffects.target(arguments, operands: true, run)
    let isSingle = arguments.has("-1", "--single-transaction")
    var variables: [String: String] = [:]
    for setting in arguments.values("-v", "--set", "--variable") {
      let parts = setting.marked.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if parts.count == 2 { variables[parts[0]] = parts[1] }
    }
    if arguments.has("-l", "--list") {
      for text in PsqlCommands.statements("l", "") { run.expect(.sql, text, program: "psql", target) }
      return
    }
    var hasText = false
    if isSingle { run.expectSQL("BEGIN", program: "psql", target) }
    for option in arguments.options {
      switch option.name {
      case "-c", "--command":
        guard let text = option.value else { continue }
        hasText = true
        run.expectCommand(text, target, &variables)
      case "-f", "--file":
        guard let file = option.value else { continue }
        hasText = true
        let text = file.text == "-" ? invocation.input.value : run.written(file)
        guard let text else {
          run.expect(.connection, "psql", program: "psql", target)
          continue
        }
        run.expectScript(text, target, &variables)
      default: continue
      }
    }
    if !hasText {
      if let text = invocation.input.value {
        run.expectScript(text, target, &variables)
      } else {
        run.expect(.connection, "psql", program: "psql", target)
        var program = RunningProgram(kind: .psql, program: "psql", target: target)
        program.variables = variables
        run.watch?.running.append(program)
      }
    }
    if isSingle { run.expectSQL("COMMIT", program: "psql", target) }
  }

  /// Programs that send one statement that their arguments make (src/bin/scripts).
  private static let maker: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking:
        "h p U O T E D l e host port username owner template encoding tablespace locale maintenance-db c connection-limit g role"
    )
    var target = PostgresEffects.target(arguments, operands: false, run)
    target.database = arguments.value("--maintenance-db").flatMap { EffectText.known($0.marked) } ?? "postgres"
    let name = arguments.operands.first.map { quoted($0.marked) } ?? EffectText.hole
    let condition = arguments.has("--if-exists") ? "IF EXISTS " : ""
    switch invocation.name {
    case "createdb":
      let rest = arguments.has("-O", "-T", "-E", "-D", "-l", "--owner", "--template", "--encoding", "--locale")
      run.expectSQL("CREATE DATABASE \(name)\(rest ? " " + EffectText.hole : "")", program: "createdb", target)
    case "dropdb":
      let rest = arguments.has("-f", "--force") ? " WITH (FORCE)" : ""
      run.expectSQL("DROP DATABASE \(condition)\(name)\(rest)", program: "dropdb", target)
    case "createuser":
      run.expectSQL("CREATE ROLE \(name) \(EffectText.hole)", program: "createuser", target)
    default: run.expectSQL("DROP ROLE \(condition)\(name)", program: "dropuser", target)
    }
  }

  /// As fmtId does it: quotes where a name is no plain one.
  private static func quoted(_ name: String) -> String {
    let isPlain =
      name.unicodeScalars.first.map { $0 == "_" || ("a"..."z").contains($0) || EffectText.isMark($0) } ?? false
      && name.unicodeScalars.allSatisfy {
        $0 == "_" || ("a"..."z").contains($0) || ("0"..."9").contains($0) || EffectText.isMark($0)
      }
    return isPlain ? name : "\"" + name.replacing("\"", with: "\"\"") + "\""
  }

  private static let connecting: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking:
        "d h p U t n N T F f j Z E S D c s T M host port username dbname table schema file format jobs time client")
    let target = PostgresEffects.target(arguments, operands: invocation.name != "pg_restore", run)
    if invocation.name == "pg_restore", !arguments.has("-d", "--dbname") { return }
    let repeats = invocation.name == "pgbench"
    if repeats { run.watch?.repeats += 1 }
    run.expect(.connection, invocation.name, program: invocation.name, target)
    if repeats { run.watch?.repeats -= 1 }
  }

  private static let other: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments, taking: "h P u e D S p host port user execute database a n", stops: true)
    var target = EffectTarget()
    target.host = arguments.value("-h", "--host").flatMap { EffectText.known($0.marked) }
    target.port = arguments.value("-P", "--port").flatMap { UInt16($0.text) }
    target.user = arguments.value("-u", "--user").flatMap { EffectText.known($0.marked) }
    run.expect(.connection, invocation.name, program: invocation.name, target)
  }

  /// Options, a database's name, URI or connection string, and variables, in libpq's order.
  static func target(_ arguments: ShellArguments, operands: Bool, _ run: ShellRun) -> EffectTarget {
    var target = environment(run)
    var names = arguments.values("-d", "--dbname")
    if operands, names.isEmpty { names = Array(arguments.operands.prefix(1)) }
    if let name = names.last?.marked {
      if let parts = ConnectionText.read(name) { target.merge(parts) } else { target.database = EffectText.known(name) }
    }
    if operands, arguments.operands.count > 1 { target.user = EffectText.known(arguments.operands[1].marked) }
    if let host = arguments.value("-h", "--host") { target.host = EffectText.known(host.marked) }
    if let port = arguments.value("-p", "--port") { target.port = UInt16(port.text) }
    if let user = arguments.value("-U", "--username") { target.user = EffectText.known(user.marked) }
    return target
  }

  private static func environment(_ run: ShellRun) -> EffectTarget {
    func value(_ name: String) -> String? { run.variables[name].flatMap { EffectText.known($0.marked) } }
    var target = EffectTarget()
    target.host = value("PGHOST") ?? value("PGHOSTADDR")
    target.port = value("PGPORT").flatMap { UInt16($0) }
    target.user = value("PGUSER") ?? run.user
    target.database = value("PGDATABASE")
    return target
  }
}

extension EffectTarget {
  mutating func merge(_ other: EffectTarget) {
    host = other.host ?? host
    port = other.port ?? port
    user = other.user ?? user
    database = other.database ?? database
  }
}

extension ShellRun {
  /// `-c`: one command of psql's, or a text that is sent as it is.
  mutating func expectCommand(_ text: ShellValue, _ target: EffectTarget, _ variables: inout [String: String]) {
    let marked = text.marked
    if marked.drop(while: \.isWhitespace).hasPrefix("\\") {
      expectScript(text, target, &variables)
    } else {
      expectSQL(marked, program: "psql", target, isWritten: text.isWritten)
    }
  }

  /// What psql reads as a script: each statement is sent by itself.
  mutating func expectScript(_ text: ShellValue, _ target: EffectTarget, _ variables: inout [String: String]) {
    let script = PsqlScript(text.marked, variables: variables)
    variables = script.variables
    perform(
      script.items + (script.pending.isEmpty ? [] : [.query(script.pending, isRepeated: false)]), target,
      isWritten: text.isWritten)
  }

  /// What a script's items have psql send. Files that it includes are read to a small depth.
  mutating func perform(_ items: [PsqlScript.Item], _ target: EffectTarget, isWritten: Bool, depth: Int = 0) {
    var target = target
    for item in items {
      switch item {
      case .query(let text, let isRepeated):
        if isRepeated { watch?.repeats += 1 }
        expectSQL(text, program: "psql", target, isWritten: isWritten)
        if isRepeated { watch?.repeats -= 1 }
      case .command(let name, let argument):
        switch name {
        case "i", "ir", "include", "include_relative":
          guard depth < 8, let file = written(ShellValue(marked: PsqlScript.word(argument))) else { continue }
          let script = PsqlScript(file.marked, variables: [:])
          let last: [PsqlScript.Item] = script.pending.isEmpty ? [] : [.query(script.pending, isRepeated: false)]
          perform(script.items + last, target, isWritten: isWritten || file.isWritten, depth: depth + 1)
        case "c", "connect":
          let words = argument.split(separator: " ").map(String.init)
          if let first = words.first, first != "-" {
            if let parts = ConnectionText.read(first) {
              target.merge(parts)
            } else {
              target.database = EffectText.known(first)
            }
          }
          if words.count > 1, words[1] != "-" { target.user = EffectText.known(words[1]) }
          if words.count > 2, words[2] != "-" { target.host = EffectText.known(words[2]) }
          expect(.connection, "psql", program: "psql", target, isWritten: isWritten)
        case "!": _ = run(text: ShellValue(marked: argument))
        default:
          for text in PsqlCommands.statements(name, argument) {
            expect(.sql, text, program: "psql", target, isWritten: isWritten)
          }
        }
      }
    }
  }

  /// The statements of a text that is sent in one piece.
  mutating func expectSQL(
    _ text: String, program: String?, _ target: EffectTarget = EffectTarget(), isWritten: Bool = false
  ) {
    if EffectText.isOpen(text) {
      if text.unicodeScalars.contains(where: EffectText.isMark) {
        expect(.connection, program ?? "postgres", program: program, target, isWritten: isWritten)
      }
      return
    }
    let room = EffectWatch.effectLimit - (watch?.effects.count ?? EffectWatch.effectLimit)
    for var effect in StatementEffects.read(EffectText.bounded(text), &sql).prefix(max(0, room)) {
      effect.program = program
      target.apply(to: &effect)
      expect(effect, isWritten: isWritten)
    }
  }
}
