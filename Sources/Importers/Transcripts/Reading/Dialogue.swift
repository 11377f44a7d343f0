import Bytes
import Model

/// One conversation as a transcript tells it: numbers its elements, joins results to calls, remembers the prompt served.
struct Dialogue: Sendable {
  /// Calls of a conversation whose ids are remembered, so that none is told twice.
  static let callLimit = 1 << 18

  var conversation: Conversation
  /// The prompt that calls and answers serve.
  private(set) var promptID: String?
  /// Set by the source for what follows: Codex's turn, Claude Code's `prompt.id`.
  var turnID: String?
  private var ordinal = 0
  private var isTold = false
  private var pending = PendingCalls()
  /// Calls by native id, with a hash of what they ask for.
  private var known: [String: Int] = [:]

  init(_ conversation: Conversation) { self.conversation = conversation }

  /// Tells the conversation, once, before what belongs to it.
  mutating func begin(into events: inout [ConversationEvent]) {
    guard !isTold else { return }
    isTold = true
    events.append(.conversation(conversation))
  }

  /// A text of a user message: what the person typed is set apart from what the program wrapped around it.
  mutating func user(
    _ text: String, nativeID: String? = nil, afterResult: Bool = false, at: Timestamp?, seenAt: Timestamp,
    origin: Origin, into events: inout [ConversationEvent]
  ) {
    for case .user(let text, let kind, let context) in UserText.elements(text, afterResult: afterResult) {
      let isDelegated = conversation.link == .subagent && kind == .human
      prompt(
        text, kind: isDelegated ? .delegated : kind, context: context, nativeID: nativeID, at: at, seenAt: seenAt,
        origin: origin, into: &events)
    }
  }

  /// A prompt of a known kind.
  mutating func prompt(
    _ text: String, kind: Prompt.Kind, context: String? = nil, nativeID: String? = nil, at: Timestamp?,
    seenAt: Timestamp, origin: Origin, into events: inout [ConversationEvent]
  ) {
    guard !text.isEmpty else { return }
    begin(into: &events)
    let kept = text.cut(to: LLMTrafficReader.textLimit)
    var prompt = Prompt(
      conversationID: conversation.id, ordinal: kind == .system ? 0 : ordinal, kind: kind, text: kept, at: at,
      seenAt: seenAt, origin: origin)
    if kind != .system { ordinal += 1 }
    prompt.nativeID = nativeID?.cut(to: LLMRequest.nameLimit)
    prompt.context = context?.cut(to: LLMTrafficReader.textLimit)
    prompt.isCut = kept.utf8.count < text.utf8.count
    (prompt.agent, prompt.agentID) = (conversation.agent, conversation.agentID)
    (prompt.model, prompt.human) = (conversation.model, conversation.human)
    if kind != .system { promptID = prompt.id }
    events.append(.prompt(prompt))
  }

  /// A prompt whose text the source does not record.
  mutating func hiddenPrompt(
    nativeID: String?, at: Timestamp, origin: Origin, into events: inout [ConversationEvent]
  ) {
    begin(into: &events)
    var prompt = Prompt(
      conversationID: conversation.id, ordinal: ordinal, kind: .human, text: "", at: at, seenAt: at, origin: origin)
    ordinal += 1
    prompt.nativeID = nativeID?.cut(to: LLMRequest.nameLimit)
    prompt.isCut = true
    (prompt.agent, prompt.model, prompt.human) = (conversation.agent, conversation.model, conversation.human)
    promptID = prompt.id
    events.append(.prompt(prompt))
  }

