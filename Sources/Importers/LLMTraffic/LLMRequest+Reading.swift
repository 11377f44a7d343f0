import Bytes
import Model

extension LLMRequest {
  /// Reads the body of a request, and the ids that its headers carry.
  init(_ text: JSONText, dialect: LLMDialect, head: CallHead) {
    self.init(text.value, dialect: dialect, head: head)
    guard text.isCut else { return }
    let member = text.openMember ?? ""
    let isNested = member == "request" || member == "response"
    // The history is whole where the cut comes in a later member, as of the tools.
    isCut = isNested || ["messages", "input", "contents"].contains(member) || elements.isEmpty
    isSystemCut = ["system", "instructions"].contains(member)
    let inner = isNested ? text.value[member: member] : text.value
    let list = ["messages", "input", "contents"].lazy.compactMap { inner?[member: $0] }.first
    // A message that was closed is whole; of another one, all but its last part.
    guard isCut, text.openCount > (isNested ? 3 : 2) || list?.string != nil, elements.count > lastStart,
      let last = elements.popLast()
    else { return }
    // Where the role is in the part that is missing, nobody knows whose text it is.
    if case .user = last, list?.string != nil || list?.elements.last?[member: "role"]?.string == "user" {
      cutText = last
    }
  }

  /// Reads the body of a request, and the ids that its headers carry.
  init(_ body: JSONValue, dialect: LLMDialect, head: CallHead) {
    let inner = body[member: "request"]?[member: "contents"] == nil ? body : body[member: "request"] ?? body
    model = body[member: "model"]?.string ?? Self.model(inPath: head.path)
    agent = head.requestFields["user-agent"].map { String($0.prefix { $0 != " " }) }
    agentID = head.requestFields["x-claude-code-agent-id"]
    parentAgentID =
      head.requestFields["x-claude-code-parent-agent-id"] ?? head.requestFields["x-codex-parent-thread-id"]
    previousID = body[member: "previous_response_id"]?.string
    let metadata = body[member: "client_metadata"]
    let turn = head.requestFields["x-codex-turn-metadata"].flatMap { JSONValue($0) }
    turnID =
      metadata?[member: "turn_id"]?.string ?? turn?[member: "turn_id"]?.string ?? body[member: "user_prompt_id"]?.string
    let names = [
      "x-claude-code-session-id", "thread-id", "session-id", "session_id", "x-client-session-id", "x-interaction-id",
      "x-task-id", "x-opencode-session", "x-kilocode-taskid", "x-mux-workspace-id", "x-coder-chat-id",
    ]
    sessionID = names.lazy.compactMap { head.requestFields[$0] }.first
    sessionID = sessionID ?? metadata?[member: "thread_id"]?.string ?? metadata?[member: "session_id"]?.string
    sessionID = sessionID ?? inner[member: "session_id"]?.string ?? body[member: "conversation"]?.string
    sessionID =
      sessionID ?? body[member: "conversation"]?[member: "id"]?.string ?? body[member: "prompt_cache_key"]?.string
    if let user = body[member: "metadata"]?[member: "user_id"]?.string {
      if let ids = JSONValue(user), ids.isObject {
        human = ids[member: "account_uuid"]?.text
        sessionID = sessionID ?? ids[member: "session_id"]?.text
      } else {
        if let found = user.firstRange(of: "_session_") { sessionID = sessionID ?? String(user[found.upperBound...]) }
        if let found = user.firstRange(of: "_account_") {
          let account = user[found.upperBound...]
          let end = account.firstRange(of: "_session_")?.lowerBound ?? account.endIndex
          human = account[..<end].isEmpty ? nil : String(account[..<end])
        }
      }
    }
    human = human ?? body[member: "user"]?.text
    switch dialect {
    case .anthropic, .bedrock:
      system = Self.texts(body[member: "system"])
      for message in body.list("messages") {
        lastStart = elements.count
        addBlocks(message)
      }
    case .chat:
      for message in body.list("messages") {
        lastStart = elements.count
        addChat(message)
      }
    case .responses:
      system = Self.texts(body[member: "instructions"])
      if let text = body[member: "input"]?.string { addUser(text) }
      for item in body.list("input") {
        lastStart = elements.count
        addItem(item)
      }
    case .gemini:
      let instruction = inner[member: "systemInstruction"] ?? inner[member: "system_instruction"]
      system = instruction?.list("parts").compactMap { $0[member: "text"]?.text } ?? []
      for content in inner.list("contents") {
        lastStart = elements.count
        addContent(content)
      }
    }
    elements = elements.map(\.bounded)
    let fields: [WritableKeyPath<LLMRequest, String?>] = [
      \.model, \.previousID, \.sessionID, \.turnID, \.agent, \.agentID, \.parentAgentID, \.human,
    ]
    for field in fields { self[keyPath: field] = self[keyPath: field]?.cut(to: Self.nameLimit) }
  }

  /// `/model/{id}/invoke` of Bedrock, `/models/{id}:generateContent` of Gemini, `/deployments/{name}/…` of Azure.
  static func model(inPath path: String) -> String? {
    let parts = path.split(separator: "/")
    guard let index = parts.lastIndex(where: { ["model", "models", "deployments"].contains($0) }) else { return nil }
    guard let part = parts.dropFirst(index + 1).first else { return nil }
    // A verb follows the last part; colons elsewhere belong to the name.
    let colon = index + 2 == parts.count ? part.lastIndex(of: ":") : nil
    return decoded(part[..<(colon ?? part.endIndex)]).cut(to: nameLimit)
  }

