import Bytes
import Model

/// Clients of databases: what they send is judged as what it is.
enum DatabasePrograms {
  private static let psql: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking:
        "c d f F h L o p P R T U v command dbname file field-separator host log-file output port pset record-separator table-attr username set variable"
    )
    var judgement = ShellJudgement("psql", .session)
    let texts = arguments.values("-c", "--command")
    let database = (arguments.value("-d", "--dbname") ?? arguments.operands.first)?.text
    if let database {
      judgement.add("use", "database", database.contains("://") ? WebAddress.shown(database) : database)
    }
    if arguments.has("-l", "--list") { judgement.effect = .read }
    for text in texts { run.statements(text, program: "psql", &judgement) }
    for file in arguments.values("-f", "--file") where file.text != "-" {
      judgement.raise(.unknown)
      judgement.add("execute", "file", run.path(file))
      judgement.note("the statements are in a file")
    }
    let readsInput =
      texts.isEmpty && !arguments.has("-l", "--list") && arguments.values("-f", "--file").allSatisfy { $0.text == "-" }
    if readsInput { run.statementsFromInput(invocation.input, program: "psql", &judgement) }
    if let file = arguments.value("-o", "--output", "-L") {
      judgement.raise(.write)
      judgement.add("write", "file", run.path(file))
    }
    return judgement
  }

  /// Clients whose statements stand in an option.
  private static func client(_ names: String, text: String, taking: String, operandsAreText: Int? = nil) -> ShellProgram
  {
    let options = Set(text.split(separator: " ").map(String.init))
    let taking = taking + " " + options.map { String($0.drop { $0 == "-" }) }.sorted().joined(separator: " ")
    return ShellProgram(names) { invocation, run in
      let arguments = ShellArguments(invocation.arguments, taking: taking)
      var judgement = ShellJudgement(invocation.name, .session)
      var texts = arguments.options.filter { options.contains($0.name) }.compactMap(\.value)
      var operands = arguments.operands[...]
      if let count = operandsAreText {
        texts += operands.dropFirst(count)
        operands = operands.prefix(count)
      }
      for value in operands {
        judgement.add(
          "use", operandsAreText == nil || invocation.name.hasPrefix("my") ? "database" : "file",
          operandsAreText == nil ? value.text : run.path(value))
      }
      for text in texts { run.statements(text, program: invocation.name, &judgement) }
      if texts.isEmpty { run.statementsFromInput(invocation.input, program: invocation.name, &judgement) }
      return judgement
    }
  }

  private static let redis: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments, taking: "h p s a u n r i d x-x user pass cacert cert key pattern", stops: true)
    var judgement = ShellJudgement("redis-cli", .session)
    guard let first = arguments.operands.first else {
      if arguments.has("--scan", "--stat", "--bigkeys", "--latency", "--memkeys", "--hotkeys") {
        judgement.effect = .read
      } else {
        judgement.effect = .unknown
        judgement.note("what was typed is not in the command line")
      }
      return judgement
    }
    let name = first.text.uppercased()
    judgement.verb = "redis-cli \(name)"
    let key = arguments.operands.dropFirst().first?.text ?? "*"
    switch name {
    case "GET", "MGET", "HGET", "HGETALL", "HMGET", "HKEYS", "HVALS", "HLEN", "KEYS", "SCAN", "HSCAN", "SSCAN", "ZSCAN",
      "TTL", "PTTL", "TYPE", "EXISTS", "STRLEN", "LRANGE", "LLEN", "LINDEX", "SMEMBERS",
      "SCARD", "SISMEMBER", "ZRANGE", "ZSCORE", "ZCARD", "ZRANGEBYSCORE", "ZREVRANGE", "XRANGE", "XLEN", "XINFO",
      "XREAD", "INFO", "DBSIZE", "PING", "MEMORY", "OBJECT", "TIME", "ECHO", "GETRANGE", "MONITOR", "SLOWLOG",
      "BITCOUNT", "PFCOUNT", "RANDOMKEY", "DUMP":
      judgement.effect = .read
      if name != "INFO", name != "PING" { judgement.add("read", "key", key) }
    case "SELECT", "AUTH", "HELLO", "CLIENT", "SUBSCRIBE", "PSUBSCRIBE", "QUIT": judgement.effect = .session
    case "ACL": judgement.effect = .privilege
    case "CONFIG", "DEBUG", "MODULE", "REPLICAOF", "SLAVEOF", "SHUTDOWN", "FAILOVER", "CLUSTER", "SCRIPT", "BGSAVE",
      "SAVE":
      judgement.effect =
        name == "CONFIG" && key.uppercased() == "GET"
          || name == "CLUSTER" && ["INFO", "NODES", "SLOTS"].contains(key.uppercased()) ? .read : .execute
    case "EVAL", "EVALSHA", "FCALL": judgement.effect = .unknown
    default:
      judgement.effect = .write
      if name == "FLUSHALL" || name == "FLUSHDB" {
        judgement.isUnfiltered = true
        judgement.add("truncate", "database", "redis")
      } else {
        judgement.add(name == "DEL" || name == "UNLINK" ? "drop" : "write", "key", key)
      }
    }
    if name == "AUTH", let secret = arguments.operands.last { run.hide(secret) }
    return judgement
  }

  private static let mongo: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments, taking: "eval host port u username p password authenticationDatabase f file")
    var judgement = ShellJudgement(invocation.name, .unknown)
    for value in arguments.operands.prefix(1) {
      judgement.add("use", "database", value.text.contains("://") ? WebAddress.shown(value.text) : value.text)
    }
    judgement.note("JavaScript is not judged")
    return judgement
  }

  static let all: [ShellProgram] = [
    ShellProgram("psql pgcli cockroach", psql),
    client(
      "mysql mariadb mycli", text: "-e --execute",
      taking: "u h P D S user host port database socket default-character-set defaults-file"),
    client("sqlite3 sqlite litecli", text: "-cmd", taking: "separator newline nullvalue init", operandsAreText: 1),
    client("duckdb", text: "-c -cmd", taking: "separator init f", operandsAreText: 1),
    client(
      "clickhouse-client snowsql sqlcmd trino presto bq-query cqlsh osqueryi", text: "-q -Q --query -e --execute",
      taking: "h host port u user d database S P U password"),
    ShellProgram("redis-cli valkey-cli", redis),
    ShellProgram("mongo mongosh", mongo),
    ShellProgram(
      "pg_dump pg_dumpall mysqldump mariadb-dump mongodump mongoexport", .read, .none,
      taking: "h p U d t n F j host port username dbname u P", writing: "-f --file -o --out -r",
      note: "reads everything"),
    ShellProgram(
      "pg_restore mongorestore mongoimport mysqlimport pgloader", .write, .none,
      taking: "d h p U j host port username dbname u", note: "writes what a file holds"),
    ShellProgram(
      "createdb dropdb createuser dropuser", .schema, .all("alter", "database"),
      taking: "h p U O T E host port username owner"),
    ShellProgram("pg_isready mysqladmin pg_config pg_lsclusters", .read).judgingWords(
      "create drop shutdown password flush-privileges", .privilege, nil),
    ShellProgram(
      "vacuumdb reindexdb clusterdb pg_ctl initdb pg_basebackup pg_ctlcluster mysqld mysqld_safe redis-server mongod postgres influxd",
      .execute, note: "a server or its upkeep"),
    ShellProgram(
      "prisma drizzle-kit knex sequelize typeorm alembic flyway liquibase dbmate goose-migrate sqlx diesel atlas",
      .schema, .none, note: "migrations"
    ).judgingQuestions,
  ]
}