  /// A tool call, told when its result comes; gives the key to close it by, nil when the same was told before.
  ///
  /// `isAlwaysNew` is for formats whose records never come twice and whose ids may.
  @discardableResult
  mutating func open(
    _ use: LLMToolUse, isAlwaysNew: Bool = false, at: Timestamp?, seenAt: Timestamp, origin: Origin,
    into events: inout [ConversationEvent], adjust: (inout ToolCall) -> Void = { _ in }
  ) -> String? {
    var use = use
    use.bound()
    // Scrubbed transcripts have this for many ids, which makes it none.
    use.id = ScrubbedID.named(use.id)
    if let id = use.id {
      let hash = [use.name, use.arguments].hashValue
      if let before = known[id] {
        if !isAlwaysNew, before == hash || before == 0 { return nil }
        use.id = nil
      } else if known.count < Self.callLimit {
        known[id] = hash
      }
    }
    begin(into: &events)
    let kept = use.arguments.cut(to: LLMTrafficReader.textLimit)
    var call = ToolCall(
      nativeID: use.id, conversationID: conversation.id, ordinal: ordinal, tool: use.name, arguments: kept,
      seenAt: seenAt, origin: origin)
    ordinal += 1
    (call.promptID, call.turnID, call.at) = (promptID, turnID, at)
    (call.agent, call.agentID) = (conversation.agent, conversation.agentID)
    (call.parentAgentID, call.parentCallID) = (conversation.parentAgentID, conversation.parentCallID)
    call.isServerSide = use.isServerSide
    call.isCut = kept.utf8.count < use.arguments.utf8.count
    call.status = use.isComplete ? .pending : .incomplete
    if let arguments = JSONValue(use.arguments), let command = LLMTrafficReader.command(use.name, arguments) {
      call.command = command.cut(to: LLMTrafficReader.textLimit)
    }
    adjust(&call)
    let key = use.id ?? call.id
    for forgotten in pending.insert(call, key: key) { events.append(.toolCall(forgotten)) }
    return key
  }

  /// A result, by its call's key or native id; without one it is the first waiting call's of that tool.
  mutating func close(
    _ key: String?, tool: String? = nil, _ text: String, failed: Bool? = nil, exitCode: Int? = nil,
    at: Timestamp?, seenAt: Timestamp, origin: Origin, into events: inout [ConversationEvent]
  ) {
    let isScrubbed = key.map { ScrubbedID.isOne($0) } ?? false
    let key = ScrubbedID.named(key)?.cut(to: LLMRequest.nameLimit)
    var call: ToolCall
    if let open = key.flatMap({ pending.remove($0) })
      ?? (key == nil ? pending.removeFirst(of: tool, in: conversation.id) : nil)
      ?? (isScrubbed ? pending.firstNameless(in: conversation.id).flatMap { pending.remove($0) } : nil)
    {
      call = open
    } else {
      if let key {
        guard known[key] == nil else { return }
        if known.count < Self.callLimit { known[key] = 0 }
      }
      begin(into: &events)
      call = ToolCall(
        nativeID: key, conversationID: conversation.id, ordinal: ordinal, tool: tool ?? "", arguments: "",
        seenAt: seenAt, origin: origin)
      ordinal += 1
      (call.promptID, call.turnID) = (promptID, turnID)
      (call.agent, call.agentID) = (conversation.agent, conversation.agentID)
    }
    call.endedAt = at
    call.result = text.cut(to: LLMTrafficReader.resultLimit)
    call.exitCode = exitCode ?? LLMTrafficReader.exitCode(text)
    call.status = failed ?? call.exitCode.map({ $0 != 0 }) ?? false ? .failed : .succeeded
    events.append(.toolCall(call))
  }

  /// An answer of the model; nothing is told of one that says nothing.
  mutating func answer(_ answer: Answer, at: Timestamp, origin: Origin, into events: inout [ConversationEvent]) {
    guard !answer.isEmpty else { return }
    begin(into: &events)
    var noun = Completion(
      nativeID: answer.id?.cut(to: LLMRequest.nameLimit), conversationID: conversation.id, ordinal: ordinal,
      text: answer.text.cut(to: LLMTrafficReader.textLimit), at: at,
      status: answer.error != nil ? .failed : answer.isCut ? .incomplete : .complete, origin: origin)
    ordinal += 1
    noun.promptID = promptID
    noun.model = answer.model ?? conversation.model
    noun.endedAt = answer.endedAt
    noun.reasoning = answer.reasoning.cut(to: LLMTrafficReader.textLimit)
    noun.stopReason = answer.stopReason
    noun.error = answer.error?.cut(to: LLMReplyAssembler.errorLimit)
    noun.toolCallIDs = answer.toolCallIDs
    (noun.inputTokens, noun.outputTokens) = (answer.inputTokens, answer.outputTokens)
    events.append(.completion(noun))
  }

  /// Tells the calls whose results did not come.
  mutating func finish(into events: inout [ConversationEvent]) {
    for call in pending.removeAll() { events.append(.toolCall(call)) }
  }

  /// What an answer says.
  struct Answer: Sendable {
    var id: String?
    var model: String?
    var text = ""
    var reasoning = ""
    var stopReason: String?
    var error: String?
    var endedAt: Timestamp?
    var toolCallIDs: [String] = []
    var inputTokens: UInt64?
    var outputTokens: UInt64?
    var isCut = false

    var isEmpty: Bool { text.isEmpty && reasoning.isEmpty && toolCallIDs.isEmpty && error == nil }
  }
}
