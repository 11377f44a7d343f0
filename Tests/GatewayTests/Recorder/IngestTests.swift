import Bytes
import Evidence
import Foundation
import GRDB
import Gateway
import Model
import Pipeline
import Store
import TestKit
import Testing

@Suite struct IngestTests {
  private static let samples = Sample.all.filter {
    $0.name.hasPrefix("postgres/")
      && ["psql-basics", "python-psycopg", "auth", "pgbench-prepared", "python-asyncpg"].contains(
        $0.folder.lastPathComponent)
  }

  /// What a case says of its sessions and actions, without what names the files.
  private func account(_ case: CaseFile) throws -> [String] {
    var lines: [String] = []
    for session in try `case`.sessions() {
      lines.append(
        "\(session.startedAt) \(session.protocolName) \(session.client) \(session.server) \(session.user ?? "-") "
          + "\(session.target ?? "-") \(session.application ?? "-") \(session.actionCount) \(session.changeCount) "
          + "\(session.bytesIn) \(session.bytesOut) \(session.isComplete) \(session.reason ?? "-")")
      try `case`.forEachAction(session: session.id) { action in
        lines.append(
          "  \(action.sequence) \(action.startedAt) \(action.endedAt.map(String.init(describing:)) ?? "-") \(action.kind) "
            + "\(action.verb) \(action.text) \(action.parameters ?? "-") \(action.resources) \(action.effect) "
            + "\(action.status) \(action.code ?? "-") \(action.rowCount ?? -1) \(action.bytesIn) \(action.bytesOut) "
            + "\(action.transaction.map(\.rawValue) ?? "-")")
      }
    }
    return lines
  }

  func ingest(
    _ inputs: [String], _ path: String, _ keys: [NoteKey] = [], conclude: (CaseCorrelation) throws -> Void = { _ in }
  ) throws -> CaseFile {
    let target = try CaseFile(path, .write)
    var options = IngestOptions(bodyLimit: 1 << 20, secrets: try target.secretHasher())
    options.logKeys = keys
    try target.ingest { writer in
      try target.keepSecretKey(in: writer)
      _ = try Pipeline.ingest(inputs, into: writer, options: options) { _ in }
    } conclude: {
      try conclude($0)
    }
    return target
  }

