import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Importers

/// Evidence made by others.
@Suite(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
struct LLMCorpusTests {
  private func file(_ name: String) throws -> [UInt8] {
    let root = try #require(Corpus.root)
    return Array(try Data(contentsOf: root.appending(path: "transcripts/\(name)")))
  }

  @Test func `a recorded stream of chunks is one answer`() throws {
    let all = try #require(JSONValue(bytes: try file("wire-sse/cline-http-headless-json.json")))
    let recorded = try #require(all.elements.first)
    let path = try #require(recorded[member: "path"]?.string)
    let answer = try #require(recorded[member: "response"]?.string)
    let events = read([call(path, #"{"model":"g","messages":[{"role":"user","content":"x"}]}"#, answer)])
    #expect(events.completions.map(\.status) == [.complete])
    #expect(events.completions.first?.model == "openai/gpt-5.3-codex")
    #expect(events.completions.first?.text.isEmpty == false)
    #expect(events.anomalies.isEmpty)
  }

  @Test func `recorded chunks of Gemini are one answer, as array and as events`() throws {
    let texts = try file("wire-sse/gemini-agent-resume.responses.jsonl").split(separator: 0x0A)
    for text in texts {
      let recorded = try #require(JSONValue(bytes: Array(text)))
      let chunks = recorded.list("response")
      let request = #"{"contents":[{"role":"user","parts":[{"text":"x"}]}]}"#
      let path = "/v1beta/models/g:streamGenerateContent"
      for answer in [serverEvents(chunks.map(\.compact)), "[\(chunks.map(\.compact).joined(separator: ",\n"))]"] {
        let events = read([call(path, request, answer)])
        #expect(events.completions.map(\.text) == ["BANANA\n"])
        #expect(events.completions.map(\.status) == [.complete])
        #expect(events.completions.first?.outputTokens == 3)
      }
    }
  }

  /// The turns of a transcript: what the user's side sends, and what the model answers.
  private func turns(_ name: String) throws -> [(user: [JSONValue], assistant: [JSONValue])] {
    var turns: [(user: [JSONValue], assistant: [JSONValue])] = []
    for line in try file(name).split(separator: 0x0A) {
      guard let entry = JSONValue(bytes: Array(line)), entry[member: "isSidechain"]?.bool != true,
        let message = entry[member: "message"], let type = entry[member: "type"]?.string
      else { continue }
      let blocks = message.list("content")
      let text = message[member: "content"].flatMap { $0.string == nil ? nil : $0 }
      let content = text.map { [$0] } ?? blocks
      if type == "user" {
        if turns.last.map({ !$0.assistant.isEmpty }) ?? true { turns.append(([], [])) }
        turns[turns.count - 1].user += content
      } else if type == "assistant", !turns.isEmpty {
        turns[turns.count - 1].assistant += content.filter { $0[member: "type"]?.string != "thinking" }
      }
    }
    return turns.filter { !$0.assistant.isEmpty }
  }

  @Test(arguments: [
    "claude-code/cipherbox-curl-a.jsonl", "claude-code/cipherbox-ssh-2.1.x.jsonl",
    "claude-code/entire-2.1.19-gh.jsonl",
  ])
  func `a real session that is sent again at each turn is one conversation`(_ name: String) throws {
    var messages: [String] = []
    var calls: [Call] = []
    var uses: [String] = []
    for turn in try turns(name).prefix(120) {
      let sent = turn.user.map { $0.string.map { #"{"type":"text","text":\#(JSONWriter.quoted($0))}"# } ?? $0.compact }
      messages.append(#"{"role":"user","content":[\#(sent.joined(separator: ","))]}"#)
      let said = turn.assistant.map(\.compact).joined(separator: ",")
      calls.append(
        call(
          "/v1/messages", #"{"model":"m","max_tokens":9,"messages":[\#(messages.joined(separator: ","))]}"#,
          #"{"type":"message","id":"msg_\#(messages.count)","content":[\#(said)],"stop_reason":"end_turn"}"#))
      messages.append(#"{"role":"assistant","content":[\#(said)]}"#)
      uses += turn.assistant.filter { $0[member: "type"]?.string == "tool_use" }.compactMap { $0[member: "id"]?.string }
    }
    #expect(calls.count > 2)
    let events = read(calls)
    #expect(events.conversations.count == 1)
    #expect(events.completions.count == calls.count)
    #expect(events.anomalies.isEmpty)
    #expect(Set(events.calls.compactMap(\.nativeID)) == Set(uses))
    #expect(events.calls.count == Set(uses).count)
    #expect(Set(events.prompts.map(\.id)).count == events.prompts.count)
    #expect(events.calls.allSatisfy { $0.at != nil })
    // Each call belongs to a prompt, unless the session begins with what the program says.
    #expect(events.prompts.contains { $0.kind.isTyped })
  }
}
