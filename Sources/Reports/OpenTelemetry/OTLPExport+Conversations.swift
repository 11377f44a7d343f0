import Bytes
import Model

/// Conversations, prompts and tool calls, by the conventions for generative AI.
extension OTLPExport {
  mutating func writeConversations() throws {
    for place in tree.nodes.indices {
      let node = tree.nodes[place]
      let conversation = node.conversation
      let above =
        tree.callAbove(place).map { TraceIdentity.span(.call, $0.id) }
        ?? node.parent.map { TraceIdentity.span(.conversation, tree.nodes[$0].conversation.id) }
      var span = OTLPSpan(
        ["invoke_agent", conversation.agent].compactMap(\.self).joined(separator: " "),
        trace: trace(ofConversation: conversation.id), span: TraceIdentity.span(.conversation, conversation.id),
        parent: above, from: extents[place].start, until: extents[place].end)
      span.attributes.set("gen_ai.operation.name", "invoke_agent")
      identify(place, &span.attributes)
      span.attributes.set("gen_ai.agent.version", conversation.agentVersion)
      span.attributes.set("gen_ai.request.model", conversation.model)
      span.attributes.set("user.id", conversation.human)
      span.attributes.set("process.working_directory", conversation.workingDirectory)
      span.attributes.set("exhibit.conversation.native_id", conversation.nativeID)
      span.attributes.set("exhibit.conversation.link", conversation.link?.rawValue)
      span.attributes.set("exhibit.conversation.parent", conversation.parentID)
      span.attributes.set("exhibit.clock", conversation.clock.rawValue)
      span.attributes.set("exhibit.clock.offset_ns", conversation.clockOffset)
      span.attributes.set("exhibit.source", conversation.sourceID)
      try lines.write(span, of: resource(place))
    }
  }

  mutating func writePrompts() throws {
    var lines = lines
    try reading.forEachPrompt { prompt in
      let known = prompts[prompt.id]
      var span = OTLPSpan(
        "prompt \(prompt.kind.rawValue)", trace: trace(ofConversation: prompt.conversation),
        span: TraceIdentity.span(.prompt, prompt.id),
        parent: known?.conversation.map { TraceIdentity.span(.conversation, tree.nodes[$0].conversation.id) },
        from: prompt.at ?? prompt.seenAt, until: known?.extent.end)
      identify(known?.conversation, &span.attributes)
      span.attributes.set("gen_ai.request.model", prompt.model)
      if !(prompt.isCut && prompt.text.isEmpty) {
        let isSystem = prompt.kind == .system
        span.attributes.set(
          isSystem ? "gen_ai.system_instructions" : "gen_ai.input.messages",
          Self.message(prompt.text, isSystem: isSystem))
      }
      span.attributes.set("user.id", prompt.kind.isTyped ? prompt.human : nil)
      span.attributes.set("prompt.id", prompt.nativeID)
      span.attributes.set("event.sequence", known.map { $0.number * 2 })
      span.attributes.set("exhibit.prompt.id", prompt.id)
      span.attributes.set("exhibit.prompt.kind", prompt.kind.rawValue)
      span.attributes.set("exhibit.prompt.context", prompt.context)
      span.attributes.set("exhibit.cut", if: prompt.isCut)
      span.attributes.set("exhibit.time.inferred", if: prompt.at == nil)
      span.attributes.set("exhibit.source", prompt.sourceID)
      span.attributes.set("exhibit.packet", prompt.packet)
      try lines.write(span, of: resource(known?.conversation))
    }
    self.lines = lines
  }

  mutating func writeCalls() throws {
    var lines = lines
    try reading.forEachToolCall { call in
      let place = tree.place(of: call.conversation)
      var span = OTLPSpan(
        call.tool.isEmpty ? "execute_tool" : "execute_tool \(call.tool)",
        trace: trace(ofConversation: call.conversation),
        span: TraceIdentity.span(.call, call.id), parent: parent(of: call, in: place), from: call.startedAt,
        until: call.endedAt)
      span.attributes.set("gen_ai.operation.name", "execute_tool")
      identify(place, agentID: call.agentID, &span.attributes)
      span.attributes.set("gen_ai.tool.name", call.tool)
      span.attributes.set("gen_ai.tool.call.id", call.nativeID)
      span.attributes.set("gen_ai.tool.call.arguments", call.arguments)
      span.attributes.set("gen_ai.tool.call.result", call.result)
      span.attributes.set("process.exit.code", call.exitCode)
      span.attributes.set("process.working_directory", call.workingDirectory)
      span.attributes.set("turn.id", call.turnID)
      span.attributes.set("event.sequence", call.promptID.flatMap { prompts[$0] }.map { $0.number * 2 + 1 })
      span.attributes.set("exhibit.call.id", call.id)
      span.attributes.set("exhibit.call.command", call.command == call.arguments ? nil : call.command)
      span.attributes.set("exhibit.call.status", call.status.rawValue)
      span.attributes.set("exhibit.call.background", if: call.isBackground)
      span.attributes.set("exhibit.call.witness", call.witness?.rawValue)
      span.attributes.set("exhibit.call.witness.detail", call.witnessDetail.flatMap { $0.isEmpty ? nil : $0 })
      span.attributes.set("exhibit.prompt.id", call.promptID)
      span.attributes.set("exhibit.cut", if: call.isCut)
      span.attributes.set("exhibit.time.inferred", if: call.at == nil)
      span.attributes.set("exhibit.end.unknown", if: call.endedAt == nil)
      span.attributes.set("exhibit.source", call.sourceID)
      switch call.status {
      case .succeeded: span.status = .ok
      case .failed:
        span.status = .error
        span.attributes.set("error.type", call.exitCode.map { "exit status \($0)" } ?? "tool_error")
      case .pending, .incomplete: break
      }
      try lines.write(span, of: resource(place))
    }
    self.lines = lines
  }

  /// The call whose agent made this one, or the prompt that it serves, or its conversation. A summary of what was before
  /// begins a conversation of its own, in which calls still serve the prompt of the one above.
  private func parent(of call: StoredToolCall, in place: Int?) -> String? {
    guard let place else { return nil }
    if let above = call.callAbove { return TraceIdentity.span(.call, above.id) }
    if let id = call.promptID, let prompt = prompts[id]?.conversation, tree.isAbove(prompt, place) {
      return TraceIdentity.span(.prompt, id)
    }
    return TraceIdentity.span(.conversation, tree.nodes[place].conversation.id)
  }

  /// What every span of a conversation says of it.
  private func identify(_ place: Int?, agentID: String? = nil, _ attributes: inout OTLPAttributes) {
    guard let place else { return }
    let node = tree.nodes[place]
    attributes.set("gen_ai.conversation.id", node.name)
    attributes.set("gen_ai.agent.name", node.conversation.agent)
    attributes.set("gen_ai.agent.id", agentID ?? node.conversation.agentID)
    attributes.set("exhibit.conversation.id", node.conversation.id)
  }

  /// A text as the conventions' JSON: a message of a user, or the parts of the instructions.
  private static func message(_ text: String, isSystem: Bool) -> String {
    var json = JSONWriter()
    func writePart(_ json: inout JSONWriter) {
      json.array { json in
        json.object { json in
          json.member("type", "text")
          json.member("content", text)
        }
      }
    }
    if isSystem {
      writePart(&json)
    } else {
      json.array { json in
        json.object { json in
          json.member("role", "user")
          json.key("parts")
          writePart(&json)
        }
      }
    }
    return json.text
  }
}
