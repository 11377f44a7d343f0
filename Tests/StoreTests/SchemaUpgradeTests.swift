import Foundation
import GRDB
import Model
import TestKit
import Testing

@testable import Store

/// A case that an older exhibit made.
@Suite struct SchemaUpgradeTests {
  private static let views = ["sessions", "actions", "conversations", "prompts", "tool_calls", "completions"]

  /// A case of schema 2 with a row in each table that version 3 touches.
  private func older(_ path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { database in
      try database.execute(sql: SchemaV1.tables)
      try database.execute(sql: SchemaV1.views)
      try database.execute(sql: SchemaV2.changes)
      try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = 2")
      try database.execute(
        sql: """
          INSERT INTO source VALUES (1, 'src-1', 'a.pcap', 'pcap', 'aa', 'bb', 10, 2, 1, 2, 1, 'unsigned', NULL);
          INSERT INTO session VALUES (1, 'ses-1', NULL, 'postgres', '10.0.0.1:1', '10.0.0.2:5432', 'shop', 'shop', 'app',
            NULL, NULL, 0, 0, 1, 9, 1, 1, 5, 6, 1, NULL, 1, '{}');
          INSERT INTO statement VALUES (1, 'sql', 'DELETE', 'DELETE FROM a', '[]', 'write', NULL, 1, NULL);
          INSERT INTO action(n, statement, started_ns, status, bytes_in, bytes_out, inferred, change, source, packet)
            VALUES (4294967297, 1, 5, 0, 1, 1, 0, 1, 1, 2);
          INSERT INTO conversation VALUES ('cnv-a', 'native', NULL, NULL, NULL, 'claude', NULL, NULL, 'm', NULL, 1, 1, 1);
          INSERT INTO prompt VALUES (1, 'prm-1', 'n-1', 'cnv-a', 1, 'human', 'claude', NULL, 'm', NULL, 1, 1, 'asked',
            NULL, 0, 1, 1);
          INSERT INTO tool_call VALUES (1, 'tcl-1', 'toolu_1', 'cnv-a', 'prm-1', 'claude', NULL, NULL, NULL, 2, 3, 2, 'Bash',
            'true', '{}', 'succeeded', 'ok', 0, 0, 0, 1, 1);
          INSERT INTO secret(n, session, seq, kind, hash) VALUES (1, 1, 1, 'password', 'hmac:00');
          INSERT INTO search VALUES ('statement', 'ses-1.1', 'DELETE FROM a'), ('tool-call', 'tcl-1', 'Bash true');
          """)
    }
    try queue.close()
  }

  /// The columns of the views, and their rows by column.
  private func content(_ path: String) throws -> [String: (columns: [String], rows: [[String: DatabaseValue]])] {
    let queue = try DatabaseQueue(path: path)
    return try queue.read { database in
      var found: [String: (columns: [String], rows: [[String: DatabaseValue]])] = [:]
      for view in Self.views + ["secret"] {
        let columns = try database.columns(in: view).map(\.name)
        let rows = try Row.fetchAll(database, sql: "SELECT * FROM \(view)").map { row in
          Dictionary(uniqueKeysWithValues: row.map { ($0.0, $0.1) })
        }
        found[view] = (columns, rows)
      }
      return found
    }
  }

  @Test func `opening it brings it to this schema; nothing that was in it changes, and columns come at the end`() throws
  {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "old.exhibit").path
      try older(path)
      let before = try content(path)
      let file = try CaseFile(path, .read)
      let version = try DatabaseQueue(path: path).read { try Int32.fetchOne($0, sql: "PRAGMA user_version") }
      #expect(version == Schema.version)
      let after = try content(path)
      for (view, old) in before {
        let new = try #require(after[view])
        #expect(Array(new.columns.prefix(old.columns.count)) == old.columns, "\(view)")
        #expect(new.rows.count == old.rows.count, "\(view)")
        for (name, value) in old.rows.first ?? [:] { #expect(new.rows.first?[name] == value, "\(view).\(name)") }
      }
      // What is new has its neutral value, and old actions go back to nobody yet.
      #expect(after["conversations"]?.rows.first?["clock"] == "utc".databaseValue)
      #expect(after["tool_calls"]?.rows.first?["background"] == 0.databaseValue)
      #expect(after["tool_calls"]?.rows.first?["witness"] == .null)
      #expect(try file.attributions(of: "ses-1.1").isEmpty)
      #expect(try file.prompts().map(\.text) == ["asked"])
      let counts = try #require(try file.attributionCounts())
      #expect(counts.attributed == 0 && counts.unrecordedChanges == 1)
      let problems = try DatabaseQueue(path: path).read { database in
        try String.fetchAll(database, sql: "PRAGMA integrity_check")
          + Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map(\.description)
      }
      #expect(problems == ["ok"])
    }
  }

  @Test func `what was found before is found after, with its words, and can leave the index`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "old.exhibit").path
      try older(path)
      let file = try CaseFile(path, .write)
      #expect(try file.search("delete", limit: 9).map(\.excerpt) == ["\u{e000}DELETE\u{e001} FROM a"])
      #expect(try file.search("bash", limit: 9).map(\.excerpt) == ["\u{e000}Bash\u{e001} true"])
      // What is new is found beside it, and lies in its own row alone.
      try file.ingest { writer in
        var call = ToolCall(
          nativeID: "toolu_2", conversationID: "cnv-a", ordinal: 2, tool: "Write", arguments: #"{"path":"zebra"}"#,
          seenAt: .epoch, origin: .unknown)
        call.id = "tcl-2"
        try writer.write(.toolCall(call))
      }
      #expect(try file.search("zebra", limit: 9).count == 1)
      let queue = try DatabaseQueue(path: path)
      try queue.write { database in
        let stored = try String.fetchAll(database, sql: "SELECT command FROM tool_call ORDER BY id")
        let shown = try String.fetchAll(database, sql: "SELECT command FROM tool_calls ORDER BY id")
        #expect(stored == ["true", ""] && shown == ["true", #"{"path":"zebra"}"#])
        try database.execute(sql: "INSERT INTO search(search, rank) VALUES ('integrity-check', 1)")
        try database.execute(sql: "DELETE FROM search WHERE rowid IN (SELECT n FROM search_entry)")
        #expect(
          try Int.fetchOne(database, sql: "SELECT count(*) FROM search WHERE search MATCH 'delete OR zebra'") == 0)
      }
    }
  }

  @Test func `a later ingest can write what only version 3 holds`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "old.exhibit").path
      try older(path)
      let file = try CaseFile(path, .write)
      try file.ingest({ writer in
        // Of a transcript, which has no session.
        try writer.write(secretHash: "hmac:11", kind: "transcript", session: nil, sequence: nil)
      }) { correlation in
        #expect(try correlation.hasBothSides())
        try correlation.replaceAttributions(
          [
            Attribution(
              action: 1 << 32 | 1, rank: 0, prompt: 1, call: 1, method: .content, confidence: 0.9, score: 1,
              reason: "the same statement", isAmbiguous: false)
          ], verdicts: [], offsets: [])
      }
      let found = try file.attributions(of: "ses-1.1")
      #expect(found.first?.prompt?.text == "asked")
      #expect(found.first?.call?.tool == "Bash")
    }
  }

  @Test func `a case of a newer exhibit is refused as it is`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "new.exhibit").path
      try older(path)
      try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = \(Schema.version + 1)") }
      let bytes = try Data(contentsOf: URL(filePath: path))
      #expect(throws: StoreError.self) { _ = try CaseFile(path, .read) }
      #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
    }
  }
}
