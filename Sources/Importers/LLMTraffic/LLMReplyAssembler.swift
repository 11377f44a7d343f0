import Bytes
import Model

/// Puts an answer together from its whole body or from the events of its stream.
struct LLMReplyAssembler: Sendable {
  /// Bytes of text, reasoning and arguments kept of one answer.
  static let byteLimit = 16 << 20
  /// Bytes kept of an error's text.
  static let errorLimit = 4 << 10
  /// Tool calls of one answer.
  static let callLimit = 1_024

  private let dialect: LLMDialect
  private(set) var reply = LLMReply()
  private var uses: [String: Int] = [:]
  private var byteCount = 0
  /// Set when the end of a whole body is missing.
  var isCut = false
  /// The time of the event that is taken, where the evidence has one.
  private var now: Timestamp?

  init(_ dialect: LLMDialect) { self.dialect = dialect }

  /// The answer so far. Calls of one that ended early count as incomplete unless their own end was seen.
  mutating func finish() -> LLMReply {
    if isCut {
      reply.isComplete = false
      // Only the last call can be the one that is cut.
      if let last = reply.toolUses.indices.last { reply.toolUses[last].isComplete = false }
    }
    for index in reply.toolUses.indices {
      if reply.isComplete, reply.stopReason != "max_tokens", reply.stopReason != "length" {
        reply.toolUses[index].isComplete = true
      }
      if reply.toolUses[index].arguments.isEmpty { reply.toolUses[index].arguments = "{}" }
      reply.toolUses[index].bound()
    }
    (reply.id, reply.model) = (reply.id?.cut(to: LLMRequest.nameLimit), reply.model?.cut(to: LLMRequest.nameLimit))
    reply.stopReason = reply.stopReason?.cut(to: LLMRequest.nameLimit)
    return reply
  }

  /// Takes an error that the transport tells.
  mutating func fail(_ type: String, _ message: String) { reply.error = "\(type): \(message)".cut(to: Self.errorLimit) }

  private mutating func fail(_ error: JSONValue) {
    let message = error[member: "message"]?.string ?? error.string ?? error.compact
    let type = error[member: "type"]?.string ?? error[member: "status"]?.string ?? error[member: "code"]?.string
    reply.error = [type, message].compactMap { $0 }.joined(separator: ": ").cut(to: Self.errorLimit)
  }

  /// Takes one event with its time, or a whole body.
  mutating func receive(_ event: JSONValue, at: Timestamp? = nil) {
    now = at
    reply.endedAt = at ?? reply.endedAt
    if let error = event[member: "error"] { fail(error) }
    switch dialect {
    case .anthropic: anthropic(event)
    case .chat: chat(event)
    case .responses: responses(event)
    case .gemini: gemini(event[member: "response"] ?? event)
    case .bedrock: bedrock(event)
    }
  }

  private mutating func count(_ text: String) -> Bool {
    byteCount += text.utf8.count
    return byteCount <= Self.byteLimit
  }

  private mutating func say(_ text: String?) {
    if let text, count(text) { reply.text += text }
  }

  private mutating func think(_ text: String?) {
    if let text, count(text) { reply.reasoning += text }
  }

  private mutating func open(_ key: String, _ use: LLMToolUse) {
    guard uses[key] == nil, reply.toolUses.count < Self.callLimit else { return }
    uses[key] = reply.toolUses.count
    reply.toolUses.append(use)
    change(key) { _ in }
  }

  private mutating func change(_ key: String, _ change: (inout LLMToolUse) -> Void) {
    guard let index = uses[key], reply.toolUses.indices.contains(index) else { return }
    change(&reply.toolUses[index])
    // The last event that touches a call is the one that makes it whole.
    reply.toolUses[index].at = now ?? reply.toolUses[index].at
  }

  private mutating func extend(_ key: String, _ text: String?) {
    guard let text, count(text) else { return }
    change(key) { $0.arguments += text }
  }

  private mutating func usage(_ usage: JSONValue?) {
    guard let usage else { return }
    let input =
      usage[member: "input_tokens"] ?? usage[member: "prompt_tokens"] ?? usage[member: "promptTokenCount"]
      ?? usage[member: "inputTokens"]
    let output =
      usage[member: "output_tokens"] ?? usage[member: "completion_tokens"] ?? usage[member: "candidatesTokenCount"]
      ?? usage[member: "outputTokens"]
    if let count = input?.integer.flatMap({ UInt64(exactly: $0) }) { reply.inputTokens = count }
    if let count = output?.integer.flatMap({ UInt64(exactly: $0) }) { reply.outputTokens = count }
  }