extension ShellProgram {
  /// Migrations that only say where they are.
  fileprivate var judgingQuestions: ShellProgram {
    let judge = self.judge
    return ShellProgram(names) { invocation, run in
      var judgement = judge(invocation, &run)
      let words = Set(invocation.arguments.map(\.text))
      if !words.isDisjoint(with: [
        "status", "history", "current", "validate", "info", "check", "heads", "show", "migrate:status",
      ]) {
        judgement.effect = .read
      }
      if !words.isDisjoint(with: ["generate", "format", "init"]) { judgement.effect = .write }
      return judgement
    }
  }
}

extension ShellRun {
  /// Judges statements as those of a connection are, and takes over what they do.
  mutating func statements(_ text: ShellValue, program: String, _ judgement: inout ShellJudgement) {
    guard text.isKnown || !text.bytes.isEmpty, spend(text.bytes.count) else { return }
    var plain = text.text
    let first = plain.drop { $0.isWhitespace }
    if program == "psql", plain.contains("\\") { plain = meta(text, &judgement) }
    if program.hasPrefix("sqlite") || program == "litecli", first.hasPrefix(".") {
      return dots(String(first), &judgement)
    }
    var context = SQLContext()
    let statements =
      judgesStatements ? sql.classify(plain, in: &context) : sql.statements(unjudged: plain)
    var parts: [StatementPart] = []
    for statement in statements.prefix(ShellLimits.commands) {
      for range in statement.redactions {
        // psql's own commands were taken out of what is judged: places differ.
        guard plain != text.text else { hide(text.part(range)); continue }
        let whole = text.text
        guard let found = whole.firstRange(of: plain.utf8Part(range)) else { continue }
        let start = whole.utf8.distance(from: whole.startIndex, to: found.lowerBound)
        hide(text.part(start..<start + range.count))
      }
      var masked = mask.text(plain.utf8Part(statement.range))
      for range in statement.redactions {
        masked = masked.replacing(plain.utf8Part(range), with: SecretMask.replacement)
      }
      var classification = statement.classification
      if !text.isKnown {
        classification.note = [classification.note, "parts of the statement are put together when it runs"].compactMap(
          \.self
        ).joined(separator: "; ")
        if classification.effect == .read { classification.effect = .unknown }
      }
      parts.append(StatementPart(text: masked, classification: classification))
      if classification.effect.weight > judgement.effect.weight || parts.count == 1 && judgement.verb == program {
        judgement.verb = "\(program) \(classification.verb)"
      }
      judgement.raise(classification.effect)
      judgement.isUnfiltered = judgement.isUnfiltered || classification.isUnfiltered
      for resource in classification.resources { judgement.add(resource.access, resource.kind, resource.name) }
      if let note = classification.note { judgement.note(note) }
    }
    if program != "psql", program != "aws", !parts.isEmpty { judgement.note("judged by PostgreSQL's grammar") }
    if case .sql(_, let before) = judgement.nested { parts = before + parts }
    if !parts.isEmpty { judgement.nested = .sql(program: program, parts) }
  }

