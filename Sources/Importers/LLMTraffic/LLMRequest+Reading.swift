import Model

extension LLMRequest {
  /// Reads the body of a request, and the ids that its headers carry.
  init(_ body: JSONValue, dialect: LLMDialect, head: CallHead) {
    let inner = body["request"]?["contents"] == nil ? body : body["request"] ?? body
    model = body["model"]?.string ?? Self.model(inPath: head.path)
    agent = head.requestFields["user-agent"].map { String($0.prefix { $0 != " " }) }
    agentID = head.requestFields["x-claude-code-agent-id"]
    parentAgentID =
      head.requestFields["x-claude-code-parent-agent-id"] ?? head.requestFields["x-codex-parent-thread-id"]
    previousID = body["previous_response_id"]?.string
    let metadata = body["client_metadata"]
    let turn = head.requestFields["x-codex-turn-metadata"].flatMap { JSONParser.value($0) }
    turnID = metadata?["turn_id"]?.string ?? turn?["turn_id"]?.string ?? body["user_prompt_id"]?.string
    let names = [
      "x-claude-code-session-id", "thread-id", "session-id", "session_id", "x-client-session-id", "x-interaction-id",
      "x-task-id", "x-opencode-session", "x-kilocode-taskid", "x-mux-workspace-id", "x-coder-chat-id",
    ]
    sessionID = names.lazy.compactMap { head.requestFields[$0] }.first
    sessionID = sessionID ?? metadata?["thread_id"]?.string ?? metadata?["session_id"]?.string
    sessionID = sessionID ?? inner["session_id"]?.string ?? body["conversation"]?.string
    sessionID = sessionID ?? body["conversation"]?["id"]?.string ?? body["prompt_cache_key"]?.string
    if let user = body["metadata"]?["user_id"]?.string {
      if let ids = JSONParser.value(user), ids.isObject {
        human = ids["account_uuid"]?.text
        sessionID = sessionID ?? ids["session_id"]?.text
      } else {
        if let found = user.firstRange(of: "_session_") { sessionID = sessionID ?? String(user[found.upperBound...]) }
        if let found = user.firstRange(of: "_account_") {
          let account = user[found.upperBound...]
          let end = account.firstRange(of: "_session_")?.lowerBound ?? account.endIndex
          human = account[..<end].isEmpty ? nil : String(account[..<end])
        }
      }
    }
    human = human ?? body["user"]?.text
    switch dialect {
    case .anthropic, .bedrock:
      system = Self.texts(body["system"])
      for message in body.list("messages") { addBlocks(message) }
    case .chat: for message in body.list("messages") { addChat(message) }
    case .responses:
      system = Self.texts(body["instructions"])
      if let text = body["input"]?.string { addUser(text) }
      for item in body.list("input") { addItem(item) }
    case .gemini:
      let instruction = inner["systemInstruction"] ?? inner["system_instruction"]
      system = instruction?.list("parts").compactMap { $0["text"]?.text } ?? []
      for content in inner.list("contents") { addContent(content) }
    }
  }

  /// `/model/{id}/invoke` of Bedrock, `/models/{id}:generateContent` of Gemini.
  private static func model(inPath path: String) -> String? {
    let parts = path.split(separator: "/")
    guard let index = parts.firstIndex(where: { $0 == "model" || $0 == "models" }) else { return nil }
    return parts.dropFirst(index + 1).first.map { part in
      part.firstIndex(of: ":").flatMap { path.contains("enerateContent") ? String(part[..<$0]) : nil } ?? String(part)
    }
  }

  /// The texts of a string, or of an array of strings and blocks.
  static func texts(_ value: JSONValue?) -> [String] {
    if let text = value?.text { return [text] }
    return (value?.array ?? []).compactMap { $0.text ?? $0["text"]?.text }
  }

  private mutating func addUser(_ text: String) {
    // A line after a result and before any answer was typed while the model was at work.
    var afterResult = false
    if case .toolResult? = elements.last { afterResult = true }
    elements += UserText.elements(text, afterResult: afterResult)
  }

  private mutating func addAssistant(_ text: String) {
    if !text.trimmed.isEmpty { elements.append(.assistant(text)) }
  }

