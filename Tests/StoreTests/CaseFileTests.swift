import Bytes
import Foundation
import GRDB
import Model
import TestKit
import Testing

@testable import Store

@Suite struct CaseFileTests {
  private func fill(_ writer: CaseWriter) throws {
    let source = Source(
      id: "src-1", path: "a.pcap", kind: "pcap", sha256: String(repeating: "a", count: 64), byteCount: 100,
      packetCount: 3, firstAt: Timestamp(nanoseconds: 1), lastAt: Timestamp(nanoseconds: 9), isComplete: true,
      integrity: "unsigned", note: nil)
    try writer.write(source, ordinal: 0, headSHA256: "head")
    let number = writer.firstSessionNumber
    try writer.open(session: number, proposedID: "ses-1")
    var select = ActionDraft(
      sequence: 1, kind: "sql",
      form: StatementForm(
        shape: "SELECT * FROM accounts WHERE id = ?",
        classification: Classification(
          verb: "SELECT", effect: .read, resources: [Resource("read", "table", "accounts")])),
      startedAt: Timestamp(nanoseconds: 2), status: .ok,
      origin: Origin(source: 0, packet: 2))
    select.text = "SELECT * FROM accounts WHERE id = 4711"
    select.endedAt = Timestamp(nanoseconds: 5)
    select.columns = [Column(name: "id", type: "int4")]
    select.response = Payload(layout: .rows, bytes: [0, 1, 0, 0, 0, 1, 0x37])
    select.searchText = Array("4711 7".utf8)
    try writer.write(select, session: number)
    var drop = ActionDraft(
      sequence: 2, kind: "sql",
      form: StatementForm(
        shape: "DROP TABLE accounts", classification: Classification(verb: "DROP TABLE", effect: .schema)),
      startedAt: Timestamp(nanoseconds: 6), status: .error,
      origin: Origin(source: 0, packet: 3))
    drop.segment = 2
    drop.response = Payload(layout: .text, bytes: Array(repeating: 0x61, count: 5000))
    try writer.write(drop, session: number)
    try writer.write(segment: 2, of: number, outcome: .rolledBack)
    try writer.finish(
      SessionDraft(
        id: "ses-1", protocolName: "postgres", client: "10.0.0.1:1", server: "10.0.0.2:5432", facts: SessionFacts(),
        startedAt: Timestamp(nanoseconds: 1), endedAt: Timestamp(nanoseconds: 9), actionCount: 2, changeCount: 1,
        bytesIn: 10, bytesOut: 20, incompleteReason: nil, origin: Origin(source: 0, packet: 1)), number: number)
  }

  @Test func `what is written is read again`() throws {
    try TemporaryFolder.with { folder in
      let file = try CaseFile(folder.appending(path: "a.exhibit").path, .write)
      try file.ingest { try fill($0) }
      let actions = try collect(file)
      #expect(actions.map(\.id) == ["ses-1.1", "ses-1.2"])
      #expect(actions[0].text == "SELECT * FROM accounts WHERE id = 4711")
      #expect(actions[0].resources == [Resource("read", "table", "accounts")])
      #expect(actions[1].transaction == .rolledBack)
      #expect(actions[1].isChange)
      let rows = try #require(try file.responsePayload(of: "ses-1.1"))
      #expect(rows.columns.map(\.name) == ["id"])
      var cursor = RowCursor(rows.bytes)
      let row = try cursor.next()
      #expect(row == ["7"])
      let text = try #require(try file.responsePayload(of: "ses-1.2"))
      #expect(text.bytes.count == 5000)
      #expect(text.sha256 == SHA256.digest(of: String(repeating: "a", count: 5000)).hex)
      let problems = try DatabaseQueue(path: file.path).read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
      #expect(problems == ["ok"])
    }
  }

  @Test func `a payload is asked for while the actions are walked`() throws {
    try TemporaryFolder.with { folder in
      let file = try CaseFile(folder.appending(path: "a.exhibit").path, .write)
      try file.ingest { try fill($0) }
      var sizes: [Int] = []
      try file.forEachAction(session: nil) { sizes.append(try file.responsePayload(of: $0.id)?.bytes.count ?? 0) }
      #expect(sizes == [7, 5000])
    }
  }

