import Bytes
import Foundation
import Importers
import Model
import TestKit
import Testing

/// A call of POST to `path`, with JSON in and JSON or server-sent events out.
func call(_ path: String, _ request: String, _ answer: String, headers: [(String, String)] = []) -> Call {
  var head = CallHead(version: "1.1", method: "POST", target: path)
  head.requestFields = headers.map { HeaderField($0.0, $0.1) }
  var call = Call(head: head)
  func body(_ text: String) -> CallBody {
    CallBody(content: Payload(layout: .text, bytes: Array(text.utf8)), codedByteCount: UInt64(text.utf8.count))
  }
  call.requestBody = body(request)
  if !answer.isEmpty { call.responseBody = body(answer) }
  return call
}

/// All that a reader tells of calls, a second apart.
func read(_ calls: [Call], finish: Bool = true) -> [ConversationEvent] {
  var reader = LLMTrafficReader()
  var events: [ConversationEvent] = []
  for (index, call) in calls.enumerated() {
    let start = Timestamp(nanoseconds: Int64(index) * 1_000_000_000)
    let end = Timestamp(nanoseconds: start.nanoseconds + 500_000_000)
    reader.read(call, startedAt: start, endedAt: end, origin: Origin(source: 0, packet: UInt64(index)), into: &events)
  }
  if finish { reader.finish(into: &events) }
  return events
}

extension [ConversationEvent] {
  var prompts: [Prompt] { compactMap { if case .prompt(let noun) = $0 { noun } else { nil } } }
  var calls: [ToolCall] { compactMap { if case .toolCall(let noun) = $0 { noun } else { nil } } }
  var completions: [Completion] { compactMap { if case .completion(let noun) = $0 { noun } else { nil } } }
  var conversations: [Conversation] { compactMap { if case .conversation(let noun) = $0 { noun } else { nil } } }
  var anomalies: [Anomaly] { compactMap { if case .anomaly(let noun) = $0 { noun } else { nil } } }
}

struct LLMTrafficTests {
  static let stream = """
    event: message_start
    data: {"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":5}}}

    data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"Bash","input":{}}}

    data: {"type": "ping"}

    data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\\"command\\":"}}

    data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"\\"psql -c 'select 1'\\"}"}}

    data: {"type":"content_block_stop","index":0}

    data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}

    data: {"type":"message_stop"}

    """
  static let first =
    #"{"model":"m","max_tokens":9,"system":"Be brief.","messages":[{"role":"user","content":[{"type":"text","text":"<system-reminder>x</system-reminder>"},{"type":"text","text":"count the rows"}]}]}"#
  static let second =
    #"{"model":"m","max_tokens":9,"system":"Be brief.","messages":[{"role":"user","content":"count the rows"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"psql -c 'select 1'"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"1","is_error":false},{"type":"text","text":"and the columns"}]}]}"#
  static let done =
    #"{"type":"message","id":"msg_2","model":"m","content":[{"type":"text","text":"One row."}],"stop_reason":"end_turn"}"#

  @Test func `history that is sent again gives each prompt, call and answer once`() {
    let events = read([
      call("/v1/messages", Self.first, Self.stream), call("/v1/messages?beta=true", Self.second, Self.done),
    ])
    #expect(events.conversations.count == 1)
    #expect(events.prompts.map(\.text) == ["Be brief.", "count the rows", "and the columns"])
    #expect(events.prompts.map(\.kind) == [.system, .human, .queued])
    #expect(events.calls.count == 1)
    #expect(events.calls.first?.command == "psql -c 'select 1'")
    #expect(events.calls.first?.status == .succeeded)
    #expect(events.calls.first?.promptID == events.prompts.dropFirst().first?.id)
    #expect(events.calls.first?.at == Timestamp(nanoseconds: 500_000_000))
    #expect(events.calls.first?.endedAt == Timestamp(nanoseconds: 1_000_000_000))
    #expect(events.completions.map(\.text) == ["", "One row."])
    #expect(events.anomalies.isEmpty)
  }