  /// A message of Anthropic, or of Bedrock's Converse.
  private mutating func addBlocks(_ message: JSONValue) {
    let role = message["role"]?.string
    let blocks = message["content"]?.string.map { [JSONValue(.string($0))] } ?? message.list("content")
    var said = ""
    for block in blocks {
      if let text = block.string ?? block["text"]?.string {
        if role == "system" { system.append(text) } else if role == "assistant" { said += text } else { addUser(text) }
        continue
      }
      let type = block["type"]?.string ?? ""
      if let use = block["toolUse"] ?? (type.hasSuffix("tool_use") ? block : nil) {
        addAssistant(said)
        said = ""
        elements.append(
          .toolUse(
            LLMToolUse(
              id: use["id"]?.string ?? use["toolUseId"]?.string, name: use["name"]?.string ?? "",
              arguments: use["input"]?.compact ?? "{}", isServerSide: type.hasPrefix("server") || type.hasPrefix("mcp"))
          ))
      } else if let result = block["toolResult"] ?? (type.hasSuffix("tool_result") ? block : nil) {
        let parts = Self.texts(result["content"])
        let isError = result["is_error"]?.bool ?? result["status"]?.string.map { $0 == "error" }
        elements.append(
          .toolResult(
            id: result["tool_use_id"]?.string ?? result["toolUseId"]?.string, name: nil,
            text: parts.isEmpty ? result["content"]?.compact ?? "" : parts.joined(separator: "\n"), isError: isError))
      }
    }
    addAssistant(said)
  }

  /// A message of Chat Completions.
  private mutating func addChat(_ message: JSONValue) {
    let texts = Self.texts(message["content"])
    switch message["role"]?.string {
    case "system", "developer": system += texts
    case "assistant":
      addAssistant(texts.joined())
      for call in message.list("tool_calls") {
        let function = call["function"] ?? call["custom"]
        let arguments = function?["arguments"]?.string ?? function?["input"]?.string ?? ""
        elements.append(
          .toolUse(LLMToolUse(id: call["id"]?.text, name: function?["name"]?.string ?? "", arguments: arguments)))
      }
      if let call = message["function_call"] {
        let arguments = call["arguments"]?.string ?? ""
        elements.append(.toolUse(LLMToolUse(name: call["name"]?.string ?? "", arguments: arguments)))
      }
    case "tool", "function":
      let (id, name) = (message["tool_call_id"]?.text, message["name"]?.text)
      elements.append(.toolResult(id: id, name: name, text: texts.joined(separator: "\n"), isError: nil))
    default: for text in texts { addUser(text) }
    }
  }

  /// An item of the Responses API.
  private mutating func addItem(_ item: JSONValue) {
    switch item["type"]?.string ?? "message" {
    case "message":
      let texts = Self.texts(item["content"])
      switch item["role"]?.string {
      case "system", "developer": system += texts
      case "assistant": addAssistant(texts.joined())
      default: for text in texts { addUser(text) }
      }
    case "function_call_output", "custom_tool_call_output", "local_shell_call_output":
      let text = Self.texts(item["output"]).joined(separator: "\n")
      elements.append(
        .toolResult(
          id: item["call_id"]?.text, name: nil, text: text.isEmpty ? item["output"]?.compact ?? "" : text, isError: nil)
      )
    default: if let use = LLMToolUse(item: item) { elements.append(.toolUse(use)) }
    }
  }

  /// A content of Gemini.
  private mutating func addContent(_ content: JSONValue) {
    let isModel = content["role"]?.string == "model"
    var said = ""
    for part in content.list("parts") {
      if let call = part["functionCall"] {
        addAssistant(said)
        said = ""
        elements.append(.toolUse(LLMToolUse(functionCall: call)))
      } else if let result = part["functionResponse"] {
        let answer = result["response"]
        let text = answer?["output"]?.string ?? answer?["error"]?.string ?? answer?.compact ?? ""
        elements.append(
          .toolResult(
            id: result["id"]?.text, name: result["name"]?.text, text: text,
            isError: answer.map { $0["error"] != nil }))
      } else if let text = part["text"]?.string, part["thought"]?.bool != true {
        if isModel { said += text } else { addUser(text) }
      }
    }
    addAssistant(said)
  }
}

extension LLMToolUse {
  /// A call among the items of the Responses API; nil for other items.
  init?(item: JSONValue) {
    let arguments: String
    switch item["type"]?.string {
    case "function_call", "mcp_call": arguments = item["arguments"]?.string ?? ""
    case "custom_tool_call": arguments = item["input"]?.string ?? ""
    case "local_shell_call": arguments = item["action"]?.compact ?? ""
    case "web_search_call": arguments = item["action"]?.compact ?? "{}"
    default: return nil
    }
    self.init(id: item["call_id"]?.text ?? item["id"]?.text, name: item["name"]?.string ?? "", arguments: arguments)
    if name.isEmpty { name = item["type"]?.string.map { String($0.dropLast(5)) } ?? "" }
    isServerSide = ["mcp_call", "web_search_call"].contains(item["type"]?.string)
  }

  /// A call of Gemini.
  init(functionCall call: JSONValue) {
    self.init(id: call["id"]?.text, name: call["name"]?.string ?? "", arguments: call["args"]?.compact ?? "{}")
  }
}
