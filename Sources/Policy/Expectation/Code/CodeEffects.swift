import Bytes
import Model

/// Interpreters, and the statements and requests in the programs that they run.
enum CodeEffects {
  static let all: [(String, EffectPrograms.Read)] = [
    (
      "python python3 python2 pypy pypy3 ipython node nodejs ruby php deno bun tsx ts-node esno go elixir lua",
      { run($0, &$1) }
    ),
    ("uv poetry pipenv pdm rye hatch npx bunx pnpx", wrapped),
  ]

  static func run(_ invocation: ShellInvocation, _ run: inout ShellRun) {
    guard var language = CodeLanguage(interpreter: invocation.name) else { return }
    if MigrationEffects.isMigration(invocation, &run) { return }
    var rest = invocation.arguments[...]
    if ["deno", "bun", "go"].contains(invocation.name) {
      guard let first = rest.first, first.text == "run" || first.text.contains(".") else { return }
      if first.text == "run" { rest = rest.dropFirst() }
    }
    while let word = rest.popFirst() {
      let text = word.text
      switch text {
      case "-e", "--eval", "-p", "--print", "-pe", "-E",
        "-c" where language == .python,
        "-r" where language == .php:
        guard let code = rest.popFirst() else { return }
        return read(code, language, invocation.name, &run)
      case "-m":
        guard let module = rest.popFirst() else { return }
        if module.text == "psycopg" || module.text == "pgcli" || module.text == "asyncpg" {
          run.expect(.connection, invocation.name, program: invocation.name)
        }
        return
      case "-": break
      case "-W", "-X", "-r", "--require", "--import", "--loader", "-I":
        rest = rest.dropFirst()
        continue
      default:
        if text.hasPrefix("-"), text != "-" { continue }
        language = CodeLanguage(fileName: text) ?? language
        return file(word, language, invocation.name, &run)
      }
      break
    }
    if let code = invocation.input.value {
      read(code, language, invocation.name, &run)
    } else {
      run.watch?.running.append(RunningProgram(kind: .code(language), program: invocation.name))
    }
  }

  /// `uv run script.py`, `npx tsx script.ts`; what they run otherwise is unwrapped elsewhere.
  private static let wrapped: EffectPrograms.Read = { invocation, run in
    if MigrationEffects.isMigration(invocation, &run) { return }
    guard let script = invocation.arguments.prefix(8).first(where: { CodeLanguage(fileName: $0.text) != nil }),
      let language = CodeLanguage(fileName: script.text)
    else { return }
    file(script, language, invocation.name, &run)
  }

  static func file(_ path: ShellValue, _ language: CodeLanguage, _ program: String, _ run: inout ShellRun) {
    guard let code = run.written(path) else { return }
    read(code, language, program, &run)
  }

  /// The effects of a program's text.
  static func read(_ code: ShellValue, _ language: CodeLanguage, _ program: String, _ run: inout ShellRun) {
    guard run.spend(code.bytes.count) else { return }
    let text = code.marked
    let scanner = CodeScanner(text, language)
    let place = scanner.literals.lazy.compactMap { ConnectionText.uri($0.text) }.first ?? keywords(scanner.literals)
    var target = place ?? EffectTarget()
    target.values = CodeValues.all(in: scanner)
    // Drivers and mappers send statements of their own: BEGIN, questions of the version, all that is computed.
    if place != nil || connects(scanner.literals) || mentions(text) {
      run.expect(.connection, program, program: program, target, isWritten: code.isWritten)
    }
    for (index, literal) in scanner.literals.enumerated() {
      // What stands within a block may run many times or never.
      let isInner = literal.indentation > 0
      if isInner {
        run.watch?.doubts += 1
        run.watch?.repeats += 1
      }
      defer {
        if isInner {
          run.watch?.doubts -= 1
          run.watch?.repeats -= 1
        }
      }
      if let sql = statement(literal, &run) {
        run.expectSQL(sql, program: program, target, isWritten: code.isWritten)
      } else if let (method, url) = CodeRequests.request(
        literal, behind: index > 0 ? scanner.literals[index - 1] : nil, in: scanner.text)
      {
        if let effect = HTTPEffects.effect(method, url, program) { run.expect(effect, isWritten: code.isWritten) }
      } else if isShell(literal) {
        let outer = run.watch?.evidence
        if code.isWritten, outer == .argument { run.watch?.evidence = .writtenFile }
        run.apart { _ = $0.run(text: ShellValue(marked: literal.text)) }
        if let outer { run.watch?.evidence = outer }
      }
    }
  }