  @Test func `every prefix of a stream keeps what was assembled`() {
    for count in 0...Self.stream.utf8.count {
      let events = read([
        call("/v1/messages", Self.first, String(decoding: Self.stream.utf8.prefix(count), as: UTF8.self))
      ])
      #expect(events.prompts.count == 2)
      if let call = events.calls.first { #expect(call.status == .incomplete || call.command == "psql -c 'select 1'") }
    }
  }

  @Test func `an edited history is a branch`() {
    let other =
      #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"count the rows"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"Bash","input":{}}]},{"role":"user","content":"stop"}]}"#
    let events = read([
      call("/v1/messages", Self.first, Self.stream), call("/v1/messages", Self.second, Self.done),
      call("/v1/messages", other, Self.done),
    ])
    #expect(events.conversations.count == 2)
    #expect(events.conversations.last?.link == .branch)
    #expect(events.conversations.last?.parentID == events.conversations.first?.id)
    #expect(events.prompts.last?.text == "stop")
  }

  @Test func `a sub-agent is a child of the call that started it`() {
    let task =
      #"{"type":"message","id":"m","content":[{"type":"tool_use","id":"toolu_9","name":"Task","input":{"prompt":"look around"}}],"stop_reason":"tool_use"}"#
    let sub = #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"look around"}]}"#
    let events = read([call("/v1/messages", Self.first, task), call("/v1/messages", sub, Self.done)])
    #expect(events.conversations.last?.link == .subagent)
    #expect(events.conversations.last?.parentCallID == "toolu_9")
    #expect(events.prompts.last?.kind == .delegated)
  }

  @Test func `chat completions stream parallel calls by index`() {
    let request = #"{"model":"g","messages":[{"role":"system","content":"s"},{"role":"user","content":"go"}]}"#
    let answer = """
      data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_a","function":{"name":"shell","arguments":"{\\"command\\":"}},{"index":2,"id":"call_b","function":{"name":"f","arguments":""}}]}}]}

      data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"[\\"bash\\",\\"-lc\\",\\"ls\\"]}"}}]}}]}

      data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

      data: [DONE]

      """
    let events = read([call("/openai/deployments/x/chat/completions?api-version=1", request, answer)])
    #expect(events.calls.map(\.nativeID) == ["call_a", "call_b"])
    #expect(events.calls.map(\.command) == ["ls", "{}"])
    #expect(events.completions.first?.status == .complete)
  }

  @Test func `responses go on by the id of the answer before`() {
    let one = #"{"model":"g","input":"hello"}"#
    let answer =
      #"{"object":"response","id":"resp_1","status":"completed","output":[{"type":"function_call","id":"fc_1","call_id":"call_1","name":"exec_command","arguments":"{\"cmd\":\"id\"}"}]}"#
    let two =
      #"{"model":"g","previous_response_id":"resp_1","input":[{"type":"function_call_output","call_id":"call_1","output":"Process exited with code 2\nOutput:\n"}]}"#
    let events = read([call("/v1/responses", one, answer), call("/v1/responses", two, "")])
    #expect(events.conversations.count == 1)
    #expect(events.calls.map(\.command) == ["id"])
    #expect(events.calls.first?.status == .failed)
    #expect(events.calls.first?.exitCode == 2)
  }

  @Test func `gemini matches results by name and order`() {
    let path = "/v1beta/models/gemini-x:streamGenerateContent?alt=sse"
    let one = #"{"contents":[{"role":"user","parts":[{"text":"go"}]}]}"#
    let answer =
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{\"a\":1}}}]},\"finishReason\":\"STOP\"}]}\n\n"
    let two =
      #"{"contents":[{"role":"user","parts":[{"text":"go"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"error":"no"}}}]}]}"#
    let events = read([call(path, one, answer), call(path, two, "")])
    #expect(events.conversations.map(\.model) == ["gemini-x"])
    #expect(events.calls.map(\.status) == [.failed])
    #expect(events.calls.first?.command == #"{"a":1}"#)
  }

  @Test func `other traffic is not recognised`() {
    #expect(!LLMTrafficReader.recognizes(call("/v1/messages", #"{"text":"hi"}"#, "")))
    #expect(!LLMTrafficReader.recognizes(call("/api/chat", #"{"messages":[]}"#, "")))
    #expect(LLMTrafficReader.recognizes(call("/any", #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#, "")))
  }

  @Test func `a body that looks like a prompt does not make a write a read`() throws {
    let body = #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#
    for (path, effect) in [
      ("/v1/chat/completions", Effect.read), ("/openai/deployments/d/chat/completions?api-version=1", .read),
      ("/model/anthropic.claude/converse", .read), ("/orders/7/cancel", .write), ("/invoke", .write),
    ] {
      let one = call(path, body, "")
      try #require(LLMTrafficReader.recognizes(one), "\(path)")
      var part = CallPart(
        kind: "http", text: "POST", classification: Classification(verb: "POST", effect: .write), head: one.head)
      part.becomePrompt(to: "m", isByPath: LLMTrafficReader.isByPath(one))
      #expect(part.classification.effect == effect, "\(path)")
      #expect(part.classification.verb == "PROMPT" && part.kind == "llm")
      #expect((part.classification.note == nil) == (effect == .read), "\(path)")
    }
  }

  @Test func `hostile bodies are anomalies`() {
    let deep = #"{"messages":"# + String(repeating: "[", count: 100_000)
    let events = read([call("/v1/chat/completions", deep, "data: {\n\n")])
    #expect(events.anomalies.map(\.code.name) == ["llm-request-unreadable", "llm-event-unreadable"])
  }

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `streams of the vendor's own tests are read`() throws {
    let folder = try #require(Corpus.root).appending(path: "transcripts/wire-sse")
    for (name, calls) in [("basic", 0), ("tool_use", 1), ("incomplete_partial_json", 1), ("refusal", 0)] {
      let text = try String(contentsOf: folder.appending(path: "anthropic-\(name)_response.txt"), encoding: .utf8)
      let events = read([call("/v1/messages", Self.first, text)])
      #expect(events.calls.count == calls, "\(name)")
      #expect(events.completions.count == 1, "\(name)")
      #expect(events.anomalies.isEmpty, "\(name)")
    }
  }
}
