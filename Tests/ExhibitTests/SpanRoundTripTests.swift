import Foundation
import TestKit
import Testing

/// What `report --otlp` writes, `ingest` reads back.
@Suite struct SpanRoundTripTests {
  /// Of each span of a conversation: everything that does not name the case or its evidence, in order.
  private func story(of file: URL) throws -> [String] {
    let foreign: Set<String> = [
      "exhibit.conversation.id", "exhibit.conversation.native_id", "exhibit.conversation.parent", "exhibit.prompt.id",
      "exhibit.source", "exhibit.packet", "exhibit.clock", "exhibit.time.inferred", "gen_ai.conversation.id",
      "gen_ai.agent.id", "turn.id", "event.sequence", "exhibit.conversation.link",
      // Calls without an id of their own are named by their conversation; the model is told of the whole of it.
      "exhibit.call.id", "gen_ai.request.model",
    ]
    var found: [String] = []
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      for resource in object["resourceSpans"] as? [[String: Any]] ?? [] {
        for scope in resource["scopeSpans"] as? [[String: Any]] ?? [] {
          for span in scope["spans"] as? [[String: Any]] ?? [] {
            guard span["kind"] as? Int == 1, span["name"] as? String != "session postgres" else { continue }
            var kept: [String: String] = ["has parent": "\(span["parentSpanId"] != nil)"]
            for name in ["name", "startTimeUnixNano", "endTimeUnixNano"] { kept[name] = span[name] as? String }
            kept["status"] = "\((span["status"] as? [String: Any])?["code"] ?? 0)"
            for attribute in span["attributes"] as? [[String: Any]] ?? [] {
              guard let key = attribute["key"] as? String, !foreign.contains(key) else { continue }
              kept[key] = (attribute["value"] as? [String: Any])?.values.first.map { "\($0)" }
            }
            found.append(kept.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n"))
          }
        }
      }
    }
    return found.sorted()
  }

  private func exhibit(_ arguments: [String]) throws {
    let outcome = try ExhibitProcess.run(arguments)
    #expect(outcome.code == 0, "\(arguments): \(outcome.error)")
  }

  private func comesBack(_ transcripts: URL, in folder: URL) throws -> [String] {
    let paths = ["a.exhibit", "a.jsonl", "b.exhibit", "b.jsonl"].map { folder.appending(path: $0).path }
    try exhibit(["ingest", transcripts.path, "--case", paths[0]])
    try exhibit(["report", "--case", paths[0], "--otlp", paths[1]])
    try exhibit(["ingest", paths[1], "--case", paths[2]])
    try exhibit(["report", "--case", paths[2], "--otlp", paths[3]])
    let (first, second) = (
      try story(of: URL(filePath: paths[1])), try story(of: URL(filePath: paths[3]))
    )
    #expect(first == second)
    return first
  }

  /// A session with a sub-agent, a call that failed, one that never ended and a text like a tag.
  private let lines = [
    #"{"type":"user","uuid":"u1","parentUuid":null,"sessionId":"5e0f9c5e-0000-4000-8000-000000000001","timestamp":"2026-11-20T02:14:03.000Z","cwd":"/work/shop","version":"2.1.62","isSidechain":false,"message":{"role":"user","content":"Add the column.\n<system-reminder>be brief</system-reminder>"}}"#,
    #"{"type":"assistant","uuid":"a1","parentUuid":"u1","sessionId":"5e0f9c5e-0000-4000-8000-000000000001","timestamp":"2026-11-20T02:14:05.000Z","cwd":"/work/shop","version":"2.1.62","isSidechain":false,"requestId":"req_1","message":{"id":"msg_1","role":"assistant","model":"claude-x","content":[{"type":"tool_use","id":"toolu_01AAAAAAAAAAAAAAAAAAAAAA","name":"Bash","input":{"command":"psql -c 'ALTER TABLE t ADD c text'"}}]}}"#,
    #"{"type":"user","uuid":"u2","parentUuid":"a1","sessionId":"5e0f9c5e-0000-4000-8000-000000000001","timestamp":"2026-11-20T02:14:06.500Z","cwd":"/work/shop","version":"2.1.62","isSidechain":false,"message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_01AAAAAAAAAAAAAAAAAAAAAA","content":"ERROR:  relation \"t\" does not exist","is_error":true}]}}"#,
    #"{"type":"assistant","uuid":"a2","parentUuid":"u2","sessionId":"5e0f9c5e-0000-4000-8000-000000000001","timestamp":"2026-11-20T02:14:08.000Z","cwd":"/work/shop","version":"2.1.62","isSidechain":false,"requestId":"req_2","message":{"id":"msg_2","role":"assistant","model":"claude-x","content":[{"type":"tool_use","id":"toolu_01BBBBBBBBBBBBBBBBBBBBBB","name":"Task","input":{"description":"look","prompt":"Find </script> the table"}}]}}"#,
  ]
  private let agentLines = [
    #"{"type":"user","uuid":"s1","parentUuid":null,"sessionId":"5e0f9c5e-0000-4000-8000-000000000001","agentId":"a7f3","timestamp":"2026-11-20T02:14:08.100Z","cwd":"/work/shop","version":"2.1.62","isSidechain":true,"message":{"role":"user","content":"Find </script> the table"}}"#,
    #"{"type":"assistant","uuid":"s2","parentUuid":"s1","sessionId":"5e0f9c5e-0000-4000-8000-000000000001","agentId":"a7f3","timestamp":"2026-11-20T02:14:09.000Z","cwd":"/work/shop","version":"2.1.62","isSidechain":true,"requestId":"req_3","message":{"id":"msg_3","role":"assistant","model":"claude-x","content":[{"type":"tool_use","id":"toolu_01CCCCCCCCCCCCCCCCCCCCCC","name":"Bash","input":{"command":"psql -c '\\d'"}}]}}"#,
  ]

  @Test func `conversations, prompts and calls are the same when read back`() throws {
    try TemporaryFolder.with { folder in
      let project = folder.appending(path: "claude/projects/-work-shop")
      let agents = project.appending(path: "5e0f9c5e-0000-4000-8000-000000000001/subagents")
      try FileManager.default.createDirectory(at: agents, withIntermediateDirectories: true)
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(
        to: project.appending(path: "5e0f9c5e-0000-4000-8000-000000000001.jsonl"))
      try Data((agentLines.joined(separator: "\n") + "\n").utf8).write(to: agents.appending(path: "agent-a7f3.jsonl"))
      try Data(#"{"agentType":"general-purpose","toolUseId":"toolu_01BBBBBBBBBBBBBBBBBBBBBB"}"#.utf8).write(
        to: agents.appending(path: "agent-a7f3.meta.json"))
      let story = try comesBack(folder.appending(path: "claude"), in: folder)
      #expect(story.count { $0.contains("name=execute_tool") } == 3)
      #expect(story.count { $0.contains("name=prompt human") } == 1)
      #expect(story.count { $0.contains("name=prompt delegated") } == 1)
      #expect(story.contains { $0.contains("exhibit.call.status=pending") })
      #expect(story.contains { $0.contains("exhibit.prompt.context=") && $0.contains("be brief") })
    }
  }

  @Test(
    .enabled(if: Corpus.isPresent, "the shared corpus is not here"), arguments: ["cline", "gemini-cli", "opencode"])
  func `so are those of other programs`(name: String) throws {
    let transcripts = try #require(Corpus.root?.appending(path: "transcripts/\(name)"))
    try TemporaryFolder.with { folder in
      let story = try comesBack(transcripts, in: folder)
      #expect(!story.isEmpty)
    }
  }
}
