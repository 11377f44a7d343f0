import Bytes
import Model

extension LLMTrafficReader {
  /// Notes a tool call, which is told when its result is seen.
  mutating func open(
    _ use: LLMToolUse, in state: State, at: Timestamp?, seenAt: Timestamp, origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    if let id = use.id {
      guard calls[id] == nil else { return }
      calls[id] = state.noun.id
    }
    let kept = use.arguments.cut(to: Self.textLimit)
    var call = ToolCall(
      nativeID: use.id, conversationID: state.noun.id, ordinal: state.ordinal, tool: use.name, arguments: kept,
      seenAt: seenAt, origin: origin)
    call.promptID = state.promptID
    (call.agent, call.agentID) = (state.noun.agent, state.noun.agentID)
    (call.parentAgentID, call.parentCallID) = (state.noun.parentAgentID, state.noun.parentCallID)
    call.at = at
    call.isServerSide = use.isServerSide
    call.isCut = kept.utf8.count < use.arguments.utf8.count
    call.status = use.isComplete ? .pending : .incomplete
    let arguments = JSONValue(use.arguments)
    if let arguments, let command = Self.command(use.name, arguments) { call.command = command.cut(to: Self.textLimit) }
    if let text = (arguments?[member: "prompt"] ?? arguments?[member: "message"])?.text {
      delegations[SHA256.digest(of: text.trimmed)] = (use.id, state.noun.id)
    }
    for forgotten in pending.insert(call, key: use.id ?? call.id) { events.append(.toolCall(forgotten)) }
  }

  /// Notes a result and tells its call.
  mutating func close(
    _ id: String?, _ name: String?, _ text: String, _ isError: Bool?, in state: State, at: Timestamp?,
    seenAt: Timestamp, origin: Origin, into events: inout [ConversationEvent]
  ) {
    var call: ToolCall
    if let open = id.flatMap({ pending.remove($0) })
      ?? (id == nil ? pending.removeFirst(of: name, in: state.noun.id) : nil)
    {
      call = open
    } else {
      if let id, calls[id] != nil { return }
      if let id { calls[id] = state.noun.id }
      call = ToolCall(
        nativeID: id, conversationID: state.noun.id, ordinal: state.ordinal, tool: name ?? "", arguments: "",
        seenAt: seenAt, origin: origin)
      call.promptID = state.promptID
      (call.agent, call.agentID) = (state.noun.agent, state.noun.agentID)
    }
    call.endedAt = at
    call.result = text.cut(to: Self.resultLimit)
    call.exitCode = Self.exitCode(text)
    let failed = isError ?? call.exitCode.map { $0 != 0 } ?? false
    call.status = failed ? .failed : .succeeded
    events.append(.toolCall(call))
  }

  /// The command line of a tool that runs one.
  static func command(_ tool: String, _ arguments: JSONValue) -> String? {
    let name = tool.lowercased()
    guard ["bash", "shell", "exec", "terminal", "command"].contains(where: { name.contains($0) }) else { return nil }
    guard let value = arguments[member: "command"] ?? arguments[member: "cmd"] else { return nil }
    if let text = value.string { return text }
    let words = value.elements.compactMap(\.string)
    guard !words.isEmpty else { return nil }
    // `["bash", "-lc", SCRIPT]` is how agents run a script.
    if words.count == 3, let script = words.last, words.dropFirst().first?.hasPrefix("-") == true,
      ["bash", "sh", "zsh"].contains(words.first?.split(separator: "/").last.map(String.init) ?? "")
    {
      return script
    }
    return words.joined(separator: " ")
  }

  /// The exit code that a shell tool reports in its text.
  static func exitCode(_ text: String) -> Int? {
    if text.hasPrefix("{"), let value = JSONValue(text) {
      return (value[member: "metadata"]?[member: "exit_code"] ?? value[member: "exit_code"])?.integer
    }
    let head = text.opening(1_024)
    for words in ["Process exited with code ", "Exit code: ", "Exit code "] where head.firstIndex(of: words) != nil {
      return head.number(after: words)
    }
    return nil
  }
}

extension LLMElement {
  /// The native id of the tool call that it asks for or answers.
  var callID: String? {
    switch self {
    case .toolUse(let use): use.id
    case .toolResult(let id, _, _, _): id
    case .user, .assistant: nil
    }
  }
}
