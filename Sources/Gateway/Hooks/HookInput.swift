public import Bytes
public import Model

/// What an agent gives its hooks on standard input: JSON with the ids of a conversation, a prompt or a tool's call. Claude
/// Code and Codex have the same form.
public struct HookInput: Sendable {
  /// Bytes of one; what a tool answered is part of it.
  public static let byteLimit = 16 << 20

  /// `UserPromptSubmit`, `PreToolUse`, …
  public let event: String
  /// What is told the gateway; nil for events that it need not know.
  public let told: AgentEvent?
  /// What the agent's commands may say on the wire.
  public let marks: WireMarks
  /// Of a shell's command that is about to run: the arguments, and where in them the command stands.
  let arguments: (bytes: [UInt8], command: Range<Int>, text: String)?

  /// Reads one.
  ///
  /// - Parameters:
  ///   - bytes: a JSON object.
  ///   - agent: `claude-code` or `codex`.
  ///   - human: who runs the agent.
  ///   - environment: of the agent, and so of its commands.
  ///   - proxies: those of the gateway, as `host:port`, which may be told of which call something comes.
  /// - Throws: `DecodeError` for what is no input of a hook.
  public init(
    _ bytes: [UInt8], agent: String, human: String?, environment: [String: String] = [:], proxies: [String] = []
  )
    throws(DecodeError)
  {
    guard bytes.count <= Self.byteLimit, let value = JSONValue.document(in: bytes), value.isObject,
      let event = value["hook_event_name"]?.string, let conversation = value["session_id"]?.string
    else {
      throw DecodeError(
        .mismatch, "hook input", offset: 0, expected: "a JSON object with hook_event_name and session_id")
    }
    self.event = event
    let call = value["tool_use_id"]?.string
    marks = WireMarks(
      agent: agent, conversation: conversation, call: call, proxies: MarkedProxy.all(in: environment, at: proxies))
    let kinds: [String: AgentEvent.Kind] = [
      "UserPromptSubmit": .prompt, "PreToolUse": .call, "PostToolUse": .result, "PostToolUseFailure": .result,
    ]
    let input = value["tool_input"]
    let command = input?["command"]
    if event == "PreToolUse", let input, let command, let text = command.string {
      let start = input.range.lowerBound
      arguments = (
        Array(bytes[input.range]), (command.range.lowerBound - start)..<(command.range.upperBound - start), text
      )
    } else {
      arguments = nil
    }
    guard let kind = kinds[event] else {
      told = nil
      return
    }
    var told = AgentEvent(agent: agent, kind: kind, conversation: conversation)
    told.turn = value["prompt_id"]?.string ?? value["turn_id"]?.string
    (told.call, told.subagent, told.tool) = (call, value["agent_id"]?.string, value["tool_name"]?.string)
    (told.human, told.traceparent) = (human, call == nil ? nil : marks.traceparent)
    if event == "PostToolUseFailure" { told.hasFailed = true }
    switch kind {
    case .prompt: if let prompt = value["prompt"]?.string { told.set(text: prompt) }
    case .call:
      if let text = arguments?.text {
        told.set(text: text)
      } else if let input {
        told.set(text: String(decoding: bytes[input.range], as: UTF8.self))
      }
    case .result: break
    }
    self.told = told
  }

  /// The answer that lets a shell's command run with its marks in the environment; nil when it is none. It says nothing of
  /// whether the command may run.
  ///
  /// `warning`: what the agent shows its user beside.
  public func markedCommand(warning: String? = nil) -> [UInt8]? {
    guard let arguments else { return nil }
    let message = warning.map { "\"systemMessage\":\(JSONWriter.quoted($0))," } ?? ""
    let head = "{\(message)\"hookSpecificOutput\":{\"hookEventName\":\"PreToolUse\",\"updatedInput\":"
    let marked = JSONWriter.quoted("\(marks.exports); \(arguments.text)")
    let changed =
      Array(arguments.bytes[..<arguments.command.lowerBound]) + Array(marked.utf8)
      + Array(arguments.bytes[arguments.command.upperBound...])
    return Array(head.utf8) + changed + Array("}}\n".utf8)
  }
}
