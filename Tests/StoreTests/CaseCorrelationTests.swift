import Bytes
import Foundation
import GRDB
import Model
import TestKit
import Testing

@testable import Store

/// The case as the attribution reads it, and what it writes back.
@Suite struct CaseCorrelationTests {
  private func time(_ nanoseconds: Int64) -> Timestamp { Timestamp(nanoseconds: nanoseconds) }

  private func call(_ native: String, at: Int64?, seen: Int64) -> ToolCall {
    var call = ToolCall(
      nativeID: native, conversationID: "cnv-a", ordinal: 0, tool: "Bash", arguments: "{\"command\":\"true\"}",
      seenAt: time(seen), origin: Origin(source: 0, packet: 4))
    call.at = at.map(time)
    return call
  }

  private func prompt(_ text: String, ordinal: Int, in conversation: String, _ kind: Prompt.Kind = .human) -> Prompt {
    Prompt(
      conversationID: conversation, ordinal: ordinal, kind: kind, text: text, at: time(1), seenAt: time(1),
      origin: Origin(source: 0, packet: 1))
  }

  private func fill(_ writer: CaseWriter) throws {
    try writer.write(
      Source(
        id: "src-1", path: "s.jsonl", kind: "transcript", sha256: String(repeating: "a", count: 64), byteCount: 100,
        packetCount: 0, firstAt: nil, lastAt: nil, isComplete: true, integrity: "unsigned", note: nil), ordinal: 0,
      headSHA256: nil)
    var conversation = Conversation(id: "cnv-a", startedAt: time(1), origin: Origin(source: 0, packet: 1))
    conversation.nativeID = "6ab1c2d3"
    conversation.clock = .local
    try writer.write(.conversation(conversation))
    try writer.write(.prompt(prompt("second", ordinal: 4, in: "cnv-a")))
    try writer.write(.prompt(prompt("first", ordinal: 1, in: "cnv-a", .queued)))
    var full = call("toolu_2", at: 50, seen: 51)
    full.promptID = prompt("first", ordinal: 1, in: "cnv-a", .queued).id
    full.agentID = "a1"
    full.parentAgentID = "a0"
    full.parentCallID = "toolu_0"
    full.endedAt = time(90)
    full.command = "true"
    full.status = .failed
    full.result = "no"
    full.exitCode = 1
    full.turnID = "turn"
    full.workingDirectory = "/srv"
    full.isBackground = true
    full.continuesCallID = "toolu_1"
    full.isServerSide = true
    full.isCut = true
    try writer.write(.toolCall(full))
    try writer.write(.toolCall(call("toolu_late", at: nil, seen: 70)))
    try writer.write(.toolCall(call("toolu_1", at: 20, seen: 20)))
    let number = writer.firstSessionNumber
    for (offset, start) in [(Int64(0), Int64(30)), (1, 10)] {
      let session = number + offset
      try writer.open(session: session, proposedID: "ses-\(offset)")
      var draft = ActionDraft(
        sequence: 1, kind: "http",
        form: StatementForm(shape: "POST /orders", classification: Classification(verb: "POST", effect: .write)),
        startedAt: time(start), status: .ok, origin: Origin(source: 0, packet: 2))
      draft.request = Payload(layout: .text, bytes: Array("{\"total\":\(offset)}".utf8))
      try writer.write(draft, session: session)
      var facts = SessionFacts()
      facts.parameters = ["tls.sni": "shop", "application_name": "app"]
      try writer.finish(
        SessionDraft(
          id: "ses-\(offset)", protocolName: "http", client: "10.0.0.1:\(offset + 1)", server: "10.0.0.2:80",
          facts: facts, startedAt: time(start), endedAt: time(start + 5), actionCount: 1, changeCount: 1, bytesIn: 1,
          bytesOut: 1, incompleteReason: nil, origin: Origin(source: 0, packet: 1)), number: session)
    }
  }

