import Foundation
import Model
import TestKit
import Testing

@testable import Replay

/// The session of a test, which grows by a statement at a time.
private struct Script {
  let story = MemoryCase("test")
  private(set) var session: SessionScript
  private var seconds = 0.0

  init() {
    session = SessionScript(
      story,
      Session(
        id: "ses-1", protocolName: "postgres", client: "10.0.0.1:1", server: "10.0.0.2:5432",
        user: "u\u{1b}[0m\n\\! id",
        target: "scratch", startedAt: ContractorStory.at(0), endedAt: ContractorStory.at(100)))
  }

  @discardableResult
  mutating func run(
    _ text: String, _ verb: String? = nil, _ effect: Effect = .write, kind: String = "sql",
    status: Action.Status = .ok, message: String? = nil, rows: Int? = nil, parameters: String? = nil,
    transaction: Action.Transaction? = .committed, isInferred: Bool = false, isSameRequest: Bool = false,
    request: StoredPayload? = nil
  ) -> Action {
    if !isSameRequest { seconds += 1 }
    let first = text.split(whereSeparator: \.isWhitespace).first.map { $0.uppercased() } ?? ""
    return session.act(
      ContractorStory.at(seconds), verb ?? first, text, effect, kind: kind, status: status, message: message,
      rows: rows, parameters: parameters, transaction: transaction, isInferred: isInferred,
      isSameRequest: isSameRequest, request: request)
  }

  func export() throws -> String {
    var text = ""
    let session = try #require(story.sessions().first)
    try SQLExport().export(session, from: story) { text += $0 }
    return text
  }
}

