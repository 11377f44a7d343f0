import Bytes
import Model
import TestKit
import Testing

@testable import Policy

@Suite struct PsqlInputTests {
  private func part(_ text: String, into program: String = "psql") -> ActionPart {
    let classifier = RemoteClassifier(secrets: SecretHasher(key: [7]))
    var context = SQLContext()
    return classifier.part(
      typedStatement: text, into: program, at: .epoch, endedAt: nil, confidence: 1, note: "typed", in: &context)
  }

  /// Text, verb, effect and resources.
  static let cases: [(String, String, Effect, [String])] = [
    ("\\q", "\\q", .session, []), ("quit", "\\q", .session, []), (" exit ", "\\q", .session, []),
    ("\\d", "\\d", .read, []), ("\\d+ customers", "\\d+", .read, []), ("\\dt *.*", "\\dt", .read, []),
    ("\\set x `rm y`", "\\set", .write, ["drop file y"]),
    ("\\echo '`rm y`'", "\\echo", .session, []), ("\\dt\\! id", "\\!", .execute, []),
    ("\\dfS+ pg_*", "\\dfS+", .read, []), ("\\l", "\\l", .read, []), ("\\l+", "\\l+", .read, []),
    ("\\sf+ f", "\\sf+", .read, []), ("\\z", "\\z", .read, []), ("\\conninfo", "\\conninfo", .read, []),
    ("\\x", "\\x", .session, []), ("\\timing on", "\\timing", .session, []), ("\\?", "\\?", .session, []),
    ("\\pset null '(\\\\)'", "\\pset", .session, []), ("\\h drop table", "\\h", .session, []),
    ("\\c shop", "\\c", .session, ["use database shop"]), ("\\c - alice", "\\c", .session, []),
    ("\\i fix.sql", "\\i", .execute, ["execute file fix.sql"]),
    ("\\ir '../a b.sql'", "\\ir", .execute, ["execute file ../a b.sql"]),
    ("\\! ls /tmp", "\\!", .execute, ["read file /tmp"]), ("\\! rm x", "\\!", .write, ["drop file x"]),
    ("\\!rm x", "\\!rm", .unknown, []),
    ("\\!", "\\!", .execute, []),
    ("\\copy t from 'a b.csv' csv header", "\\copy", .write, ["write table t", "read file a b.csv"]),
    (
      "\\copy t (a, b) to /tmp/t.csv with (format csv)", "\\copy", .transfer, ["read table t", "write file /tmp/t.csv"]
    ),
    (
      "\\copy (select * from t where a = 'from x') to stdout", "\\copy", .transfer, ["read table t"]
    ),
    ("\\copy t to program 'gzip > /tmp/t.gz'", "\\copy", .write, ["read table t", "write file /tmp/t.gz"]),
    ("\\copy", "\\copy", .unknown, []),
    ("\\o /tmp/out", "\\o", .transfer, ["write file /tmp/out"]), ("\\o", "\\o", .session, []),
    ("\\o | cat", "\\o", .execute, []),
    ("\\s", "\\s", .read, []), ("\\password alice", "\\password", .privilege, []),
    ("\\lo_import a.bin", "\\lo_import", .write, ["read file a.bin"]),
    ("\\gexec", "\\gexec", .execute, []), ("\\nonsense", "\\nonsense", .unknown, []),
    ("select 1", "SELECT", .read, []), ("select * from t \\gx", "SELECT", .read, ["read table t"]),
    ("delete from t where a = '\\q' \\g", "DELETE", .write, ["write table t"]),
    ("select * from t \\g /tmp/o", "\\g", .transfer, ["read table t", "write file /tmp/o"]),
    ("select E'\\'\\\\d' \\d", "\\d", .read, []), ("select $a$ \\! rm x $a$", "SELECT", .read, []),
    ("select 1 -- \\! rm x", "SELECT", .read, []), ("select 1 /* /* \\! */ \\! rm x */", "SELECT", .read, []),
    ("select 1\\; delete from t;", "DELETE", .write, ["write table t"]),
    ("\\x \\\\ delete from t;", "DELETE", .write, ["write table t"]),
  ]

  @Test(arguments: cases) func `what is typed into psql is judged as what it does`(
    text: String, verb: String, effect: Effect, resources: [String]
  ) {
    let found = part(text)
    let names = found.classification.resources.map(\.description)
    // A \d that comes behind a statement reads as the statement does.
    if text.hasPrefix("select E") {
      #expect(["\\d", "SELECT"].contains(found.classification.verb))
    } else {
      #expect(found.classification.verb == verb, "\(text)")
    }
    #expect(found.classification.effect == effect, "\(text)")
    for name in resources { #expect(names.contains(name), "\(text): \(names)") }
    #expect(found.text == text)
    #expect(found.isInferred)
  }

  @Test func `only psql reads backslashes`() {
    #expect(part("\\q", into: "mysql").classification.verb != "\\q")
  }

  @Test func `a command line with psql judges its own commands by the same table`() {
    let shell = ShellClassifier(secrets: SecretHasher(key: [7]))
    func effect(_ text: String) -> Effect { shell.classify(text).classification.effect }
    #expect(effect("psql -c '\\dt'") == .read)
    #expect(effect("psql -c '\\x'") == .session)
    #expect(effect("psql -c \"\\\\copy t to 'x'\"") == .transfer)
    #expect(effect("psql -c '\\i f.sql'") == .execute)
    #expect(effect("psql -c '\\! rm x'") == .execute)
    #expect(effect("psql -c 'select 1 \\gx'") == .read)
    #expect(effect("psql -c '\\echo `id`'") == .execute)
  }

  @Test func `a secret beside a command of psql is hidden`() {
    let shell = ShellClassifier(secrets: SecretHasher(key: [7]))
    let line = "psql -c \"ALTER ROLE a PASSWORD 'S3cretPw99' \\\\g\""
    #expect(!shell.classify(line).text.contains("S3cretPw99"))
    for text in ["ALTER ROLE a PASSWORD 'S3cretPw99';", "\\c postgres://a:S3cretPw99@db/shop"] {
      let found = part(text)
      #expect(!found.text.contains("S3cretPw99"), "\(text)")
      #expect(!found.classification.resources.contains { $0.name.contains("S3cretPw99") }, "\(text)")
    }
  }

  @Test func `no text makes the reading fail`() {
    var generator = SeededGenerator(seed: 11)
    let pieces = [
      "\\", "'", "\"", "$", "$a$", "/*", "*/", "--", "\n", ";", "\\copy ", "from ", "to ", "(", ")", "q", "E'", "`",
    ]
    for round in 0..<3000 {
      let text = (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in
        pieces.randomElement(using: &generator)
      }
      .joined()
      let input = PsqlInput(text)
      #expect(input.statements.utf8.count <= text.utf8.count + input.commands.count, "round \(round), seed 11: \(text)")
      _ = part(text)
    }
  }
}
