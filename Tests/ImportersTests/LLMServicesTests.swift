import Bytes
import Model
import Testing

@testable import Importers

/// What each service sends in its own form.
struct LLMServicesTests {
  static let responseEvents = [
    #"{"type":"response.created","response":{"id":"resp_1","model":"g-5","status":"in_progress"},"sequence_number":0}"#,
    #"{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","delta":"thinking"}"#,
    #"{"type":"response.output_text.delta","item_id":"msg_1","delta":"I ","obfuscation":"xx"}"#,
    #"{"type":"response.output_text.delta","item_id":"msg_1","delta":"look."}"#,
    #"{"type":"response.output_item.added","output_index":1,"item":{"id":"fc_1","type":"function_call","call_id":"call_1","name":"exec_command","arguments":""}}"#,
    #"{"type":"response.output_item.added","output_index":2,"item":{"id":"ctc_1","type":"custom_tool_call","call_id":"call_2","name":"apply_patch","input":""}}"#,
    #"{"type":"response.function_call_arguments.delta","item_id":"fc_1","delta":"{\"cmd\":"}"#,
    #"{"type":"response.custom_tool_call_input.delta","item_id":"ctc_1","delta":"*** Begin"}"#,
    #"{"type":"response.function_call_arguments.delta","item_id":"fc_1","delta":"\"ls -l\"}"}"#,
    #"{"type":"response.function_call_arguments.done","item_id":"fc_1","arguments":"{\"cmd\":\"ls -l\"}"}"#,
    #"{"type":"response.custom_tool_call_input.done","item_id":"ctc_1","input":"*** Begin Patch"}"#,
    #"{"type":"response.completed","response":{"id":"resp_1","model":"g-5","status":"completed","usage":{"input_tokens":7,"output_tokens":3},"output":[{"type":"message","content":[{"type":"output_text","text":"I look."}]},{"id":"fc_1","type":"function_call","call_id":"call_1","name":"exec_command","arguments":"{\"cmd\":\"ls -l\"}"}]}}"#,
  ]
  static let responseRequest =
    #"{"model":"g-5","stream":true,"instructions":"Be good.","input":[{"type":"message","role":"developer","content":[{"type":"input_text","text":"sandboxed"}]},{"type":"message","role":"user","content":[{"type":"input_text","text":"<environment_context>x</environment_context>"}]},{"type":"message","role":"user","content":[{"type":"input_text","text":"list it"}]}]}"#

  @Test func `responses are put together from their events`() {
    let events = read([call("/v1/responses", Self.responseRequest, serverEvents(Self.responseEvents))])
    #expect(events.prompts.map(\.kind) == [.system, .system, .human])
    #expect(events.prompts.last?.text == "list it")
    #expect(events.calls.map(\.nativeID) == ["call_1", "call_2"])
    #expect(events.calls.map(\.command) == ["ls -l", "*** Begin Patch"])
    #expect(events.calls.allSatisfy { $0.status == .pending })
    let answer = events.completions.first
    #expect(answer?.text == "I look.")
    #expect(answer?.reasoning == "thinking")
    #expect(answer?.nativeID == "resp_1")
    #expect(answer?.status == .complete)
    #expect(answer?.inputTokens == 7)
    #expect(answer?.outputTokens == 3)
    #expect(events.anomalies.isEmpty)
  }

