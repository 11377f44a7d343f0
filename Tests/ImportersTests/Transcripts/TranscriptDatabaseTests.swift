import Foundation
import GRDBSQLite
import Model
import TestKit
import Testing

@testable import Importers

/// Stores of transcripts in SQLite, made here with SQLite itself.
@Suite struct TranscriptDatabaseTests {
  /// The bytes of a database that these statements make.
  static func database(_ statements: String) -> [UInt8] {
    var handle: OpaquePointer?
    guard unsafe sqlite3_open(":memory:", &handle) == SQLITE_OK else { return [] }
    defer { unsafe sqlite3_close(handle) }
    guard unsafe sqlite3_exec(handle, statements, nil, nil, nil) == SQLITE_OK else { return [] }
    var size: Int64 = 0
    guard let start = unsafe sqlite3_serialize(handle, "main", &size, 0) else { return [] }
    defer { unsafe sqlite3_free(start) }
    return unsafe Array(UnsafeBufferPointer(start: start, count: Int(size)))
  }

  static let cursor = """
    CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB);
    CREATE TABLE cursorDiskKV (key TEXT UNIQUE, value BLOB);
    INSERT INTO cursorDiskKV VALUES ('composerData:c1', CAST('{"composerId":"c1","createdAt":1795140840000,"fullConversationHeadersOnly":[{"bubbleId":"b1","type":1},{"bubbleId":"b2","type":2}]}' AS BLOB));
    INSERT INTO cursorDiskKV VALUES ('bubbleId:c1:b2', '{"bubbleId":"b2","type":2,"text":"Yes","createdAt":"2026-11-20T02:14:05.000Z","toolFormerData":{"name":"run_terminal_cmd","toolCallId":"toolu_u","rawArgs":"{\\"command\\":\\"ls\\"}","status":"completed","result":"{\\"output\\":\\"a\\",\\"exitCodeV2\\":1}"}}');
    INSERT INTO cursorDiskKV VALUES ('bubbleId:c1:b1', '{"bubbleId":"b1","type":1,"text":"List","createdAt":"2026-11-20T02:14:03.000Z"}');
    """

  static let goose = """
    CREATE TABLE sessions (id TEXT PRIMARY KEY, description TEXT, working_dir TEXT, created_at TIMESTAMP);
    CREATE TABLE messages (id INTEGER PRIMARY KEY, message_id TEXT, session_id TEXT, role TEXT, content_json TEXT, created_timestamp INTEGER, timestamp TIMESTAMP);
    INSERT INTO sessions VALUES ('g1','t','/srv','2026-11-20 02:14:01');
    INSERT INTO messages VALUES (1,'m1','g1','user','[{"type":"text","text":"Look"}]',1795140841,NULL);
    INSERT INTO messages VALUES (2,'m2','g1','assistant','[{"type":"toolRequest","id":"call_j","toolCall":{"status":"success","value":{"name":"developer__shell","arguments":{"command":"ls"}}}}]',1795140842,NULL);
    INSERT INTO messages VALUES (3,'m3','g1','user','[{"type":"toolResponse","id":"call_j","toolResult":{"status":"success","value":{"content":[{"type":"text","text":"a"}],"isError":false}}}]',1795140843,NULL);
    """

  @Test func `Cursor's bubbles are told in the order of their conversation`() {
    let run = TranscriptRun(Self.database(Self.cursor), path: "state.vscdb")
    #expect(run.format == "cursor-db")
    #expect(run.asked.map(\.text) == ["List"])
    #expect(run.calls.map(\.command) == ["ls"])
    #expect(run.calls.first?.exitCode == 1)
    #expect(run.calls.first?.at?.description == "2026-11-20T02:14:05.000000000Z")
    #expect(run.anomalies.isEmpty)
    #expect(run.isOrderly)
  }

  @Test func `Goose's database tells its sessions`() {
    let run = TranscriptRun(Self.database(Self.goose), path: "sessions.db")
    #expect(run.format == "goose-db")
    #expect(run.conversations.first?.workingDirectory == "/srv")
    #expect(run.calls.map(\.result) == ["a"])
    #expect(run.anomalies.isEmpty)
  }

  @Test func `a database that is written ahead is read as far as it goes, and that is said`() {
    var bytes = Self.database(Self.goose)
    (bytes[18], bytes[19]) = (2, 2)
    let run = TranscriptRun(bytes, path: "sessions.db")
    #expect(run.calls.count == 1)
    #expect(run.anomalies.map(\.code) == ["transcript-wal"])
  }

  @Test func `a view of a table's name is not asked`() {
    let hostile = """
      CREATE TABLE sessions (id TEXT, working_dir TEXT, session_id TEXT, content_json TEXT);
      CREATE VIEW messages AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS session_id FROM c;
      """
    let run = TranscriptRun(Self.database(hostile), path: "sessions.db")
    #expect(run.format == "goose-db")
    #expect(run.calls.isEmpty)
  }

  @Test func `damaged databases never crash`() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for source in [Self.cursor, Self.goose] {
      let whole = Self.database(source)
      for _ in 0..<40 {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...20, using: &generator) {
          bytes[Int.random(in: 16..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
        let run = TranscriptRun(bytes, path: "x.db")
        #expect(run.isOrderly, "seed \(seed)")
      }
    }
  }
}