  private mutating func anthropic(_ event: JSONValue) {
    let key = String(event[member: "index"]?.integer ?? -1)
    switch event[member: "type"]?.string {
    case "message_start":
      reply.id = event[member: "message"]?[member: "id"]?.string
      reply.model = event[member: "message"]?[member: "model"]?.string
      usage(event[member: "message"]?[member: "usage"])
    case "content_block_start":
      if let block = event[member: "content_block"] { self.block(block, key: key, isWhole: false) }
    case "content_block_delta":
      let delta = event[member: "delta"]
      say(delta?[member: "text"]?.string)
      think(delta?[member: "thinking"]?.string)
      extend(key, delta?[member: "partial_json"]?.string)
    case "content_block_stop": change(key) { $0.isComplete = true }
    case "message_delta":
      reply.stopReason = event[member: "delta"]?[member: "stop_reason"]?.string ?? reply.stopReason
      usage(event[member: "usage"])
    case "message_stop": reply.isComplete = true
    case "message":
      (reply.id, reply.model) = (event[member: "id"]?.string, event[member: "model"]?.string)
      for (index, block) in event.list("content").enumerated() { self.block(block, key: String(index), isWhole: true) }
      reply.stopReason = event[member: "stop_reason"]?.string
      usage(event[member: "usage"])
      reply.isComplete = true
    default: break
    }
  }

  private mutating func block(_ block: JSONValue, key: String, isWhole: Bool) {
    let type = block[member: "type"]?.string ?? ""
    say(type == "text" ? block[member: "text"]?.string : nil)
    think(block[member: "thinking"]?.string)
    guard type.hasSuffix("tool_use") else { return }
    let input = block[member: "input"].flatMap { $0.isObject && $0.members.isEmpty && !isWhole ? nil : $0.compact }
    let isServerSide = type != "tool_use"
    open(
      key,
      LLMToolUse(
        id: block[member: "id"]?.string, name: block[member: "name"]?.string ?? "", arguments: input ?? "",
        isServerSide: isServerSide,
        isComplete: isWhole))
  }

  private mutating func chat(_ event: JSONValue) {
    reply.id = reply.id ?? event[member: "id"]?.text
    reply.model = reply.model ?? event[member: "model"]?.text
    usage(event[member: "usage"])
    for choice in event.list("choices").prefix(1) {
      let message = choice[member: "message"] ?? choice[member: "delta"]
      say(message?[member: "content"]?.string)
      think(message?[member: "reasoning_content"]?.string ?? message?[member: "reasoning"]?.string)
      let calls = message?.list("tool_calls") ?? []
      for (index, call) in calls.enumerated() {
        let key = String(call[member: "index"]?.integer ?? index)
        let function = call[member: "function"] ?? call[member: "custom"]
        open(key, LLMToolUse(id: call[member: "id"]?.text, name: "", arguments: "", isComplete: false))
        change(key) { use in
          use.id = use.id ?? call[member: "id"]?.text
          if use.name.isEmpty { use.name = function?[member: "name"]?.string ?? "" }
        }
        extend(key, function?[member: "arguments"]?.string ?? function?[member: "input"]?.string)
      }
      if let call = message?[member: "function_call"] {
        open("function", LLMToolUse(name: "", arguments: "", isComplete: false))
        change("function") { if $0.name.isEmpty { $0.name = call[member: "name"]?.string ?? "" } }
        extend("function", call[member: "arguments"]?.string)
      }
      if let reason = choice[member: "finish_reason"]?.string {
        reply.stopReason = reason
        reply.isComplete = true
      }
    }
  }

