import Bytes
import Model

/// A span or a log record with its attributes as texts, whatever brought it: OTLP, or a store of spans.
struct TelemetryRecord: Sendable {
  /// Bytes of one attribute's value that are kept.
  static let valueLimit = 16 << 20

  /// Bytes of a trace context; W3C's have 49.
  private static let contextLimit = 128

  var isLog: Bool
  /// A span's name; a log record's event name.
  var name: String
  var traceID: String?
  var spanID: String?
  var parentID: String?
  var at: Timestamp
  var endedAt: Timestamp?
  var failed: Bool?
  var attributes: [String: String]
  var resource: [String: String] = [:]
  var origin: Origin

  /// The first of these attributes that is there and not empty.
  subscript(_ names: String...) -> String? {
    for name in names { if let value = attributes[name], !value.isEmpty { return value } }
    return nil
  }

  /// What it says of an agent's work; nil for other instrumentation.
  var step: Step? {
    guard var shape = isLog ? logShape : spanShape else { return nil }
    if case .tool(var tool) = shape, let traceID, let spanID {
      tool.spans = ["\(traceID)-\(spanID)".cut(to: Self.contextLimit)]
      shape = .tool(tool)
    }
    var step = Step(at: beginning, endedAt: end, shape: shape, origin: origin)
    step.id = spanID
    step.parentID = parentID
    if isLog {
      // A log record belongs to the span in which it was written.
      (step.id, step.parentID) = (nil, spanID)
    }
    step.traceID = traceID
    step.sessionID =
      self[
        "copilot_chat.chat_session_id", "session.id", "gen_ai.conversation.id", "conversation.id", "thread.id"]
    step.turnID = self["prompt.id", "prompt_id", "gen_ai.prompt.id", "turn.id"]
    step.sequence = self["event.sequence"].flatMap { Int($0) } ?? 0
    step.promptKind = promptKind
    step.promptContext = self["exhibit.prompt.context"]
    step.link = self["exhibit.conversation.link"].flatMap { Conversation.Link(rawValue: $0) }
    // What the resource conventions have those say that do not know their name.
    let service = resource["service.name"].flatMap { $0.hasPrefix("unknown_service") ? nil : $0 }
    step.facts.agent = self["gen_ai.agent.name"] ?? service
    step.facts.agentID = self["gen_ai.agent.id", "agent.id", "agent_id"]
    step.facts.agentVersion = self["app.version", "gen_ai.agent.version"] ?? resource["service.version"]
    step.facts.model = self["gen_ai.response.model", "gen_ai.request.model", "model"]
    step.facts.human = self["user.email", "enduser.id", "user.account_uuid", "user.id"]
    step.facts.workingDirectory = self["cwd", "workspace.host_paths"]
    if case .task = shape {
      step.facts.workingDirectory = step.facts.workingDirectory ?? self["process.working_directory"]
    }
    return step
  }

  /// Log records of calls are written when they end and say how long they took.
  private var beginning: Timestamp {
    if let start = WrittenTime(self["start_time"] ?? "") { return start.at }
    guard isLog, isToolResult, let taken = self["duration_ms"].flatMap({ Double($0) }), taken >= 0, taken < 1e12
    else { return at }
    let (start, overflow) = at.nanoseconds.subtractingReportingOverflow(Int64(taken * 1_000_000))
    return overflow ? at : Timestamp(nanoseconds: start)
  }

  private var end: Timestamp? {
    if let end = WrittenTime(self["end_time"] ?? "") { return end.at }
    // A span must have an end; Exhibit says where it knows of none.
    if self["exhibit.end.unknown"] == "true" { return nil }
    return isLog && isToolResult ? at : endedAt
  }

  // MARK: Logs

  /// The event's name without the agent's: `tool_result`.
  private var event: String {
    for agent in ["claude_code.", "codex.", "gemini_cli.", "qwen-code."] where name.hasPrefix(agent) {
      return String(name.dropFirst(agent.count))
    }
    return name
  }

  private var isToolResult: Bool { event == "tool_result" || event == "tool_call" }

  private var logShape: Step.Shape? {
    switch event {
    case "user_prompt": return .prompt(text: shown(self["prompt"]))
    case "assistant_response":
      guard let text = shown(self["response", "text", "content"]) else { return nil }
      var answer = Dialogue.Answer()
      answer.text = text
      answer.id = self["message.uuid", "request_id"]
      answer.model = self["model"]
      return .model(answer, asked: nil)
    case "tool_result", "tool_call": return .tool(loggedTool)
    case "tool_decision":
      // A refusal is all that is ever told of a call that did not run.
      guard let id = self["tool_use_id", "call_id"], let decision = self["decision"] else { return nil }
      let name = self["tool_name", "function_name"] ?? ""
      var tool = Step.Tool(use: LLMToolUse(id: id, name: name, arguments: ""))
      if ["reject", "denied", "abort"].contains(where: { decision.hasPrefix($0) }) { tool.failed = true }
      return .tool(tool)
    case "conversation_starts", "config", "api_request": return .facts
    default: return nil
    }
  }