  // MARK: Statements

  private static let runners: Set<String> = [
    "execute", "executemany", "executescript", "execute_values", "execute_batch", "query", "text", "sql", "raw",
    "prepare",
    "fetch", "fetchrow", "fetchval", "fetch_all", "fetch_one", "fetchone", "fetchall", "copy", "copy_expert", "mogrify",
    "read_sql", "read_sql_query", "read_sql_table", "exec", "exec_driver_sql", "exec_query", "execute_sql",
    "executesql",
    "queryrow", "querycontext", "execcontext", "queryrowcontext", "unsafe", "$queryrawunsafe", "$executerawunsafe",
    "queryrawunsafe", "executerawunsafe", "$queryraw", "$executeraw", "queryraw", "executeraw", "select_all",
    "select_one",
    "select_value", "exec_params", "async_exec", "find_by_sql", "runsql", "run_sql", "scalar", "scalars", "cursor",
    "oneornone",
    "one", "many", "any", "none", "manyornone", "ddl", "pg_query", "pg_query_params", "iterate", "stream", "addsql",
  ]
  /// Calls whose texts are for people.
  private static let talking: Set<String> = [
    "print", "println", "log", "info", "warn", "warning", "error", "debug", "exception", "puts", "echo", "write",
    "input", "prompt",
    "describe", "it", "test", "raise", "throw", "add_argument", "help", "printf", "println!", "fail", "assert",
    "option",
  ]
  private static let names: Set<String> = [
    "sql", "query", "stmt", "statement", "q", "ddl", "cmd", "command", "insert", "update", "delete", "select", "create",
    "migration", "schema", "upsert", "queries", "statements", "sqls",
  ]
  private static let verbs: Set<String> = [
    "select", "insert", "update", "delete", "create", "alter", "drop", "truncate", "with", "merge", "grant", "revoke",
    "copy",
    "begin", "commit", "rollback", "call", "do", "explain", "vacuum", "analyze", "set", "show", "lock", "refresh",
    "comment",
    "declare", "listen", "notify", "reindex", "cluster", "table", "values", "savepoint", "reset", "prepare",
    "deallocate",
    "start", "end", "release",
  ]

  /// The statement that a literal is, drivers' parameters as marks; nil for other texts.
  static func statement(_ literal: CodeLiteral, _ run: inout ShellRun) -> String? {
    let context = literal.context.lowercased()
    let isGiven = !literal.isAssigned && runners.contains(context) && literal.argument <= 1
    if talking.contains(context) { return nil }
    let isNamed =
      literal.isAssigned
      && names.contains { context == $0 || context.hasSuffix("_\($0)") || context.hasPrefix("\($0)_") }
    return statement(literal.text, isTold: isGiven || isNamed, &run.sql)
  }

  /// With `isTold` its place says that it is SQL, otherwise its words have to.
  static func statement(_ text: String, isTold: Bool, _ sql: inout SQLClassifier) -> String? {
    guard text.utf8.count >= 4, text.utf8.count <= EffectText.sizeLimit, let first = firstWord(text),
      verbs.contains(first)
    else { return nil }
    let statement = CodeText.parameters(text)
    if !isTold {
      var words: [[String]] = []
      words = SQLShape.words(of: statement)
      guard words.contains(where: isTelling) else { return nil }
    }
    // Values may stand where the marks are; what does not parse with values in it may hold names or more.
    var plain = ""
    for scalar in statement.unicodeScalars {
      if EffectText.isMark(scalar) { plain += "a1" } else { plain.unicodeScalars.append(scalar) }
    }
    var context = SQLContext()
    let found = sql.classify(plain, in: &context)
    guard !found.isEmpty else { return nil }
    let isRead = found.allSatisfy { $0.classification.fingerprint != nil }
    guard
      isRead || EffectText.hasMark(statement) && (isTold || SQLShape.words(of: statement).contains(where: isTelling))
    else {
      return nil
    }
    return statement
  }