  private mutating func responses(_ event: JSONValue) {
    let type = event[member: "type"]?.string ?? ""
    let key =
      event[member: "item_id"]?.string ?? event[member: "item"]?[member: "id"]?.string
      ?? "\(event[member: "output_index"]?.integer ?? 0)"
    switch type {
    case "response.created": identify(event[member: "response"])
    case "response.output_item.added", "response.output_item.done":
      guard let item = event[member: "item"], var use = LLMToolUse(item: item) else { break }
      use.isComplete = type.hasSuffix("done")
      open(key, use)
      if use.isComplete { change(key) { $0 = use } }
    case "response.output_text.delta", "response.refusal.delta": say(event[member: "delta"]?.string)
    case "response.reasoning_summary_text.delta", "response.reasoning_text.delta": think(event[member: "delta"]?.string)
    case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta":
      extend(key, event[member: "delta"]?.string)
    case "response.function_call_arguments.done", "response.custom_tool_call_input.done":
      let whole = event[member: "arguments"]?.string ?? event[member: "input"]?.string
      change(key) { use in
        use.arguments = whole ?? use.arguments
        use.isComplete = true
      }
    case "response.completed", "response.failed", "response.incomplete", "response.done":
      whole(event[member: "response"])
    case "error": if reply.error == nil { reply.error = event[member: "message"]?.string?.cut(to: Self.errorLimit) }
    default: if event[member: "object"]?.string == "response" { whole(event) }
    }
  }

  private mutating func identify(_ response: JSONValue?) {
    reply.id = response?[member: "id"]?.string ?? reply.id
    reply.model = response?[member: "model"]?.string ?? reply.model
  }

  private mutating func whole(_ response: JSONValue?) {
    guard let response else { return }
    identify(response)
    usage(response[member: "usage"])
    reply.stopReason =
      response[member: "incomplete_details"]?[member: "reason"]?.string ?? response[member: "status"]?.string
    reply.isComplete =
      response[member: "status"]?.string != "incomplete" && response[member: "status"]?.string != "failed"
    if let error = response[member: "error"] { fail(error) }
    let isNew = reply.text.isEmpty
    for (index, item) in response.list("output").enumerated() {
      if isNew, item[member: "type"]?.string == "message" {
        for text in LLMRequest.texts(item[member: "content"]) { say(text) }
      }
      guard let use = LLMToolUse(item: item) else { continue }
      let known = reply.toolUses.contains { $0.id == use.id }
      if !known { open(item[member: "id"]?.string ?? String(index), use) }
    }
  }

  private mutating func gemini(_ event: JSONValue) {
    reply.id = reply.id ?? event[member: "responseId"]?.text
    reply.model = reply.model ?? event[member: "modelVersion"]?.text
    usage(event[member: "usageMetadata"])
    for candidate in event.list("candidates").prefix(1) {
      for part in candidate[member: "content"]?.list("parts") ?? [] {
        if let call = part[member: "functionCall"] {
          open(String(reply.toolUses.count), LLMToolUse(functionCall: call))
        } else if part[member: "thought"]?.bool == true {
          think(part[member: "text"]?.string)
        } else {
          say(part[member: "text"]?.string)
        }
      }
      if let reason = candidate[member: "finishReason"]?.string {
        reply.stopReason = reason
        reply.isComplete = true
      }
    }
  }

  /// Converse: a whole answer, or an event that its `:event-type` names.
  private mutating func bedrock(_ event: JSONValue) {
    let key = String(event[member: "contentBlockIndex"]?.integer ?? -1)
    usage(event[member: "usage"])
    if let use = event[member: "start"]?[member: "toolUse"] {
      let (id, name) = (use[member: "toolUseId"]?.string, use[member: "name"]?.string ?? "")
      open(key, LLMToolUse(id: id, name: name, arguments: "", isComplete: false))
    }
    say(event[member: "delta"]?[member: "text"]?.string)
    think(event[member: "delta"]?[member: "reasoningContent"]?[member: "text"]?.string)
    extend(key, event[member: "delta"]?[member: "toolUse"]?[member: "input"]?.string)
    for (index, block) in (event[member: "output"]?[member: "message"]?.list("content") ?? []).enumerated() {
      say(block[member: "text"]?.string)
      guard let use = block[member: "toolUse"] else { continue }
      let (id, name) = (use[member: "toolUseId"]?.string, use[member: "name"]?.string ?? "")
      open(String(index), LLMToolUse(id: id, name: name, arguments: use[member: "input"]?.compact ?? "{}"))
    }
    if let reason = event[member: "stopReason"]?.string {
      reply.stopReason = reason
      reply.isComplete = true
    }
  }
}
