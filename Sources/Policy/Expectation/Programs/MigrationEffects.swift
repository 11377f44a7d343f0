import Model

/// Tools that bring a database's schema forward: what they send is in files.
enum MigrationEffects {
  static let all: [(String, EffectPrograms.Read)] = [
    (
      "alembic flyway liquibase dbmate goose sqlx diesel atlas prisma drizzle-kit knex sequelize sequelize-cli typeorm migrate "
        + "rails rake django-admin artisan hasura sqitch yoyo aerich mikro-orm node-pg-migrate tern refinery bytebase graphile-migrate",
      { _ = isMigration($0, &$1) }
    )
  ]

  /// By name, the subcommands that touch the database; none means all but questions of the program itself.
  private static let tools: [String: Set<String>] = [
    "alembic": ["upgrade", "downgrade", "current", "stamp", "check", "revision"],
    "flyway": ["migrate", "info", "validate", "baseline", "repair", "clean", "undo"],
    "liquibase": [
      "update", "rollback", "status", "tag", "dropall", "update-count", "rollback-count", "validate", "diff",
    ],
    "dbmate": ["up", "down", "create", "drop", "migrate", "rollback", "status", "dump", "wait", "load"],
    "goose": ["up", "up-by-one", "up-to", "down", "down-to", "redo", "reset", "status", "version", "postgres"],
    "sqlx": ["migrate", "database", "mig", "db"], "diesel": ["migration", "setup", "database", "print-schema"],
    "atlas": ["migrate", "schema"], "prisma": ["migrate", "db"],
    "drizzle-kit": ["push", "migrate", "introspect", "pull"],
    "knex": ["migrate:latest", "migrate:up", "migrate:down", "migrate:rollback", "migrate:status", "seed:run"],
    "sequelize": [
      "db:migrate", "db:migrate:undo", "db:migrate:status", "db:create", "db:drop", "db:seed:all", "db:seed",
    ],
    "sequelize-cli": [
      "db:migrate", "db:migrate:undo", "db:migrate:status", "db:create", "db:drop", "db:seed:all", "db:seed",
    ],
    "typeorm": ["migration:run", "migration:revert", "migration:show", "schema:sync", "schema:drop", "query"],
    "typeorm-ts-node-commonjs": ["migration:run", "migration:revert", "migration:show", "schema:sync", "query"],
    "migrate": ["up", "down", "goto", "force", "version", "drop"],
    "artisan": [
      "migrate", "migrate:fresh", "migrate:rollback", "migrate:status", "db:seed", "migrate:refresh", "tinker",
    ],
    "hasura": ["migrate", "metadata", "seed"], "sqitch": ["deploy", "revert", "verify", "status"],
    "yoyo": ["apply", "rollback", "reapply", "list"], "aerich": ["upgrade", "downgrade", "init-db"],
    "node-pg-migrate": ["up", "down", "redo"], "tern": ["migrate", "status"],
    "graphile-migrate": ["migrate", "watch", "commit", "reset"],
    "django": [
      "migrate", "sqlflush", "flush", "loaddata", "dumpdata", "showmigrations", "dbshell", "test", "createsuperuser",
      "inspectdb",
    ],
  ]

  /// Those that only look at the database, or undo.
  private static let withoutFiles: Set<String> = [
    "current", "info", "status", "validate", "version", "showmigrations", "check", "migrate:status",
    "db:migrate:status", "inspectdb",
    "dumpdata", "dump", "print-schema", "introspect", "pull", "migration:show", "list", "diff", "db:create", "db:drop",
  ]

  /// Whether a line of words is a migration tool's; its effects are then taken down.
  static func isMigration(_ invocation: ShellInvocation, _ run: inout ShellRun) -> Bool {
    let words = invocation.words.prefix(32).map(\.text)
    guard let (tool, command) = find(words, invocation.name) else { return false }
    var target = EffectTarget()
    for (index, word) in invocation.words.enumerated().prefix(64) {
      let text = word.marked
      let own = text.firstIndex(of: "=").map { String(text[text.index(after: $0)...]) }
      if let found = ConnectionText.uri(text) ?? own.flatMap(ConnectionText.uri) { target = found }
      _ = index
    }
    if target == EffectTarget(), let url = run.variables["DATABASE_URL"], let found = ConnectionText.uri(url.marked) {
      target = found
    }
    run.expect(.connection, tool, program: tool, target)
    guard !withoutFiles.contains(command) else { return true }
    written(tool, target, &run)
    return true
  }