  private var loggedTool: Step.Tool {
    let parameters = self["tool_parameters"].flatMap { JSONValue($0) }
    let arguments = self["arguments", "function_args", "tool_input"] ?? self["tool_parameters"] ?? ""
    let name = self["tool_name", "function_name", "name"] ?? ""
    var tool = Step.Tool(use: LLMToolUse(id: self["tool_use_id", "call_id"], name: name, arguments: arguments))
    if let command = parameters?[member: "full_command"]?.text {
      tool.command = command
    } else if let command = parameters?[member: "bash_command"]?.text {
      // Only the program's name, unless details are switched on.
      (tool.command, tool.isCut) = (command, true)
    }
    tool.result = self["output", "error", "error_message"]
    tool.failed = self["success"].map { $0 == "false" } ?? self["error"].map { _ in true }
    return tool
  }

  // MARK: Spans

  /// Exhibit's own export has a span for each prompt.
  private var promptKind: Prompt.Kind? {
    isLog ? nil : self["exhibit.prompt.kind"].flatMap { Prompt.Kind(rawValue: $0) }
  }

  private var spanShape: Step.Shape? {
    let operation = self["gen_ai.operation.name"]
    if operation == nil, let kind = promptKind {
      return .prompt(text: kind == .system ? instructions : lastUserText)
    }
    if operation == "execute_tool" || name.hasPrefix("execute_tool ") || name == "claude_code.tool"
      || name == "claude_code.tool.execution" || self["mcp.method.name"] == "tools/call"
    {
      return .tool(spanTool)
    }
    if operation == "invoke_agent" || operation == "invoke_workflow" || name == "claude_code.interaction" {
      let typed = self["copilot_chat.user_request", "user_prompt"]
      return .task(text: shown(typed) ?? lastUserText)
    }
    if ["chat", "generate_content", "text_completion"].contains(operation) || name == "claude_code.llm_request" {
      return .model(spanAnswer, asked: lastUserText)
    }
    return nil
  }

  private var spanTool: Step.Tool {
    let words = name.split(separator: " ", maxSplits: 1)
    let named = words.count == 2 ? String(words[1]) : ""
    let arguments = self["gen_ai.tool.call.arguments", "tool_input", "input.value"] ?? ""
    var tool = Step.Tool(
      use: LLMToolUse(
        id: self["gen_ai.tool.call.id", "gen_ai.tool.call_id", "tool_use_id"],
        name: self["gen_ai.tool.name", "tool_name"] ?? named, arguments: arguments))
    tool.command = self["full_command", "exhibit.call.command"]
    tool.workingDirectory = self["process.working_directory"]
    tool.exitCode = self["process.exit.code"].flatMap { Int($0) }
    tool.isBackground = self["exhibit.call.background"] == "true"
    // Exhibit tells calls that never ended, too; a span cannot say that by its times.
    let status = self["exhibit.call.status"].flatMap { ToolCall.Status(rawValue: $0) }
    tool.isOpen = status == .pending || status == .incomplete
    tool.use.isComplete = status != .incomplete
    tool.isCut = self["exhibit.cut"] == "true"
    tool.result = self["gen_ai.tool.call.result", "tool_output", "output.value"]
    tool.failed = failed ?? self["error.type"].map { _ in true } ?? self["success"].map { $0 == "false" }
    return tool
  }

  private var spanAnswer: Dialogue.Answer {
    var answer = Dialogue.Answer()
    answer.id = self["gen_ai.response.id"]
    answer.model = self["gen_ai.response.model", "gen_ai.request.model", "model"]
    answer.endedAt = endedAt
    answer.stopReason = self["gen_ai.response.finish_reasons"]
    answer.inputTokens = self["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"].flatMap { UInt64($0) }
    answer.outputTokens = self["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"].flatMap { UInt64($0) }
    if failed == true { answer.error = self["error.type"] ?? "error" }
    for message in messages(self["gen_ai.output.messages", "gen_ai.completion"]) {
      for part in message.list("parts") {
        switch part[member: "type"]?.string {
        case "text": answer.text += part[member: "content"]?.string ?? part[member: "text"]?.string ?? ""
        case "reasoning", "thinking": answer.reasoning += part[member: "content"]?.string ?? ""
        case "tool_call": if let id = part[member: "id"]?.text { answer.toolCallIDs.append(id) }
        default: break
        }
      }
      if message[member: "parts"] == nil { answer.text += MessageBlocks.flat(message[member: "content"]) }
    }
    return answer
  }

  /// The last text of a user among the messages sent.
  private var lastUserText: String? {
    let users = messages(self["gen_ai.input.messages", "gen_ai.prompt"]).filter { $0[member: "role"]?.string == "user" }
    for message in users.reversed() {
      let parts = message.list("parts")
      let texts = parts.filter { $0[member: "type"]?.string == "text" }
        .compactMap { ($0[member: "content"] ?? $0[member: "text"])?.text }
      if let text = texts.last ?? (parts.isEmpty ? MessageBlocks(message[member: "content"]).lastText : nil) {
        return text
      }
    }
    return nil
  }

  /// The text of the instructions of the program.
  private var instructions: String? {
    let parts = messages(self["gen_ai.system_instructions"]).compactMap { $0[member: "content"]?.text }
    return parts.isEmpty ? nil : parts.joined(separator: "\n")
  }

  private func messages(_ text: String?) -> [JSONValue] { text.flatMap { JSONValue($0) }?.elements ?? [] }

  /// A text that the source did not leave out on purpose.
  private func shown(_ text: String?) -> String? {
    text.flatMap { ["<REDACTED>", "[REDACTED]", "REDACTED"].contains($0) ? nil : $0 }
  }
}

extension MessageBlocks {
  /// The last text block.
  var lastText: String? {
    for part in parts.reversed() { if case .text(let text) = part, !text.isEmpty { return text } }
    return nil
  }
}