  private static func firstWord(_ text: String) -> String? {
    let bytes = Array(text.utf8.prefix(4096))
    var index = 0
    while index < bytes.count {
      if let end = SQLTokens.comment(bytes, at: index) {
        index = end
      } else if Byte.isNameStart(bytes[index]) {
        break
      } else if bytes[index] == 0x20 || (9...13).contains(bytes[index]) || bytes[index] == Byte.open {
        index += 1
      } else {
        return nil
      }
    }
    guard index < bytes.count else { return nil }
    return String(decoding: bytes[index...].prefix(while: Byte.isName), as: UTF8.self).lowercased()
  }

  /// Words that no sentence begins with in that order.
  private static func isTelling(_ words: [String]) -> Bool {
    guard let first = words.first else { return false }
    let second = words.dropFirst().first ?? ""
    switch first {
    case "select", "with": return words.contains("from") || words.contains("select") && first == "with"
    case "insert": return second == "into" && words.contains { ["values", "select", "default"].contains($0) }
    case "update": return words.contains("set")
    case "delete": return second == "from"
    case "create", "alter", "drop":
      return [
        "table", "index", "unique", "view", "materialized", "sequence", "schema", "database", "role", "user", "type",
        "function",
        "procedure", "trigger", "extension", "or", "temp", "temporary", "policy", "domain", "publication",
        "subscription",
      ].contains(second)
    case "truncate": return second == "table"
    case "grant", "revoke": return words.contains("on") || words.contains("to") || words.contains("from")
    case "copy": return words.contains("from") || words.contains("to")
    case "explain": return words.contains("select") || words.contains("update") || words.contains("delete")
    case "refresh": return second == "materialized"
    default: return false
    }
  }

  // MARK: Connections

  /// `connect(host="db", dbname="shop")`, `connect("host=db dbname=shop")`
  private static func keywords(_ literals: [CodeLiteral]) -> EffectTarget? {
    let connectors: Set<String> = [
      "connect", "create_engine", "create_pool", "pool", "client", "open", "connection", "create_async_engine",
    ]
    var target = EffectTarget()
    var isOne = false
    for literal in literals {
      if connectors.contains(literal.context.lowercased()), let parts = ConnectionText.read(literal.text) {
        return parts
      }
      guard literal.isAssigned, connectors.contains(literal.receiver.lowercased()) else { continue }
      isOne = true
      switch literal.context {
      case "host": target.host = EffectText.known(literal.text)
      case "port": target.port = UInt16(literal.text)
      case "user": target.user = EffectText.known(literal.text)
      case "dbname", "database": target.database = EffectText.known(literal.text)
      default: continue
      }
    }
    return isOne ? target : nil
  }

  private static func connects(_ literals: [CodeLiteral]) -> Bool {
    literals.contains { ["create_engine", "create_async_engine", "create_pool"].contains($0.context) }
  }

  private static let drivers = [
    "import psycopg", "import asyncpg", "from sqlalchemy", "import sqlalchemy", "from psycopg", "require('pg')",
    "require(\"pg\")",
    "from 'pg'", "from \"pg\"", "PrismaClient", "import pg8000", "from asyncpg", "require 'pg'", "jackc/pgx", "lib/pq",
  ]

  private static func mentions(_ text: String) -> Bool {
    let bytes = Array(text.utf8.prefix(CodeScanner.sizeLimit))
    return drivers.contains { TextPattern.end(of: Array($0.utf8), in: bytes[...]) != nil }
  }

  private static func isShell(_ literal: CodeLiteral) -> Bool {
    guard !literal.isAssigned, literal.argument == 0, literal.text.contains(" ") else { return false }
    switch literal.context {
    case "system", "popen", "getoutput", "check_output", "check_call", "Popen", "execSync", "exec", "spawnSync",
      "getstatusoutput",
      "create_subprocess_shell":
      return true
    case "run", "call": return literal.receiver == "subprocess"
    default: return false
    }
  }
}