  @Test(arguments: samples) func `a recording gives the sessions and actions of the capture`(sample: Sample) throws {
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      let recorder = try recording.open { ($0.durability, $0.segmentBytes) = (.batched, 1 << 19) }
      _ = try SampleReplay(sample, into: recorder)
      try recorder.shutDown()
      let original = try ingest([sample.capture.path], folder.path + "/original.exhibit")
      let recorded = try ingest([recording.path], folder.path + "/recorded.exhibit")
      #expect(try account(original) == account(recorded))
      let sessions = try recorded.sessions()
      #expect(!sessions.isEmpty)
      #expect(sessions.allSatisfy { $0.agent == "claude-code" && $0.human == "ada@example.com" && $0.gateway != nil })
      // Each segment by itself knows whose its connections are.
      for (index, name) in recording.segmentNames.enumerated() where index < 3 {
        let part = try ingest([recording.path + "/" + name], folder.path + "/part-\(index).exhibit").sessions()
        #expect(!part.isEmpty && part.allSatisfy { $0.agent == "claude-code" && $0.protocolName == "postgres" })
      }
      let sources = try recorded.sources()
      #expect(sources.map(\.kind) == recording.segmentNames.map { _ in "recording" })
      #expect(try recorded.anomalies().allSatisfy { !$0.code.hasPrefix("gateway") && !$0.code.hasPrefix("tcp") })
    }
  }

  @Test func `a recording is as intact as its evidence log says`() throws {
    let sample = try #require(Self.samples.first)
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      let recorder = try recording.open()
      _ = try SampleReplay(sample, into: recorder)
      try recorder.shutDown()
      func integrity(_ name: String, _ keys: [NoteKey]) throws -> [String] {
        Array(Set(try ingest([recording.path], folder.path + "/\(name).exhibit", keys).sources().map(\.integrity)))
      }
      let stranger = try #require(NoteSigner(name: "example.com/gateway", seed: [UInt8](repeating: 8, count: 32)))
      #expect(try integrity("without", []) == ["unsigned"])
      #expect(try integrity("with", [stranger.key, recording.key.key]) == ["intact"])
      #expect(try integrity("stranger", [stranger.key]).allSatisfy { $0.hasPrefix("broken") })
      // One byte of a packet is another.
      var bytes = try Data(contentsOf: URL(filePath: recording.segment(1)))
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: URL(filePath: recording.segment(1)))
      #expect(try integrity("changed", [recording.key.key]).allSatisfy { $0.hasPrefix("broken-at") })
    }
  }

  @Test func `decisions, approvals and masks stand beside the actions that they are of`() throws {
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      let recorder = try recording.open()
      var opening = Recording.opening()
      (opening.upstream, opening.agent, opening.prompts) = ("db.internal:5432", "codex", ["call_0123456789abcdef"])
      let now = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
      let flow = try recorder.open(opening, at: now)
      var offset: UInt64 = 0
      func client(_ bytes: [UInt8]) throws -> UInt64 {
        defer { offset += UInt64(bytes.count) }
        _ = try flow.record(bytes, from: .fromClient, at: now)
        return offset
      }
      func server(_ bytes: [UInt8]) throws { _ = try flow.record(bytes, from: .fromServer, at: now) }
      _ = try client(Frames.startup)
      try server(Frames.authenticated + Frames.ready)
      let read = try client(Frames.query("select card from t"))
      _ = try flow.note(.decision(GatewayDecision(offset: read, outcome: .allowed, rule: "reads")), at: now)
      try server(Frames.message("C", Array("SELECT 0\0".utf8)))
      let mask = GatewayMask(
        offset: read, rule: "cards", dataClass: "payment-card", method: "partial", location: "t.card", count: 3)
      _ = try flow.note(.mask(mask), at: now)
      try server(Frames.ready)
      let drop = try client(Frames.query("drop table t"))
      let denial = GatewayDecision(
        offset: drop, outcome: .denied, rule: "no-drops", reason: "nobody approved it", subject: SHA256.digest(of: "x"))
      _ = try flow.note(.decision(denial), at: now)
      try server(Frames.message("E", Array("SERROR\0C42501\0Mdenied by no-drops\0\0".utf8)) + Frames.ready)
      // One that comes after its answer.
      let approval = GatewayApproval(
        offset: drop, subject: SHA256.digest(of: "x"), stance: .reject, approver: "grace", key: "SHA256:abc")
      _ = try flow.note(.approval(approval), at: now)
      flow.close("client closed", at: now)
      try recorder.shutDown()

      let path = folder.path + "/case.exhibit"
      let found = try ingest([recording.path], path)
      let session = try #require(try found.sessions().first)
      #expect(session.server == "db.internal:5432" && session.gateway == "10.0.0.2:5432" && session.agent == "codex")
      var ids: [String: String] = [:]
      try found.forEachAction(session: session.id) { ids[$0.text] = $0.id }
      let (denied, masked) = (try #require(ids["drop table t"]), try #require(ids["select card from t"]))
      let verdicts = try found.verdicts(of: denied)
      #expect(verdicts.map(\.outcome) == ["denied", "reject"] && verdicts.last?.people == ["grace"])
      #expect(try found.inlineMasks(of: masked).map(\.count) == [3])
      let facts = try found.facts(ofSession: session.id)
      #expect(facts.contains { $0.name == "gateway.prompts" && $0.value == "call_0123456789abcdef" })
      let lines = try DatabaseQueue(path: path).read { database in
        try String.fetchAll(
          database,
          sql: """
            SELECT d.kind || ' ' || d.outcome || ' ' || coalesce(d.rule, '-') || ' ' || d.people || ' ' || a.text || ' '
              || a.status FROM decisions d JOIN actions a ON a.id = d.action_id ORDER BY d.packet
            """)
      }
      #expect(
        lines == [
          "decision allowed reads [] select card from t ok", "decision denied no-drops [] drop table t denied",
          "approval reject - [\"grace\"] drop table t denied",
        ])
      let masks = try DatabaseQueue(path: path).read { database in
        try String.fetchAll(
          database,
          sql: """
            SELECT m.rule || ' ' || m.class || ' ' || m.method || ' ' || m.count || ' ' || m.location || ' ' || m.inline
              || ' ' || a.text FROM masks m JOIN actions a ON a.id = m.action_id
            """)
      }
      #expect(masks == ["cards payment-card partial 3 t.card 1 select card from t"])
    }
  }
}

/// Messages of PostgreSQL's protocol.
enum Frames {
  static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(String(type))
    writer.write(UInt32(body.count + 4))
    writer.write(body)
    return writer.bytes
  }

  static func query(_ text: String) -> [UInt8] { message("Q", Array(text.utf8) + [0]) }

  static let ready = message("Z", Array("I".utf8))
  static let authenticated = message("R", [0, 0, 0, 0])

  static var startup: [UInt8] {
    var writer = ByteWriter()
    let body = Array("user\0ada\0database\0shop\0\0".utf8)
    writer.write(UInt32(body.count + 8))
    writer.write(UInt32(0x0003_0000))
    writer.write(body)
    return writer.bytes
  }
}