  /// Runs `body` at the end of an ingest that filled a new case.
  private func concluding(_ body: (CaseCorrelation) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      let file = try CaseFile(folder.appending(path: "a.exhibit").path, .write)
      try file.ingest({ try fill($0) }, conclude: body)
    }
  }

  @Test func `prompts come in the order of their conversation, calls in that of time`() throws {
    try concluding { correlation in
      #expect(try correlation.hasBothSides())
      let prompts = try correlation.prompts()
      #expect(prompts.map(\.kind) == [.queued, .human])
      #expect(Set(prompts.map(\.conversation)) == ["cnv-a"])
      let conversations = try correlation.conversations()
      #expect(conversations.map(\.id) == ["cnv-a"])
      #expect(conversations.first?.nativeID == "6ab1c2d3")
      #expect(conversations.first?.clock == .local)
      var calls: [StoredCall] = []
      try correlation.forEachToolCall { calls.append($0) }
      #expect(calls.map(\.call.nativeID) == ["toolu_1", "toolu_2", "toolu_late"])
    }
  }

  @Test func `calls that started agents come with their prompts, and calls are counted by prompt`() throws {
    try concluding { correlation in
      let prompt = try #require(try correlation.prompts().first)
      #expect(try correlation.callCounts() == [prompt.id: 1])
      // Nothing tells which call `toolu_0` was, which started the agent of one.
      #expect(try correlation.startingCalls().isEmpty)
    }
    try TemporaryFolder.with { folder in
      let file = try CaseFile(folder.appending(path: "b.exhibit").path, .write)
      try file.ingest({ writer in
        for (id, at) in [("toolu_0", Int64(9)), ("toolu_0b", 3), ("toolu_9", 1)] {
          var start = call(id, at: at, seen: at)
          start.promptID = "prm-\(id)"
          try writer.write(.toolCall(start))
        }
        var agent = Conversation(id: "cnv-b", startedAt: time(10), origin: Origin(source: 0, packet: 1))
        agent.parentCallID = "toolu_0b"
        try writer.write(.conversation(agent))
        var inner = call("toolu_8", at: 20, seen: 20)
        inner.parentCallID = "toolu_0"
        try writer.write(.toolCall(inner))
      }) { correlation in
        let starts = try correlation.startingCalls()
        #expect(starts.map(\.id) == ["toolu_0b", "toolu_0"])
        #expect(starts.map(\.prompt) == ["prm-toolu_0b", "prm-toolu_0"])
      }
    }
  }

  @Test func `a call is read with all that was told of it`() throws {
    try concluding { correlation in
      var found: StoredCall?
      try correlation.forEachToolCall { if $0.call.nativeID == "toolu_2" { found = $0 } }
      let call = try #require(found?.call)
      let prompt = try #require(try correlation.prompts().first)
      #expect(call.promptID == prompt.id)
      #expect(call.agentID == "a1" && call.parentAgentID == "a0" && call.parentCallID == "toolu_0")
      #expect(call.at == time(50) && call.endedAt == time(90) && call.seenAt == time(51))
      #expect(call.tool == "Bash" && call.command == "true" && call.arguments == "{\"command\":\"true\"}")
      #expect(call.status == .failed && call.result == "no" && call.exitCode == 1)
      #expect(call.turnID == "turn" && call.workingDirectory == "/srv" && call.continuesCallID == "toolu_1")
      #expect(call.isBackground && call.isServerSide && call.isCut)
      #expect((found?.source ?? 0) > 0)
    }
  }

  @Test func `sessions come in the order of time with their actions, facts and bodies`() throws {
    try concluding { correlation in
      var seen: [(Int64, String, [String])] = []
      try correlation.forEachSession { number, session, actions in
        seen.append((number, session.id, actions.map(\.id)))
      }
      #expect(seen.map(\.1) == ["ses-1", "ses-0"])
      #expect(seen.map(\.2) == [["ses-1.1"], ["ses-0.1"]])
      let first = try #require(seen.first?.0)
      let facts = try correlation.facts(ofSession: first)
      #expect(facts.map(\.name) == facts.map(\.name).sorted())
      #expect(facts.contains { $0.name == "tls.sni" && $0.value == "shop" })
      #expect(try correlation.facts(ofSession: 4711).isEmpty)
      let action = first << 32 | 1
      #expect(try correlation.requestBody(ofAction: action, limit: 100) == Array("{\"total\":1}".utf8))
      #expect(try correlation.requestBody(ofAction: action, limit: 3) == Array("{\"t".utf8))
      #expect(try correlation.requestBody(ofAction: 4711, limit: 3) == nil)
      #expect(try correlation.callHead(ofAction: action) == nil)
    }
  }

  @Test func `what is decided takes the place of what was, and is read by its views`() throws {
    try TemporaryFolder.with { folder in
      let file = try CaseFile(folder.appending(path: "a.exhibit").path, .write)
      for round in 1...2 {
        try file.ingest({ if round == 1 { try fill($0) } }) { correlation in
          var sessions: [Int64] = []
          try correlation.forEachSession { number, _, _ in sessions.append(number) }
          let prompt = try #require(try correlation.prompts().first)
          var calls: [Int64] = []
          var source: Int64 = 0
          try correlation.forEachToolCall { (calls, source) = (calls + [$0.number], $0.source) }
          let (one, other) = (sessions[0] << 32 | 1, sessions[1] << 32 | 1)
          let call = try #require(calls.first)
          try correlation.replaceAttributions(
            [
              Attribution(
                action: one, rank: 0, prompt: prompt.number, call: call, method: .content, confidence: 0.99,
                score: 9, reason: "round \(round)", isAmbiguous: false),
              Attribution(
                action: other, rank: 0, prompt: prompt.number, call: call, method: .connection, confidence: 0.6,
                score: 1, reason: "first", isAmbiguous: true, via: one),
              Attribution(
                action: other, rank: 1, prompt: nil, call: nil, method: .time, confidence: 0.4, score: 0,
                reason: "second", isAmbiguous: true),
            ],
            verdicts: [
              CallVerdict(call: call, verdict: .corroborated, expectedCount: 2, seenCount: 1, detail: "a detail")
            ], offsets: [ClockOffset(source: source, nanoseconds: -5, spread: 7, anchorCount: 3)])
        }
      }
      let one = try file.attributions(of: "ses-1.1")
      #expect(one.map(\.reason) == ["round 2"])
      #expect(one.first?.prompt?.text == "first")
      #expect(one.first?.call?.witness == .corroborated)
      let other = try file.attributions(of: "ses-0.1")
      #expect(other.map(\.rank) == [0, 1])
      #expect(other.map(\.isAmbiguous) == [true, true])
      #expect(other.first?.viaActionID == "ses-1.1")
      #expect(other.last?.prompt == nil)
      #expect(try file.attributions(of: "ses-4711.1").isEmpty)
      let counts = try #require(try file.attributionCounts())
      #expect(counts.attributed == 2 && counts.ambiguous == 1 && counts.unrecordedChanges == 0)
      let offsets = try DatabaseQueue(path: file.path).read { database in
        try Row.fetchAll(database, sql: "SELECT offset_ns, spread_ns, anchors FROM clock_offsets").map {
          [$0[0] as Int64, $0[1], $0[2]]
        }
      }
      #expect(offsets == [[-5, 7, 3]])
    }
  }

  @Test func `an ingest that fails when it is concluded leaves nothing`() throws {
    struct Failure: Error {}
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      let file = try CaseFile(path, .write)
      var hasFailed = false
      do {
        try file.ingest({ try fill($0) }, conclude: { _ in throw Failure() })
      } catch { hasFailed = true }
      #expect(hasFailed)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }
}