  private static func find(_ words: [String], _ name: String) -> (tool: String, command: String)? {
    // `python manage.py migrate`, `npx prisma migrate deploy`, `bundle exec rails db:migrate`
    for (index, word) in words.enumerated() {
      let base = word.split(separator: "/").last.map(String.init) ?? word
      let rest = words.dropFirst(index + 1).filter { !$0.hasPrefix("-") }
      if base == "manage.py" || base == "django-admin" {
        guard let first = rest.first, tools["django"]?.contains(first) == true else { return nil }
        return ("django", first)
      }
      if base == "rails" || base == "rake" {
        guard let first = rest.first, first.hasPrefix("db:") || first == "dbconsole" || first == "runner" else {
          return nil
        }
        return ("rails", first)
      }
      if let commands = tools[base], index == 0 || isRunner(name) {
        guard let first = rest.first(where: { commands.contains($0.lowercased()) }) else { return nil }
        return (base, first.lowercased())
      }
      if base == "mix", rest.first?.hasPrefix("ecto.") == true { return ("ecto", rest.first ?? "") }
      if index > 6 { break }
    }
    return nil
  }

  private static func isRunner(_ name: String) -> Bool {
    [
      "npx", "bunx", "pnpx", "npm", "pnpm", "yarn", "bun", "uv", "poetry", "pipenv", "bundle", "python", "python3",
      "php", "deno", "node", "cargo",
    ]
    .contains(name)
  }

  // MARK: Files of the conversation

  private static let folders: Set<String> = [
    "migrations", "migration", "migrate", "versions", "alembic", "changelog", "changelogs", "sql", "drizzle", "deploy",
    "revert",
  ]

  /// What migration files hold that the conversation wrote.
  private static func written(_ tool: String, _ target: EffectTarget, _ run: inout ShellRun) {
    guard let watch = run.watch else { return }
    let paths = watch.files.files.filter { entry in
      entry.key.split(separator: "/").dropLast().contains { folders.contains($0.lowercased()) }
    }.keys.sorted()
    for path in paths.prefix(256) {
      guard let file = watch.files.files[path], run.spend(file.text.utf8.count) else { continue }
      let isWritten = file.call < watch.call
      if path.hasSuffix(".sql") {
        for part in parts(file.text, path) {
          if part.isUndoing { run.watch?.doubts += 1 }
          for item in PsqlScript(part.text, variables: [:]).whole {
            run.expectSQL(item, program: tool, target, isWritten: isWritten)
          }
          if part.isUndoing { run.watch?.doubts -= 1 }
        }
      } else if let language = CodeLanguage(fileName: path) {
        let scanner = CodeScanner(file.text, language)
        run.doubtful { run in
          for literal in scanner.literals {
            if let sql = CodeEffects.statement(literal, &run) {
              run.expectSQL(sql, program: tool, target, isWritten: isWritten)
            }
          }
          if tool == "alembic" || language == .python {
            for text in AlembicOperations.statements(scanner.literals) {
              run.expect(.sql, text, program: tool, target, isWritten: isWritten)
            }
          }
        }
      }
    }
  }

  /// The way forward and the way back, where one file holds both.
  private static func parts(_ text: String, _ path: String) -> [(text: String, isUndoing: Bool)] {
    if path.hasSuffix(".down.sql") || path.split(separator: "/").last == "down.sql" || path.contains("/revert/") {
      return [(text, true)]
    }
    var forward = ""
    var back = ""
    var isBack = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let mark = line.lowercased()
      if mark.hasPrefix("--"), mark.contains("migrate:down") || mark.contains("+goose down") || mark.contains("!downs")
      {
        isBack = true
      }
      if mark.hasPrefix("--"), mark.contains("migrate:up") || mark.contains("+goose up") || mark.contains("!ups") {
        isBack = false
      }
      if isBack { back += line + "\n" } else { forward += line + "\n" }
    }
    return [(forward, false), (back, true)]
  }
}

extension PsqlScript {
  /// The statements alone.
  var whole: [String] {
    items.compactMap { if case .query(let text, _) = $0 { text } else { nil } } + (pending.isEmpty ? [] : [pending])
  }
}