struct SQLExportTests {
  @Test(.enabled(if: ScratchPostgres.isPresent, "PostgreSQL's server programs are not here"))
  func `a real server ends up with what the session had left`() throws {
    let server = try ScratchPostgres()
    let marker = server.folder.appending(path: "owned").path
    var script = Script()
    script.run("CREATE TABLE t (id int primary key, a text, b text)", "CREATE TABLE", .schema)
    script.run("INSERT INTO t VALUES (1, 'it''s; \\! touch \(marker)', E'\\'\\n') -- ; \\q")
    // Parameters of every shape, as PREPARE and EXECUTE.
    script.run(
      "INSERT INTO t VALUES ($1, $2, $3);", "INSERT",
      parameters: #"["2","O'Brien \\ :USER :'HOME' ${x}\n\\! touch \#(marker)",null]"#)
    script.run("UPDATE t SET b = $1 WHERE id = ANY ($2)", "UPDATE", parameters: #"["日本 \u0007","{1,2}"]"#)
    script.run("CREATE PROCEDURE p(x int, y text) LANGUAGE sql AS $$ INSERT INTO t VALUES (x, y, ';') $$", "CREATE")
    script.run("CALL p($1, $2)", "CALL", parameters: #"["3","c\\d"]"#)
    // A body that holds semicolons outside of quotes.
    script.run("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 4; END", "CREATE FUNCTION", .schema)
    script.run("INSERT INTO t SELECT f(), 'atomic', a[1:2]::text FROM (SELECT ARRAY[1,2,3] AS a) x", "INSERT")
    // A transaction that was rolled back, and one that a failure ended.
    script.run("BEGIN", "BEGIN", .session, transaction: .rolledBack)
    script.run("INSERT INTO t VALUES (10, 'undone')", transaction: .rolledBack)
    script.run("ROLLBACK", "ROLLBACK", .session, transaction: .rolledBack)
    script.run("BEGIN", "BEGIN", .session, transaction: .rolledBack)
    script.run("INSERT INTO t VALUES (11, 'undone')", transaction: .rolledBack)
    script.run("INSERT INTO t VALUES (1, 'twice')", status: .error, message: "ERROR: twice", transaction: .rolledBack)
    script.run("COMMIT", "COMMIT", .session, transaction: .rolledBack)
    // The same with a COPY whose data cannot go into the script.
    script.run("BEGIN", "BEGIN", .session, transaction: .rolledBack)
    script.run("INSERT INTO t VALUES (12, 'undone')", transaction: .rolledBack)
    script.run(
      "COPY t FROM STDIN", kind: "copy", status: .error, message: "ERROR: twice", transaction: .rolledBack,
      request: .text("1\tx\ty\n\\! touch \(marker)\n"))
    script.run("COMMIT", "COMMIT", .session, transaction: .rolledBack)
    // One request of several statements: the last one fails, and all of it is undone.
    let whole = "INSERT INTO t VALUES (20, 'undone');\nINSERT INTO t VALUES (1, 'twice') ; SELECT 1"
    script.run("INSERT INTO t VALUES (20, 'undone')", transaction: .rolledBack, request: .text(whole))
    script.run(
      "INSERT INTO t VALUES (1, 'twice')", status: .error, message: "ERROR: twice", transaction: .rolledBack,
      isSameRequest: true)
    script.run(
      "SELECT 1", "SELECT", .read, status: .error, message: "not run: an earlier statement of the same request failed",
      transaction: .notRun, isSameRequest: true)
    script.run(
      "INSERT INTO t VALUES (21, 'several')", request: .text("INSERT INTO t VALUES (21, 'several'); SELECT 2"))
    script.run("SELECT 2", "SELECT", .read, isSameRequest: true)
    // A pipeline: an error undid what came before it in the same implicit transaction.
    script.run("INSERT INTO t VALUES ($1, 'undone')", parameters: "[\"30\"]", transaction: .rolledBack)
    script.run("INSERT INTO t VALUES (1, 'twice')", status: .error, message: "ERROR: twice", transaction: .rolledBack)
    // COPY with data that reads like statements and commands.
    script.run(
      "COPY t FROM STDIN;", kind: "copy", rows: 2,
      request: .text("40\t\\\\! touch \(marker)\tDROP TABLE t;\n41\t\\N\ttab\\there\n"))
    script.run(
      "COPY t (id, a) FROM stdin (FORMAT csv)", kind: "copy", rows: 1, request: .text("42,\"x\n\\! id\"\n\\.\n"))
    script.run("COPY t FROM STDIN", kind: "copy", rows: 0)
    // Settings that change how a script is read.
    script.run("SET client_encoding TO 'LATIN1'", "SET", .session)
    script.run("INSERT INTO t VALUES (50, 'Grüße')")
    script.run("DISCARD ALL", "DISCARD", .session)
    script.run("SET standard_conforming_strings = off", "SET", .session)
    script.run("INSERT INTO t VALUES (51, 'plain')")
    script.run("INSERT INTO t VALUES (52, 'b\\'; \\! touch \(marker)')")
    script.run("INSERT INTO t VALUES ($1, $2)", parameters: #"["53","back\\slash"]"#)
    // What must not or cannot run.
    script.run("ALTER ROLE postgres PASSWORD [redacted]", "ALTER ROLE", .privilege)
    script.run("INSERT INTO t VALUES (60, 'inferred')", isInferred: true)
    script.run("INSERT INTO t VALUES (61, 'cut", status: .error, message: "ERROR: unterminated")
    script.run("INSERT INTO t VALUES (62, 'x') \\! touch \(marker)", status: .error, message: "ERROR: syntax error")
    script.run("INSERT INTO t VALUES (63, 'lost')", status: .incomplete, transaction: .undecided)
    script.run("SELECT (1", "SELECT", .read, status: .error, message: "ERROR: syntax error")
    script.run("INSERT INTO t VALUES (70, 'last')")
    // The capture ends inside of a transaction.
    script.run("BEGIN", "BEGIN", .session, transaction: .undecided)
    script.run("INSERT INTO t VALUES (80, 'open')", transaction: .undecided)

    let text = try script.export()
    let output = try server.run(script: text)
    #expect(output.status == 0, "\(output.errors)")
    let rows = try server.query("SELECT id, a, b FROM t ORDER BY id")
    let expected = [
      "1|it's; \\! touch \(marker)|日本 \u{7}", "2|O'Brien \\ :USER :'HOME' ${x}", "\\! touch \(marker)|日本 \u{7}",
      "3|c\\d|;", "4|atomic|{1,2}", "21|several|", "40|\\! touch \(marker)|DROP TABLE t;", "41||tab\there", "42|x",
      "\\! id|", "50|Grüße|", "51|plain|", "53|back\\slash|", "70|last|",
    ]
    #expect(rows == expected)
    #expect(!FileManager.default.fileExists(atPath: marker))
    #expect(text.contains("-- left out: a secret in it is redacted"))
    #expect(text.contains("-- left out: what became of it was not captured"))
    #expect(text.contains("-- left out: a later error in the same request undid it"))
    #expect(text.contains("-- left out: psql would take a part of it for a command of its own"))
    #expect(text.contains("-- left out: where its strings end depends on a setting that was changed before"))
    #expect(text.contains("-- A transaction is open here"))
  }

  @Test(.enabled(if: ScratchPostgres.isPresent, "PostgreSQL's server programs are not here"))
  func `the data of a COPY that fails is never run`() throws {
    let server = try ScratchPostgres()
    let marker = server.folder.appending(path: "owned").path
    var script = Script()
    script.run("CREATE TABLE witness (a int)", "CREATE TABLE", .schema)
    script.run(
      "COPY missing FROM STDIN", kind: "copy", rows: 2,
      request: .text("DROP TABLE witness;\n\\! touch \(marker)\nINSERT INTO witness VALUES (1);\n"))
    let output = try server.run(script: try script.export())
    #expect(output.status == 3)
    #expect(try server.query("SELECT count(*) FROM witness") == ["0"])
    #expect(!FileManager.default.fileExists(atPath: marker))
  }

  @Test(.enabled(if: ScratchPostgres.isPresent, "PostgreSQL's server programs are not here"))
  func `psql sends each statement as it was and nothing else, whatever its quoting`() throws {
    // Another seed looks elsewhere: EXHIBIT_SEED=7 swift test --filter SQLExportTests
    let seed = ProcessInfo.processInfo.environment["EXHIBIT_SEED"].flatMap(UInt64.init) ?? 20_261_121
    var random = SeededGenerator(seed: seed)
    let alphabet = [
      "SELECT", " 1", " a", "e", "E", "$1", "$", "$$", "$t$", "'", "'", "''", "\"", "\\", ":", "::", ":USER", ":'HOME'",
      ":{?x}", ";", ";", "(", ")", "--", "\n", "\n", "/*", "*/", " ", " ", "U&", "x'", "CREATE FUNCTION f()", " BEGIN",
      " END", "é", "\r", "1", "+", "E'\\''", "'a\\'", "\t", "[1:2]", ",", "日", "CASE", "\\;", "\\.", "=", "!",
    ]
    var script = Script()
    var expected: [String] = []
    for _ in 0..<1500 {
      let text = (0..<(1 + Int.random(in: 0..<14, using: &random))).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }.joined()
      script.run(text, "UNKNOWN", .unknown, status: .error, message: "ERROR: syntax error", transaction: nil)
      if (try? PsqlText(text)) != nil { expected.append(text) }
    }
    #expect(expected.count > 300)
    let server = try ScratchPostgres()
    let output = try server.run(script: try script.export())
    #expect(output.status == 0)
    let all = try server.receivedStatements()
    let process = all.first { $0.text.hasPrefix("SET standard_conforming_strings = on") }?.process
    // psql's own: \encoding and the line that we begin with.
    let received = all.filter { $0.process == process }.map(\.text).filter {
      !$0.hasPrefix("SET standard_conforming_strings = on") && !$0.lowercased().hasPrefix("set client_encoding")
    }
    #expect(received.count == expected.count)
    for (got, wanted) in zip(received, expected) where Self.core(got) != Self.core(wanted) {
      Issue.record("seed \(seed): sent \(wanted.debugDescription), received \(got.debugDescription)")
      break
    }
  }

  /// The text without what psql drops in front and adds behind: blanks, comments before the statement, semicolons; and
  /// without empty lines between tokens, which psql passes over.
  private static func core(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let tokens = SQLScanner.tokens(of: bytes)
    let isLight = { (kind: SQLScanner.Kind) in [.blank, .semicolon].contains(kind) }
    guard let first = tokens.firstIndex(where: { !isLight($0.kind) && $0.kind != .lineComment }),
      let last = tokens.lastIndex(where: { !isLight($0.kind) && $0.kind != .lineComment && $0.kind != .blockComment })
    else { return "" }
    guard first <= last else { return "" }
    var out: [UInt8] = []
    for token in tokens[first...last] {
      for byte in bytes[token.range] where !(token.kind == .blank && byte == 0x0A && out.last == 0x0A) {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  @Test func `every comment stays a comment`() throws {
    let story = ContractorStory()
    for session in story.story.sessions() {
      var text = ""
      try SQLExport().export(session, from: story.story) { text += $0 }
      for line in text.split(separator: "\n") where line.hasPrefix("--") {
        #expect(line.unicodeScalars.allSatisfy { !TerminalText.isHidden($0) })
      }
    }
  }

  @Test func `the same session gives the same script`() throws {
    let story = ContractorStory()
    let session = try #require(story.story.session(id: ContractorStory.ci))
    let scripts = try (0..<2).map { _ in
      var text = ""
      try SQLExport().export(session, from: story.story) { text += $0 }
      return text
    }
    #expect(scripts[0] == scripts[1])
    #expect(scripts[0].contains("\nUPDATE customers SET city = upper(city);\n"))
    #expect(scripts[0].contains("\n901\tAda\tada@example.com\n"))
  }
}