  mutating func statementsFromInput(_ input: ShellOutput, program: String, _ judgement: inout ShellJudgement) {
    if let value = input.value, value.isKnown {
      statements(value, program: program, &judgement)
    } else {
      judgement.raise(.unknown)
      judgement.note("the statements are not in the command line")
    }
  }

  /// psql's own commands, which begin with a backslash; the text without them.
  private mutating func meta(_ text: ShellValue, _ judgement: inout ShellJudgement) -> String {
    let input = PsqlInput(text.text)
    for command in input.commands.prefix(ShellLimits.commands) {
      let entry = PsqlCommand.entry(command.name)
      for program in command.programs {
        _ = run(text: ShellValue(program))
        judgement.raise(.execute)
      }
      if case .shell? = entry?.object {
        _ = run(text: ShellValue(command.arguments))
        judgement.raise(.execute)
        continue
      }
      judgement.raise(command.arguments.isEmpty ? entry?.bare ?? entry?.effect ?? .unknown : entry?.effect ?? .unknown)
      if entry?.effect.isChange != false { judgement.note("\\\(command.name.prefix(40)) of psql") }
    }
    return input.statements
  }

  /// sqlite3's own commands, which begin with a dot.
  private mutating func dots(_ text: String, _ judgement: inout ShellJudgement) {
    for line in text.split(separator: "\n") where line.hasPrefix(".") {
      switch line.prefix(while: { !$0.isWhitespace }) {
      case ".tables", ".schema", ".databases", ".dump", ".indexes", ".indices", ".fullschema", ".show", ".stats",
        ".dbinfo", ".help":
        judgement.raise(.read)
      case ".mode", ".headers", ".header", ".width", ".timer", ".nullvalue", ".separator", ".quit", ".exit", ".echo",
        ".bail", ".changes", ".timeout":
        judgement.raise(.session)
      case ".shell", ".system": judgement.raise(.execute)
      default:
        judgement.raise(.unknown)
        judgement.note("\(line.prefix { !$0.isWhitespace }) of sqlite3")
      }
    }
  }
}
