import Bytes
import Model

/// Puts an answer together from its whole body or from the events of its stream.
struct LLMReplyAssembler: Sendable {
  /// Bytes of text, reasoning and arguments kept of one answer.
  static let byteLimit = 16 << 20
  /// Tool calls of one answer.
  static let callLimit = 1_024

  private let dialect: LLMDialect
  private(set) var reply = LLMReply()
  private var uses: [String: Int] = [:]
  private var byteCount = 0

  init(_ dialect: LLMDialect) { self.dialect = dialect }

  /// The answer so far. Calls of one that ended early count as incomplete unless their own end was seen.
  mutating func finish() -> LLMReply {
    for index in reply.toolUses.indices {
      if reply.isComplete, reply.stopReason != "max_tokens", reply.stopReason != "length" {
        reply.toolUses[index].isComplete = true
      }
      if reply.toolUses[index].arguments.isEmpty { reply.toolUses[index].arguments = "{}" }
    }
    return reply
  }

  /// Takes one event, or a whole body.
  mutating func receive(_ event: JSONValue) {
    if let error = event["error"] {
      let message = error["message"]?.string ?? error.string ?? error.compact
      let type = error["type"]?.string ?? error["status"]?.string ?? error["code"]?.string
      reply.error = [type, message].compactMap { $0 }.joined(separator: ": ")
    }
    switch dialect {
    case .anthropic: anthropic(event)
    case .chat: chat(event)
    case .responses: responses(event)
    case .gemini: gemini(event["response"] ?? event)
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
  }

  private mutating func change(_ key: String, _ change: (inout LLMToolUse) -> Void) {
    if let index = uses[key], reply.toolUses.indices.contains(index) { change(&reply.toolUses[index]) }
  }

  private mutating func extend(_ key: String, _ text: String?) {
    guard let text, count(text) else { return }
    change(key) { $0.arguments += text }
  }

  private mutating func usage(_ usage: JSONValue?) {
    guard let usage else { return }
    let input = usage["input_tokens"] ?? usage["prompt_tokens"] ?? usage["promptTokenCount"] ?? usage["inputTokens"]
    let output =
      usage["output_tokens"] ?? usage["completion_tokens"] ?? usage["candidatesTokenCount"] ?? usage["outputTokens"]
    if let count = input?.integer.flatMap({ UInt64(exactly: $0) }) { reply.inputTokens = count }
    if let count = output?.integer.flatMap({ UInt64(exactly: $0) }) { reply.outputTokens = count }
  }

  private mutating func anthropic(_ event: JSONValue) {
    let key = String(event["index"]?.integer ?? -1)
    switch event["type"]?.string {
    case "message_start":
      reply.id = event["message"]?["id"]?.string
      reply.model = event["message"]?["model"]?.string
      usage(event["message"]?["usage"])
    case "content_block_start": if let block = event["content_block"] { self.block(block, key: key, isWhole: false) }
    case "content_block_delta":
      let delta = event["delta"]
      say(delta?["text"]?.string)
      think(delta?["thinking"]?.string)
      extend(key, delta?["partial_json"]?.string)
    case "content_block_stop": change(key) { $0.isComplete = true }
    case "message_delta":
      reply.stopReason = event["delta"]?["stop_reason"]?.string ?? reply.stopReason
      usage(event["usage"])
    case "message_stop": reply.isComplete = true
    case "message":
      (reply.id, reply.model) = (event["id"]?.string, event["model"]?.string)
      for (index, block) in event.list("content").enumerated() { self.block(block, key: String(index), isWhole: true) }
      reply.stopReason = event["stop_reason"]?.string
      usage(event["usage"])
      reply.isComplete = true
    default: break
    }
  }

  private mutating func block(_ block: JSONValue, key: String, isWhole: Bool) {
    let type = block["type"]?.string ?? ""
    say(type == "text" ? block["text"]?.string : nil)
    think(block["thinking"]?.string)
    guard type.hasSuffix("tool_use") else { return }
    let input = block["input"].flatMap { $0.keys?.isEmpty == true && !isWhole ? nil : $0.compact }
    let isServerSide = type != "tool_use"
    open(
      key,
      LLMToolUse(
        id: block["id"]?.string, name: block["name"]?.string ?? "", arguments: input ?? "", isServerSide: isServerSide,
        isComplete: isWhole))
  }

  private mutating func chat(_ event: JSONValue) {
    reply.id = reply.id ?? event["id"]?.text
    reply.model = reply.model ?? event["model"]?.text
    usage(event["usage"])
    for choice in event.list("choices").prefix(1) {
      let message = choice["message"] ?? choice["delta"]
      say(message?["content"]?.string)
      think(message?["reasoning_content"]?.string ?? message?["reasoning"]?.string)
      let calls = message?.list("tool_calls") ?? []
      for (index, call) in calls.enumerated() {
        let key = String(call["index"]?.integer ?? index)
        let function = call["function"] ?? call["custom"]
        open(key, LLMToolUse(id: call["id"]?.text, name: "", arguments: "", isComplete: false))
        change(key) { use in
          use.id = use.id ?? call["id"]?.text
          if use.name.isEmpty { use.name = function?["name"]?.string ?? "" }
        }
        extend(key, function?["arguments"]?.string ?? function?["input"]?.string)
      }
      if let call = message?["function_call"] {
        open("function", LLMToolUse(name: "", arguments: "", isComplete: false))
        change("function") { if $0.name.isEmpty { $0.name = call["name"]?.string ?? "" } }
        extend("function", call["arguments"]?.string)
      }
      if let reason = choice["finish_reason"]?.string {
        reply.stopReason = reason
        reply.isComplete = true
      }
    }
  }

  private mutating func responses(_ event: JSONValue) {
    let type = event["type"]?.string ?? ""
    let key = event["item_id"]?.string ?? event["item"]?["id"]?.string ?? "\(event["output_index"]?.integer ?? 0)"
    switch type {
    case "response.created": identify(event["response"])
    case "response.output_item.added", "response.output_item.done":
      guard let item = event["item"], var use = LLMToolUse(item: item) else { break }
      use.isComplete = type.hasSuffix("done")
      open(key, use)
      if use.isComplete { change(key) { $0 = use } }
    case "response.output_text.delta", "response.refusal.delta": say(event["delta"]?.string)
    case "response.reasoning_summary_text.delta", "response.reasoning_text.delta": think(event["delta"]?.string)
    case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta":
      extend(key, event["delta"]?.string)
    case "response.function_call_arguments.done", "response.custom_tool_call_input.done":
      let whole = event["arguments"]?.string ?? event["input"]?.string
      change(key) { use in
        use.arguments = whole ?? use.arguments
        use.isComplete = true
      }
    case "response.completed", "response.failed", "response.incomplete", "response.done": whole(event["response"])
    case "error": reply.error = reply.error ?? event["message"]?.string
    default: if event["object"]?.string == "response" { whole(event) }
    }
  }

  private mutating func identify(_ response: JSONValue?) {
    reply.id = response?["id"]?.string ?? reply.id
    reply.model = response?["model"]?.string ?? reply.model
  }

  private mutating func whole(_ response: JSONValue?) {
    guard let response else { return }
    identify(response)
    usage(response["usage"])
    reply.stopReason = response["incomplete_details"]?["reason"]?.string ?? response["status"]?.string
    reply.isComplete = response["status"]?.string != "incomplete" && response["status"]?.string != "failed"
    if let error = response["error"] { reply.error = error["message"]?.string ?? error.compact }
    let isNew = reply.text.isEmpty
    for (index, item) in response.list("output").enumerated() {
      if isNew, item["type"]?.string == "message" {
        for text in LLMRequest.texts(item["content"]) { say(text) }
      }
      guard let use = LLMToolUse(item: item) else { continue }
      let known = reply.toolUses.contains { $0.id == use.id }
      if !known { open(item["id"]?.string ?? String(index), use) }
    }
  }

  private mutating func gemini(_ event: JSONValue) {
    reply.id = reply.id ?? event["responseId"]?.text
    reply.model = reply.model ?? event["modelVersion"]?.text
    usage(event["usageMetadata"])
    for candidate in event.list("candidates").prefix(1) {
      for part in candidate["content"]?.list("parts") ?? [] {
        if let call = part["functionCall"] {
          open(String(reply.toolUses.count), LLMToolUse(functionCall: call))
        } else if part["thought"]?.bool == true {
          think(part["text"]?.string)
        } else {
          say(part["text"]?.string)
        }
      }
      if let reason = candidate["finishReason"]?.string {
        reply.stopReason = reason
        reply.isComplete = true
      }
    }
  }

  /// Converse: a whole answer, or an event that its `:event-type` names.
  private mutating func bedrock(_ event: JSONValue) {
    let key = String(event["contentBlockIndex"]?.integer ?? -1)
    usage(event["usage"])
    if let use = event["start"]?["toolUse"] {
      let (id, name) = (use["toolUseId"]?.string, use["name"]?.string ?? "")
      open(key, LLMToolUse(id: id, name: name, arguments: "", isComplete: false))
    }
    say(event["delta"]?["text"]?.string)
    think(event["delta"]?["reasoningContent"]?["text"]?.string)
    extend(key, event["delta"]?["toolUse"]?["input"]?.string)
    for (index, block) in (event["output"]?["message"]?.list("content") ?? []).enumerated() {
      say(block["text"]?.string)
      guard let use = block["toolUse"] else { continue }
      let (id, name) = (use["toolUseId"]?.string, use["name"]?.string ?? "")
      open(String(index), LLMToolUse(id: id, name: name, arguments: use["input"]?.compact ?? "{}"))
    }
    if let reason = event["stopReason"]?.string {
      reply.stopReason = reason
      reply.isComplete = true
    }
  }
}
