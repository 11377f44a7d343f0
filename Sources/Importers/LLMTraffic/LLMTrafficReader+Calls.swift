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
    let arguments = JSONParser.value(use.arguments)
    if let arguments, let command = Self.command(use.name, arguments) { call.command = command.cut(to: Self.textLimit) }
    if let text = (arguments?["prompt"] ?? arguments?["message"])?.text {
      delegations[SHA256.digest(of: text.trimmed)] = (use.id, state.noun.id)
    }
    let key = use.id ?? call.id
    if pending.updateValue(call, forKey: key) == nil { pendingOrder.append(key) }
    guard pending.count > Self.pendingLimit || pendingOrder.count > Self.pendingLimit * 2 else { return }
    // What has its result is gone from `pending` already; its key is dropped here.
    pendingOrder.removeAll { pending[$0] == nil }
    while pending.count > Self.pendingLimit, let oldest = pendingOrder.first {
      pendingOrder.removeFirst()
      if let call = pending.removeValue(forKey: oldest) { events.append(.toolCall(call)) }
    }
  }

  /// Notes a result and tells its call.
  mutating func close(
    _ id: String?, _ name: String?, _ text: String, _ isError: Bool?, in state: State, at: Timestamp?,
    seenAt: Timestamp, origin: Origin, into events: inout [ConversationEvent]
  ) {
    // Without ids, the first call of that name that waits in this conversation is meant.
    let key =
      id
      ?? pendingOrder.first { key in
        pending[key].map { $0.conversationID == state.noun.id && (name == nil || $0.tool == name) } ?? false
      }
    var call: ToolCall
    if let key, let open = pending.removeValue(forKey: key) {
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
    guard let value = arguments["command"] ?? arguments["cmd"] else { return nil }
    if let text = value.string { return text }
    guard let words = value.array?.compactMap(\.string), !words.isEmpty else { return nil }
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
    if text.hasPrefix("{"), let value = JSONParser.value(text) {
      return (value["metadata"]?["exit_code"] ?? value["exit_code"])?.integer
    }
    let head = text.cut(to: 1_024)
    for words in ["Process exited with code ", "Exit code: ", "Exit code "] {
      guard let found = head.firstRange(of: words) else { continue }
      return Int(head[found.upperBound...].prefix { $0.isASCII && ($0.isNumber || $0 == "-") })
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
