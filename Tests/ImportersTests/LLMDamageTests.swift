import Bytes
import Model
import Testing

@testable import Importers

/// Evidence that is cut, damaged, or made to exhaust memory.
struct LLMDamageTests {
  /// The events of an answer as records, a millisecond apart.
  static var streamRecords: [(at: Int64, Direction, StreamRecord.Kind, String)] {
    let lines = LLMTrafficTests.stream.split(separator: "\n").filter { $0.hasPrefix("data: ") }
    return lines.enumerated().map { (Int64($0.offset) * 1_000_000, .fromServer, .event, String($0.element)) }
  }

  @Test func `records of a stream give calls their own times`() {
    var one = call("/v1/messages", LLMTrafficTests.first, "")
    one.records = records(Self.streamRecords)
    let events = read([one])
    // The sixth event ends the block of the call, the eighth the answer.
    #expect(events.calls.map(\.at) == [Timestamp(nanoseconds: 5_000_000)])
    #expect(events.completions.map(\.endedAt) == [Timestamp(nanoseconds: 7_000_000)])
    #expect(events.calls.map(\.command) == ["psql -c 'select 1'"])
    #expect(events.anomalies.isEmpty)
  }

  @Test func `parallel calls of one answer have a time each`() {
    func chunk(_ index: Int, _ id: String) -> String {
      #"data: {"id":"c","choices":[{"delta":{"tool_calls":[{"index":\#(index),"id":"\#(id)","function":{"name":"f","arguments":"{}"}}]}}]}"#
    }
    var one = call("/v1/chat/completions", #"{"model":"g","messages":[{"role":"user","content":"go"}]}"#, "")
    one.records = records([
      (10, .fromServer, .event, chunk(0, "call_a")), (20, .fromServer, .event, chunk(1, "call_b")),
      (30, .fromServer, .event, #"data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#),
    ])
    #expect(read([one]).calls.map(\.at) == [Timestamp(nanoseconds: 10), Timestamp(nanoseconds: 20)])
  }

  @Test func `records that were cut go on with the body`() {
    var one = call("/v1/messages", LLMTrafficTests.first, LLMTrafficTests.stream)
    one.records = records(Self.streamRecords, limit: 600)
    #expect(one.records?.isCut == true)
    let events = read([one])
    #expect(events.calls.map(\.command) == ["psql -c 'select 1'"])
    #expect(events.completions.map(\.status) == [.complete])
    #expect(events.anomalies.isEmpty)

    one.responseBody?.content = cut(LLMTrafficTests.stream, to: 500)
    let short = read([one])
    #expect(short.anomalies.map(\.code.name) == ["llm-answer-cut"])
    #expect(short.completions.map(\.status) == [.incomplete])
  }

  @Test func `damaged records are told, and what stands before is kept`() {
    var one = call("/v1/messages", LLMTrafficTests.first, "")
    let whole = records(Self.streamRecords)
    for count in 1..<whole.bytes.count {
      one.records = Payload(layout: .records, bytes: Array(whole.bytes.prefix(count)))
      let events = read([one])
      #expect(events.prompts.count == 2)
      let codes = Set(events.anomalies.map(\.code.name))
      #expect(codes.isSubset(of: ["llm-records-damaged", "llm-answer-cut"]))
      #expect(events.completions.first?.status == .incomplete || !codes.contains("llm-answer-cut") || count > 800)
    }
    var bytes = whole.bytes
    bytes[8] = 9
    one.records = Payload(layout: .records, bytes: bytes)
    #expect(read([one]).anomalies.map(\.code.name).contains("llm-records-damaged"))
  }

  @Test func `a cut request still gives its complete messages`() {
    let messages = [("user", "one"), ("assistant", "a"), ("user", "two"), ("assistant", "b"), ("user", "the third")]
    let text = LLMConversationTests.request(messages)
    let whole = read([call("/v1/messages", text, "")])
    for count in stride(from: 60, to: text.utf8.count, by: 1) {
      var one = call("/v1/messages", text, "")
      one.requestBody?.content = cut(text, to: count)
      let events = read([one])
      #expect(events.anomalies.map(\.code.name) == ["llm-request-cut"])
      for prompt in events.prompts where !prompt.isCut { #expect(whole.prompts.map(\.id).contains(prompt.id)) }
      for prompt in events.prompts where prompt.isCut {
        #expect(whole.prompts.contains { $0.text.hasPrefix(prompt.text) && $0.ordinal == prompt.ordinal })
      }
    }
  }

  @Test(arguments: [
    (#"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"one"},{"role":"us"#, ["one"], [false]),
    (
      #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"one"},{"role":"user","content":["#, ["one"],
      [false]
    ),
    (#"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"one"},{"content":"tw"#, ["one"], [false]),
    (
      #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"one"},{"role":"user","content":"tw"#,
      ["one", "tw"], [false, true]
    ),
    (#"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"one"}"#, ["one"], [false]),
    (#"{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":"I would"#, [], []),
  ])
  func `only the message within which a request is cut is marked`(_ text: String, _ prompts: [String], _ isCut: [Bool])
  {
    let events = read([call("/v1/messages", text, "")])
    #expect(events.prompts.map(\.text) == prompts)
    #expect(events.prompts.map(\.isCut) == isCut)
    #expect(events.anomalies.map(\.code.name) == ["llm-request-cut"])
  }

  @Test func `a cut input or instruction is marked`() {
    let input = read([call("/v1/responses", #"{"model":"g","input":"hello wor"#, "")])
    #expect(input.prompts.map(\.text) == ["hello wor"])
    #expect(input.prompts.map(\.isCut) == [true])
    let system = read([call("/v1/responses", #"{"model":"g","input":"hello","instructions":"Be goo"#, "")])
    #expect(system.prompts.map(\.text) == ["Be goo", "hello"])
    #expect(system.prompts.map(\.isCut) == [true, false])
  }

  @Test func `a history that outgrows what is kept stays one conversation`() {
    var messages = [("user", "one")]
    var calls: [Call] = []
    for turn in 0..<12 {
      var next = call("/v1/messages", LLMConversationTests.request(messages), LLMConversationTests.answer("a\(turn)"))
      let text = LLMConversationTests.request(messages, more: #","metadata":{"user_id":"user_1_account__session_s"}"#)
      next.requestBody?.content = cut(text, to: 500)
      calls.append(next)
      let id = "toolu_\(turn)"
      messages.append(("assistant", #"[{"type":"tool_use","id":"\#(id)","name":"f","input":{}}]"#))
      messages.append(("user", #"[{"type":"tool_result","tool_use_id":"\#(id)","content":"ok"}]"#))
    }
    let events = read(calls)
    #expect(events.conversations.count == 1)
    #expect(events.conversations.first?.nativeID == "s")
    #expect(events.prompts.map(\.text) == ["one"])
    #expect(Set(events.calls.map(\.id)).count == events.calls.count)
    #expect(events.completions.count == 12)
    #expect(Set(events.completions.map(\.id)).count == 12)
  }

  @Test func `a cut within what follows the history leaves the history whole`() {
    let text = LLMConversationTests.request(
      [("user", "one")], more: #","tools":[{"name":"Bash","description":"runs"}]"#)
    var one = call("/v1/messages", text, LLMConversationTests.answer("a"))
    one.requestBody?.content = cut(text, to: text.utf8.count - 8)
    let next = call(
      "/v1/messages", LLMConversationTests.request([("user", "one"), ("assistant", "a"), ("user", "two")]), "")
    let events = read([one, next])
    #expect(events.conversations.count == 1)
    #expect(events.prompts.map(\.isCut) == [false, false])
    #expect(events.prompts.first?.at == Timestamp(nanoseconds: 0))
  }

  @Test func `a table forgets what was asked for longest`() {
    var table = BoundedTable<Int, Int>(limit: 8)
    for key in 0..<100 {
      table[key] = key
      // Key 0 is asked for all the time and stays.
      #expect(table[0] == 0)
    }
    #expect(table[99] == 99)
    #expect(table[50] == nil)
    var heavy = BoundedTable<Int, String>(limit: 1_000, byteLimit: 100) { $1.utf8.count }
    for key in 0..<100 { heavy[key] = String(repeating: "x", count: 10) }
    #expect((0..<100).count { heavy[$0] != nil } <= 10)
  }

  @Test func `calls that wait are bounded by number and by bytes`() {
    func waiting(_ index: Int, _ bytes: Int) -> ToolCall {
      ToolCall(
        nativeID: "t\(index)", conversationID: "c", ordinal: index, tool: "f",
        arguments: String(repeating: "x", count: bytes), seenAt: Timestamp(nanoseconds: 0), origin: .unknown)
    }
    var pending = PendingCalls()
    var told: [ToolCall] = []
    for index in 0..<10_000 { told += pending.insert(waiting(index, 1), key: "t\(index)") }
    #expect(told.first?.nativeID == "t0")
    let firstName = pending.removeFirst(of: "f", in: "c")?.nativeID
    #expect(firstName == "t\(told.count)")
    told += pending.removeAll()
    #expect(told.count == 9_999)

    var heavy = PendingCalls()
    var count = 0
    for index in 0..<200 { count += heavy.insert(waiting(index, 1 << 19), key: "t\(index)").count }
    #expect(count > 100)
  }

  @Test func `long ids are cut before they are kept`() {
    let long = String(repeating: "i", count: 100_000)
    let use = #"[{"type":"tool_use","id":"\#(long)","name":"\#(long)","input":{}}]"#
    let events = read([
      call(
        "/v1/messages", LLMConversationTests.request([("user", "one"), ("assistant", use)]), "",
        headers: [("session-id", long)])
    ])
    #expect(events.conversations.first?.nativeID?.utf8.count == LLMRequest.nameLimit)
    #expect(events.calls.first?.nativeID?.utf8.count == LLMRequest.nameLimit)
    #expect(events.calls.first?.tool.utf8.count == LLMRequest.nameLimit)
  }

  @Test(arguments: [
    ("/v1/messages", #"{"model":"a","messages":[{"role":"user","content":"model"}],"max_tokens":1}"#, "a"),
    ("/v1/messages", #"{"messages":[{"model":"no"}],"max_tokens":1,"model":"b","model":"c"}"#, "c"),
    ("/openai/deployments/dep/chat/completions", #"{"messages":[]}"#, "dep"),
    (
      "/v1/projects/p/publishers/anthropic/models/claude@1:streamRawPredict",
      #"{"anthropic_version":"v","messages":[]}"#, "claude@1"
    ),
    ("/v1beta/models/gem:generateContent", #"{"contents":[]}"#, "gem"),
    ("/model/a.b-v1:0/converse", #"{"messages":[]}"#, "a.b-v1:0"),
    ("/v1/chat/completions", #"{"model":"m","messages":[{"#, "m"),
  ])
  func `the model is named by body or path`(_ path: String, _ body: String, _ model: String) {
    #expect(LLMTrafficReader.model(of: call(path, body, "")) == model)
    #expect(LLMTrafficReader.model(of: call("/orders", #"{"model":"T"}"#, "")) == nil)
  }
}