  @Test func `every prefix of the events of a response gives one answer`() {
    for count in 1..<Self.responseEvents.count {
      let events = read([
        call("/v1/responses", Self.responseRequest, serverEvents(Array(Self.responseEvents.prefix(count))))
      ])
      #expect(events.completions.map(\.status) == [.incomplete])
      for call in events.calls { #expect(call.status == .incomplete || call.command != "") }
    }
  }

  @Test func `responses go over a WebSocket, several on one connection`() {
    var head = CallHead(version: "1.1", method: "GET", target: "/v1/responses")
    head.requestFields = [
      HeaderField("OpenAI-Beta", "responses_websockets=2026-02-06"), HeaderField("User-Agent", "codex_cli_rs/0.150"),
    ]
    var call = Call(head: head)
    call.upgrade = "websocket"
    let first =
      #"{"type":"response.create","response":{"model":"g-5","client_metadata":{"thread_id":"th_1","turn_id":"tu_1"},"input":"list it"}}"#
    let second =
      #"{"type":"response.create","model":"g-5","previous_response_id":"resp_1","client_metadata":{"thread_id":"th_1"},"input":[{"type":"function_call_output","call_id":"call_1","output":"Process exited with code 0\nOutput:\na"}]}"#
    var all: [(at: Int64, Direction, StreamRecord.Kind, String)] = [(100, .fromClient, .text, first)]
    for (index, event) in Self.responseEvents.enumerated() {
      all.append((200 + Int64(index), .fromServer, .text, event))
    }
    all.append((150, .fromServer, .ping, "x"))
    all.append((300, .fromClient, .text, second))
    all.append((310, .fromServer, .text, "{"))
    all.append((320, .fromServer, .text, "no"))
    call.records = records(all)
    #expect(LLMTrafficReader.recognizes(call))
    #expect(LLMTrafficReader.model(of: call) == "g-5")
    let events = read([call])
    #expect(events.conversations.map(\.nativeID) == ["th_1"])
    #expect(events.prompts.map(\.text) == ["list it"])
    #expect(events.prompts.first?.at == Timestamp(nanoseconds: 100))
    #expect(events.prompts.first?.nativeID == "tu_1")
    #expect(events.completions.map(\.status) == [.complete, .incomplete])
    #expect(events.completions.first?.endedAt == Timestamp(nanoseconds: 211))
    let calls = events.calls.sorted { ($0.nativeID ?? "") < ($1.nativeID ?? "") }
    #expect(calls.map(\.status) == [.succeeded, .pending])
    #expect(calls.first?.at == Timestamp(nanoseconds: 209))
    #expect(calls.first?.endedAt == Timestamp(nanoseconds: 300))
    #expect(calls.first?.exitCode == 0)
    #expect(events.anomalies.map(\.code.name) == ["llm-event-unreadable"])
  }

  @Test func `Converse streams are put together, and go on with their results`() {
    let first = #"{"system":[{"text":"Be good."}],"messages":[{"role":"user","content":[{"text":"count"}]}]}"#
    let second =
      #"{"messages":[{"role":"user","content":[{"text":"count"}]},{"role":"assistant","content":[{"text":"Well."},{"toolUse":{"toolUseId":"tooluse_1","name":"sql","input":{"q":"select 1"}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"tooluse_1","status":"error","content":[{"text":"denied"}]}}]}]}"#
    let payloads = [
      ("messageStart", #"{"role":"assistant"}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"Well."}}"#),
      ("contentBlockStop", #"{"contentBlockIndex":0}"#),
      ("contentBlockStart", #"{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"tooluse_1","name":"sql"}}}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"q\":"}}}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"toolUse":{"input":"\"select 1\"}"}}}"#),
      ("contentBlockStop", #"{"contentBlockIndex":1}"#), ("messageStop", #"{"stopReason":"tool_use"}"#),
      ("metadata", #"{"usage":{"inputTokens":11,"outputTokens":4}}"#),
    ]
    let stream = payloads.flatMap { awsMessage([(":message-type", "event"), (":event-type", $0.0)], $0.1) }
    let whole =
      #"{"output":{"message":{"role":"assistant","content":[{"text":"No."}]}},"stopReason":"end_turn","usage":{"inputTokens":1}}"#
    let path = "/model/anthropic.x-v1%3A0/converse-stream"
    let asked = awsCall(path, first, stream)
    #expect(LLMTrafficReader.model(of: asked) == "anthropic.x-v1:0")
    let events = read([asked, call("/model/anthropic.x-v1%3A0/converse", second, whole)])
    #expect(events.conversations.count == 1)
    #expect(events.prompts.map(\.text) == ["Be good.", "count"])
    #expect(events.calls.map(\.command) == [#"{"q":"select 1"}"#])
    #expect(events.calls.map(\.status) == [.failed])
    #expect(events.calls.map(\.result) == ["denied"])
    #expect(events.completions.map(\.text) == ["Well.", "No."])
    #expect(events.completions.map(\.stopReason) == ["tool_use", "end_turn"])
    #expect(events.completions.first?.inputTokens == 11)
    #expect(events.anomalies.isEmpty)
  }

  @Test func `invoked models stream their own events in base64`() {
    let events = LLMTrafficTests.stream.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { $0.dropFirst(6) }
    let messages = events.map {
      awsMessage(
        [(":message-type", "event"), (":event-type", "chunk")], #"{"bytes":"\#(base64(String($0)))","p":"ab"}"#)
    }
    let request = LLMTrafficTests.first.replacing(#""model":"m""#, with: #""anthropic_version":"bedrock-2023-05-31""#)
    let path = "/model/us.anthropic.claude/invoke-with-response-stream"
    let told = read([awsCall(path, request, messages.flatMap { $0 })])
    #expect(told.calls.map(\.command) == ["psql -c 'select 1'"])
    #expect(told.completions.map(\.status) == [.complete])
    #expect(told.conversations.map(\.model) == ["us.anthropic.claude"])
    #expect(told.anomalies.isEmpty)

    // A message that is damaged by itself is passed over; a cut one ends the stream.
    var damaged = messages
    damaged[3][damaged[3].count - 6] ^= 1
    let rest = read([awsCall(path, request, damaged.flatMap { $0 })])
    #expect(rest.anomalies.map(\.code.name) == ["llm-event-stream-damaged"])
    #expect(rest.completions.map(\.status) == [.complete])
    let short = read([awsCall(path, request, messages.flatMap { $0 }.dropLast(3))])
    #expect(short.anomalies.map(\.code.name) == ["llm-event-stream-damaged"])
    #expect(short.completions.map(\.status) == [.incomplete])
  }

  @Test func `an exception within a stream is the answer's error`() {
    let message = awsMessage(
      [(":message-type", "exception"), (":exception-type", "throttlingException")], #"{"message":"slow down"}"#)
    let events = read([awsCall("/model/m/converse-stream", #"{"messages":[]}"#, message)])
    #expect(events.completions.map(\.error) == ["throttlingException: slow down"])
    #expect(events.completions.map(\.status) == [.failed])
  }

  @Test(arguments: [
    (
      "/v1/messages", #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
      "overloaded_error: Overloaded"
    ),
    (
      "/v1/chat/completions", #"{"error":{"message":"no","type":"invalid_request_error","code":null}}"#,
      "invalid_request_error: no"
    ),
    ("/v1/chat/completions", #"{"error":"not here"}"#, "not here"),
    (
      "/v1/models/g:generateContent", #"{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED"}}"#,
      "RESOURCE_EXHAUSTED: quota"
    ),
    ("/v1/responses", #"{"error":{"message":"bad","type":"server_error"}}"#, "server_error: bad"),
    (
      "/v1/responses",
      "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"x\",\"message\":\"gone\"}}}\n\n",
      "x: gone"
    ),
    ("/v1/responses", "data: {\"type\":\"error\",\"message\":\"lost\"}\n\n", "lost"),
  ])
  func `an error of the service is the answer's`(_ path: String, _ answer: String, _ error: String) {
    let request =
      #"{"max_tokens":1,"messages":[{"role":"user","content":"x"}],"contents":[{"role":"user","parts":[{"text":"x"}]}],"input":"x"}"#
    let events = read([call(path, request, answer)])
    #expect(events.prompts.map(\.text) == ["x"])
    #expect(events.completions.map(\.error) == [error])
    #expect(events.completions.map(\.status) == [.failed])
  }

  @Test func `an error in the middle of a stream keeps what came before it`() {
    let stream = LLMTrafficTests.stream.components(before: #"data: {"type":"message_delta""#)
    let failed = stream + #"data: {"type":"error","error":{"type":"api_error","message":"x"}}"# + "\n\n"
    let events = read([call("/v1/messages", LLMTrafficTests.first, failed)])
    #expect(events.calls.map(\.status) == [.pending])
    #expect(events.completions.map(\.status) == [.failed])
  }

  @Test func `legacy functions are matched by name`() {
    let first = #"{"model":"g","functions":[],"messages":[{"role":"user","content":"go"}]}"#
    let answer = serverEvents([
      #"{"id":"c","choices":[{"delta":{"function_call":{"name":"shell","arguments":"{\"cmd\""}}}]}"#,
      #"{"id":"c","choices":[{"delta":{"function_call":{"arguments":":\"id\"}"}}}]}"#,
      #"{"id":"c","choices":[{"delta":{},"finish_reason":"function_call"}]}"#, "[DONE]",
    ])
    let second =
      #"{"model":"g","messages":[{"role":"user","content":"go"},{"role":"assistant","content":null,"function_call":{"name":"shell","arguments":"{\"cmd\":\"id\"}"}},{"role":"function","name":"shell","content":"Exit code: 1"}]}"#
    let events = read([
      call("/v1/chat/completions", first, answer),
      call("/v1/chat/completions", second, #"{"choices":[{"message":{"content":"Done."},"finish_reason":"stop"}]}"#),
    ])
    #expect(events.conversations.count == 1)
    #expect(events.calls.map(\.command) == ["id"])
    #expect(events.calls.map(\.status) == [.failed])
    #expect(events.completions.map(\.text) == ["", "Done."])
  }
}

extension String {
  /// What comes before the first `text`.
  fileprivate func components(before text: String) -> String {
    firstRange(of: text).map { String(self[..<$0.lowerBound]) } ?? self
  }
}
