import Bytes
import Model

/// The content of a message in blocks, as Anthropic's API has them and most agents keep them.
struct MessageBlocks: Sendable {
  /// In order.
  private(set) var parts: [Part] = []

  enum Part: Sendable {
    case text(String)
    case reasoning(String)
    case toolUse(LLMToolUse)
    case toolResult(id: String?, tool: String?, text: String, failed: Bool?, exitCode: Int?)
  }

  /// A message's `content`: a text, or blocks. When the record is cut, the last block of it is.
  init(_ content: JSONValue?, isCut: Bool = false) {
    if let text = content?.string {
      parts = [.text(text)]
      return
    }
    let blocks = content?.elements ?? []
    for (index, block) in blocks.enumerated() {
      if let text = block.string {
        parts.append(.text(text))
        continue
      }
      switch block[member: "type"]?.string {
      case "text", "input_text", "output_text": if let text = block[member: "text"]?.text { parts.append(.text(text)) }
      case "thinking", "reasoning":
        let text = block[member: "thinking"] ?? block[member: "text"]
        if let text = text?.text { parts.append(.reasoning(text)) }
      case "tool_use", "toolCall", "server_tool_use", "mcp_tool_use", "tool-call":
        parts.append(.toolUse(Self.toolUse(block, isCut: isCut && index == blocks.count - 1)))
      case "tool_result", "tool-result": parts.append(Self.toolResult(block))
      default: break
      }
    }
  }

  private static func toolUse(_ block: JSONValue, isCut: Bool) -> LLMToolUse {
    let input = block[member: "input"] ?? block[member: "arguments"] ?? block[member: "args"]
    let id = block[member: "id"] ?? block[member: "toolCallId"]
    let name = block[member: "name"] ?? block[member: "toolName"]
    var use = LLMToolUse(
      id: id?.text, name: name?.string ?? "", arguments: input.map { $0.string ?? $0.compact } ?? "{}")
    use.isServerSide = block[member: "type"]?.string == "server_tool_use"
    use.isComplete = !isCut && block[member: "complete"]?.bool != false
    return use
  }

  private static func toolResult(_ block: JSONValue) -> Part {
    let id = block[member: "tool_use_id"] ?? block[member: "toolUseID"] ?? block[member: "toolCallId"]
    let isError = (block[member: "is_error"] ?? block[member: "isError"])?.bool
    guard let run = block[member: "run"] else {
      let content = block[member: "content"] ?? block[member: "result"]
      return .toolResult(id: id?.text, tool: nil, text: flat(content), failed: isError, exitCode: nil)
    }
    // Amp: `{status, result}`; a shell's result is `{output, exitCode}`.
    let result = run[member: "result"] ?? run[member: "error"]
    let status = run[member: "status"]?.string
    let failed = isError ?? status.map { ["error", "cancelled", "rejected-by-user"].contains($0) }
    let text = (result?[member: "output"] ?? result?[member: "content"] ?? result).map { flat($0) } ?? ""
    let code = result?[member: "exitCode"]?.integer
    let isFailure = failed == true || (code.map { $0 != 0 } ?? false)
    return .toolResult(id: id?.text, tool: nil, text: text, failed: isFailure, exitCode: code)
  }

  /// The text of a content that is a string, blocks with texts, or something else, as JSON.
  static func flat(_ content: JSONValue?) -> String {
    guard let content else { return "" }
    if let text = content.string { return text }
    guard content.isArray else {
      return content[member: "text"]?.string ?? content.scalar ?? content.compact
    }
    let texts = content.elements.compactMap { $0.string ?? $0[member: "text"]?.string ?? $0[member: "content"]?.string }
    return texts.isEmpty && !content.elements.isEmpty ? content.compact : texts.joined(separator: "\n")
  }
}

extension Dialogue {
  /// When a message was written, and what is known of the time when it says nothing.
  struct Moment: Sendable {
    var at: Timestamp?
    var seenAt: Timestamp
    /// When results were known; `at` for most formats.
    var endedAt: Timestamp?

    init(at: Timestamp?, seenAt: Timestamp) {
      self.at = at
      self.seenAt = seenAt
      endedAt = at
    }
  }

  /// A user's message in blocks: prompts and results.
  mutating func user(
    _ blocks: MessageBlocks, nativeID: String? = nil, _ moment: Moment, origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    var afterResult = false
    for part in blocks.parts {
      switch part {
      case .text(let text):
        user(
          text, nativeID: nativeID, afterResult: afterResult, at: moment.at, seenAt: moment.seenAt, origin: origin,
          into: &events)
      case .toolResult(let id, let tool, let text, let failed, let code):
        afterResult = true
        close(
          id, tool: tool, text, failed: failed, exitCode: code, at: moment.endedAt, seenAt: moment.seenAt,
          origin: origin, into: &events)
      case .reasoning, .toolUse: break
      }
    }
  }

  /// A model's message in blocks: calls, and an answer.
  mutating func assistant(
    _ blocks: MessageBlocks, _ answer: Answer, _ moment: Moment, origin: Origin,
    into events: inout [ConversationEvent], adjust: (inout ToolCall) -> Void = { _ in }
  ) {
    var answer = answer
    for part in blocks.parts {
      switch part {
      case .text(let text): answer.text += (answer.text.isEmpty ? "" : "\n") + text
      case .reasoning(let text): answer.reasoning += (answer.reasoning.isEmpty ? "" : "\n") + text
      case .toolUse(let use):
        if let id = use.id { answer.toolCallIDs.append(id) }
        open(use, at: moment.at, seenAt: moment.seenAt, origin: origin, into: &events, adjust: adjust)
      case .toolResult(let id, let tool, let text, let failed, let code):
        close(
          id, tool: tool, text, failed: failed, exitCode: code, at: moment.endedAt, seenAt: moment.seenAt,
          origin: origin, into: &events)
      }
    }
    self.answer(answer, at: moment.at ?? moment.seenAt, origin: origin, into: &events)
  }
}