  @Test func `a failed ingest leaves nothing, not even the file`() throws {
    struct Stop: Error {}
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      let file = try CaseFile(path, .write)
      #expect(throws: Stop.self) {
        try file.ingest { writer in
          try fill(writer)
          throw Stop()
        }
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func `a failed ingest into a case leaves the case as it was`() throws {
    struct Stop: Error {}
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      try CaseFile(path, .write).ingest { try fill($0) }
      let again = try CaseFile(path, .write)
      #expect(throws: Stop.self) {
        try again.ingest { writer in
          try writer.open(session: writer.firstSessionNumber, proposedID: "ses-1")
          throw Stop()
        }
      }
      #expect(try collect(CaseFile(path, .read)).count == 2)
    }
  }

  @Test func `two ingests at once: the second says so`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      let first = try CaseFile(path, .write)
      try first.ingest { writer in
        try fill(writer)
        let error = #expect(throws: StoreError.self) { try CaseFile(path, .write).ingest { _ in } }
        #expect(error?.code == .busy)
      }
      #expect(try collect(CaseFile(path, .read)).count == 2)
    }
  }

  @Test func `what is not a case is refused with one line`() throws {
    try TemporaryFolder.with { folder in
      let text = folder.appending(path: "notes.txt")
      try Data(repeating: 0x41, count: 4096).write(to: text)
      let noCase = #expect(throws: StoreError.self) { try CaseFile(text.path, .write) }
      #expect(noCase?.code == .notACase)
      let missing = #expect(throws: StoreError.self) { try CaseFile(folder.appending(path: "x").path, .read) }
      #expect(missing?.code == .missing)
      let directory = #expect(throws: StoreError.self) { try CaseFile(folder.path, .write) }
      #expect(directory?.code == .notACase)
      #expect(noCase?.description.contains("\n") == false)
    }
  }

  @Test func `a case of a newer version is left alone`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      try CaseFile(path, .write).ingest { writer in
        try fill(writer)
        try writer.database.execute(sql: "PRAGMA user_version = 99", arguments: [])
      }
      let error = #expect(throws: StoreError.self) { try CaseFile(path, .write) }
      #expect(error?.code == .newerVersion)
    }
  }

  @Test func `a case of an older version is brought up to date, and says what it said`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      try DatabaseQueue(path: path).write { database in
        try database.execute(sql: SchemaV1.tables)
        try database.execute(sql: SchemaV1.views)
        try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = 1")
        try database.execute(
          sql: """
            INSERT INTO session VALUES (1, 'ses-1', NULL, 'postgres', 'c', 's', 'svc', 'shop', 'ci', NULL, NULL, 0, 0,
              1, 9, 1, 1, 10, 20, 1, NULL, NULL, '{}');
            INSERT INTO statement VALUES (1, 'sql', 'DROP TABLE', 'DROP TABLE t', '[]', 'schema', NULL, 0, NULL);
            INSERT INTO action(n, statement, started_ns, status, bytes_in, bytes_out, inferred, change)
              VALUES ((1 << 32) + 1, 1, 2, 0, 10, 20, 0, 1);
            """)
      }
      let actions = try collect(CaseFile(path, .read))
      #expect(actions.map(\.text) == ["DROP TABLE t"])
      #expect(actions.map(\.identity) == [Identity(user: "svc", target: "shop", application: "ci")])
      let version = try DatabaseQueue(path: path).read { try Int32.fetchOne($0, sql: "PRAGMA user_version") }
      #expect(version == Schema.version)
    }
  }

  @Test func `the heads and messages of a call, and on whose behalf it ran`() throws {
    var head = CallHead(version: "1.1", method: "POST", target: "/orders?x=1")
    head.scheme = "https"
    head.authority = "shop.internal"
    head.requestFields = [HeaderField("Accept", "a"), HeaderField("accept", "b\u{0}\"")]
    head.informational = [100]
    head.status = 201
    head.reason = "Created"
    head.responseTrailers = [HeaderField("grpc-status", "0")]
    head.streamID = 7
    var records = StreamRecordBuilder()
    records.append(
      StreamRecord(at: Timestamp(nanoseconds: 5), direction: .fromServer, kind: .text, bytes: Array("hi".utf8)))
    let messages = records.finish()
    try TemporaryFolder.with { folder in
      let file = try CaseFile(folder.appending(path: "a.exhibit").path, .write)
      try file.ingest { writer in
        try fill(writer)
        var draft = ActionDraft(
          sequence: 3, kind: "http",
          form: StatementForm(shape: "POST x", classification: Classification(verb: "POST", effect: .write)),
          startedAt: Timestamp(nanoseconds: 7), status: .ok, origin: Origin(source: 0, packet: 3))
        draft.call = CallDetails(head: head, records: messages)
        draft.identity = Identity(user: "alice", target: "shop.internal")
        try writer.write(draft, session: 1)
      }
      let action = try #require(try file.action(id: "ses-1.3"))
      #expect(action.hasHead && action.hasRecords)
      #expect(action.identity == Identity(user: "alice", target: "shop.internal"))
      #expect(try file.callHead(of: action.id) == head)
      #expect(try file.records(of: action.id)?.bytes == messages.bytes)
      #expect(try file.action(id: "ses-1.1")?.hasHead == false)
      #expect(try file.callHead(of: "ses-1.1") == nil)
      #expect(try file.records(of: "ses-1.1") == nil)
    }
  }

  @Test func `statements, constants and results are found`() throws {
    try TemporaryFolder.with { folder in
      let file = try CaseFile(folder.appending(path: "a.exhibit").path, .write)
      try file.ingest { try fill($0) }
      #expect(try file.search("4711", limit: 5).map(\.action?.id) == ["ses-1.1"])
      #expect(try file.search("drop", limit: 5).map(\.action?.id) == ["ses-1.2"])
      #expect(try file.search("nonsense", limit: 5).isEmpty)
      // What means something else to FTS5, or nothing, is taken for words.
      for query in [
        "drop-", "-drop", "(drop", "drop:", "drop AND", "OR drop", "\"drop", "x-y OR drop", "drop NOT a-b",
        "d*p OR drop", "dro* x:", "drop. - ;",
      ] {
        let found = try file.search(query, limit: 5).map(\.action?.id)
        let isMore = ["dro* x:", "drop AND", "OR drop"].contains(query)
        #expect(found == (isMore ? [] : ["ses-1.2"]), "\(query)")
      }
      #expect(try file.search("-", limit: 5).isEmpty)
      #expect(try file.search("drop", limit: .max).count == 1)
      #expect(try file.search("drop", limit: -1).isEmpty)
    }
  }

  @Test func `a tool call is found by its tool and by its command`() throws {
    try TemporaryFolder.with { folder in
      let file = try CaseFile(folder.appending(path: "a.exhibit").path, .write)
      let origin = Origin(source: 0, packet: 1)
      try file.ingest { writer in
        try writer.write(
          .conversation(Conversation(id: "cnv-1", startedAt: Timestamp(nanoseconds: 1), origin: origin)))
        let call = ToolCall(
          nativeID: "call-1", conversationID: "cnv-1", ordinal: 0, tool: "Bash", arguments: "rm naïve",
          seenAt: Timestamp(nanoseconds: 2), origin: origin)
        try writer.write(.toolCall(call))
      }
      let rows = try DatabaseQueue(path: file.path).read {
        try Row.fetchAll($0, sql: "SELECT kind, body FROM search WHERE search MATCH 'bash AND naïve'")
      }
      #expect(rows.map { [$0[0] as String, $0[1] as String] } == [["tool-call", "Bash rm naïve"]])
    }
  }

  @Test func `an id that the case has already gets a suffix`() throws {
    try TemporaryFolder.with { folder in
      let file = try CaseFile(folder.appending(path: "a.exhibit").path, .write)
      try file.ingest { try fill($0) }
      try file.ingest { writer in
        let (taken, free) = (try writer.uniqueSessionID("ses-1"), try writer.uniqueSessionID("ses-9"))
        #expect(taken == "ses-1-2")
        #expect(free == "ses-9")
      }
    }
  }

  private func collect(_ file: CaseFile) throws -> [Action] {
    var actions: [Action] = []
    try file.forEachAction(session: nil) { actions.append($0) }
    return actions
  }
}