  /// The text with its percent-encoded bytes (RFC 3986 §2.1).
  private static func decoded(_ text: Substring) -> String {
    var out: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, !digits.hasPrefix("+"), let value = UInt8(digits, radix: 16)
      {
        out.append(value)
        rest = rest.dropFirst(2)
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The texts of a string, or of an array of strings and blocks.
  static func texts(_ value: JSONValue?) -> [String] {
    if let text = value?.text { return [text] }
    return (value?.elements ?? []).compactMap { $0.text ?? $0[member: "text"]?.text }
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
    let role = message[member: "role"]?.string
    var said = ""
    func add(_ text: String) {
      if role == "system" { system.append(text) } else if role == "assistant" { said += text } else { addUser(text) }
    }
    if let text = message[member: "content"]?.string { add(text) }
    for block in message.list("content") {
      if let text = block.string ?? block[member: "text"]?.string {
        add(text)
        continue
      }
      let type = block[member: "type"]?.string ?? ""
      if let use = block[member: "toolUse"] ?? (type.hasSuffix("tool_use") ? block : nil) {
        addAssistant(said)
        said = ""
        elements.append(
          .toolUse(
            LLMToolUse(
              id: use[member: "id"]?.string ?? use[member: "toolUseId"]?.string,
              name: use[member: "name"]?.string ?? "",
              arguments: use[member: "input"]?.compact ?? "{}",
              isServerSide: type.hasPrefix("server") || type.hasPrefix("mcp"))
          ))
      } else if let result = block[member: "toolResult"] ?? (type.hasSuffix("tool_result") ? block : nil) {
        let parts = Self.texts(result[member: "content"])
        let isError = result[member: "is_error"]?.bool ?? result[member: "status"]?.string.map { $0 == "error" }
        elements.append(
          .toolResult(
            id: result[member: "tool_use_id"]?.string ?? result[member: "toolUseId"]?.string, name: nil,
            text: parts.isEmpty ? result[member: "content"]?.compact ?? "" : parts.joined(separator: "\n"),
            isError: isError))
      }
    }
    addAssistant(said)
  }

  /// A message of Chat Completions.
  private mutating func addChat(_ message: JSONValue) {
    let texts = Self.texts(message[member: "content"])
    switch message[member: "role"]?.string {
    case "system", "developer": system += texts
    case "assistant":
      addAssistant(texts.joined())
      for call in message.list("tool_calls") {
        let function = call[member: "function"] ?? call[member: "custom"]
        let arguments = function?[member: "arguments"]?.string ?? function?[member: "input"]?.string ?? ""
        elements.append(
          .toolUse(
            LLMToolUse(
              id: call[member: "id"]?.text, name: function?[member: "name"]?.string ?? "", arguments: arguments)))
      }
      if let call = message[member: "function_call"] {
        let arguments = call[member: "arguments"]?.string ?? ""
        elements.append(.toolUse(LLMToolUse(name: call[member: "name"]?.string ?? "", arguments: arguments)))
      }
    case "tool", "function":
      let (id, name) = (message[member: "tool_call_id"]?.text, message[member: "name"]?.text)
      elements.append(.toolResult(id: id, name: name, text: texts.joined(separator: "\n"), isError: nil))
    default: for text in texts { addUser(text) }
    }
  }

  /// An item of the Responses API.
  private mutating func addItem(_ item: JSONValue) {
    switch item[member: "type"]?.string ?? "message" {
    case "message":
      let texts = Self.texts(item[member: "content"])
      switch item[member: "role"]?.string {
      case "system", "developer": system += texts
      case "assistant": addAssistant(texts.joined())
      default: for text in texts { addUser(text) }
      }
    case "function_call_output", "custom_tool_call_output", "local_shell_call_output":
      let text = Self.texts(item[member: "output"]).joined(separator: "\n")
      elements.append(
        .toolResult(
          id: item[member: "call_id"]?.text, name: nil,
          text: text.isEmpty ? item[member: "output"]?.compact ?? "" : text, isError: nil)
      )
    default: if let use = LLMToolUse(item: item) { elements.append(.toolUse(use)) }
    }
  }

  /// A content of Gemini.
  private mutating func addContent(_ content: JSONValue) {
    let isModel = content[member: "role"]?.string == "model"
    var said = ""
    for part in content.list("parts") {
      if let call = part[member: "functionCall"] {
        addAssistant(said)
        said = ""
        elements.append(.toolUse(LLMToolUse(functionCall: call)))
      } else if let result = part[member: "functionResponse"] {
        let answer = result[member: "response"]
        let text = answer?[member: "output"]?.string ?? answer?[member: "error"]?.string ?? answer?.compact ?? ""
        elements.append(
          .toolResult(
            id: result[member: "id"]?.text, name: result[member: "name"]?.text, text: text,
            isError: answer.map { $0[member: "error"] != nil }))
      } else if let text = part[member: "text"]?.string, part[member: "thought"]?.bool != true {
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
    switch item[member: "type"]?.string {
    case "function_call", "mcp_call": arguments = item[member: "arguments"]?.string ?? ""
    case "custom_tool_call": arguments = item[member: "input"]?.string ?? ""
    case "local_shell_call": arguments = item[member: "action"]?.compact ?? ""
    case "web_search_call": arguments = item[member: "action"]?.compact ?? "{}"
    default: return nil
    }
    self.init(
      id: item[member: "call_id"]?.text ?? item[member: "id"]?.text, name: item[member: "name"]?.string ?? "",
      arguments: arguments)
    if name.isEmpty { name = item[member: "type"]?.string.map { String($0.dropLast(5)) } ?? "" }
    isServerSide = ["mcp_call", "web_search_call"].contains(item[member: "type"]?.string)
  }

  /// A call of Gemini.
  init(functionCall call: JSONValue) {
    self.init(
      id: call[member: "id"]?.text, name: call[member: "name"]?.string ?? "",
      arguments: call[member: "args"]?.compact ?? "{}")
  }
}
