import Bytes
import Model

/// Tells what a transcript holds, each noun once: what the formats have in common.
struct TranscriptNouns: Sendable {
  /// Bytes kept of a prompt, of a command, and of an answer's text.
  static let textLimit = LLMTrafficReader.textLimit
  /// Bytes kept of a tool's result.
  static let resultLimit = LLMTrafficReader.resultLimit
  /// Bytes kept of ids and names.
  static let nameLimit = 1_024
  /// Tool calls of which is remembered that they were seen.
  static let callLimit = 1 << 17

  /// A prompt before it has its place.
  struct Draft: Sendable {
    var text: String
    var kind: Prompt.Kind
    var context: String?
    var nativeID: String?
    var at: Timestamp?
    var isCut = false
  }

  let agent: String
  private var pending = PendingCalls()
  /// The conversation of each call that was seen, by native id.
  private var calls = BoundedTable<String, String>(limit: callLimit, byteLimit: LLMTrafficReader.tableByteLimit) {
    $0.utf8.count + $1.utf8.count
  }

  init(agent: String) { self.agent = agent }

  // MARK: Conversations and prompts

  /// Tells the conversation, if it was not told.
  func tell(_ thread: inout TranscriptThread, into events: inout [ConversationEvent]) {
    guard !thread.isTold else { return }
    thread.isTold = true
    events.append(.conversation(thread.noun))
  }

  /// Tells a prompt, to which the calls and answers that follow belong.
  func tell(
    _ draft: Draft, in thread: inout TranscriptThread, seenAt: Timestamp, origin: Origin,
    into events: inout [ConversationEvent]
  ) {
    endAnswer(of: &thread, into: &events)
    tell(&thread, into: &events)
    let kept = draft.text.cut(to: Self.textLimit)
    // A system prompt stands before all others and has no place among them.
    let ordinal = draft.kind == .system ? 0 : thread.next()
    var noun = Prompt(
      conversationID: thread.noun.id, ordinal: ordinal, kind: draft.kind, text: kept, at: draft.at,
      seenAt: max(seenAt, draft.at ?? seenAt), origin: origin)
    noun.isCut = draft.isCut || kept.utf8.count < draft.text.utf8.count
    noun.context = draft.context?.cut(to: Self.resultLimit)
    noun.nativeID = draft.nativeID
    (noun.agent, noun.agentID, noun.human) = (agent, thread.noun.agentID, thread.noun.human)
    noun.model = thread.model
    if draft.kind != .system { thread.promptID = noun.id }
    events.append(.prompt(noun))
  }

  // MARK: Tool calls

  /// Whether a call of that id was seen.
  mutating func knows(_ id: String) -> Bool { calls[id] != nil }

  /// Whether a call of that id waits for its result; of ids that were scrubbed, any that bears none.
  func isPending(_ id: String) -> Bool { key(ofPending: id) != nil }

  /// The arguments of a call that waits for its result.
  func arguments(ofPending id: String) -> String? { key(ofPending: id).flatMap { pending.call($0) }?.arguments }

  /// The call that started the program with which a call that waits has to do: itself, or the one that it continues.
  func origin(ofRunning id: String) -> String {
    guard let key = key(ofPending: id), let call = pending.call(key) else { return id }
    return call.continuesCallID ?? key
  }

  /// The key of the call that waits: its id, or where that was scrubbed the first of those without one.
  private func key(ofPending id: String, in conversation: String? = nil) -> String? {
    if let id = ScrubbedID.named(id) { return pending.contains(id) ? id : nil }
    return pending.firstNameless(in: conversation)
  }

  /// The conversation in which a call was made.
  mutating func conversation(ofCall id: String) -> String? { calls[id] }

  /// Notes a call, which is told when its result is seen; nothing when one of that id was.
  ///
  /// - Returns: Whether it is new.
  @discardableResult
  mutating func open(
    _ id: String?, tool: String, arguments: String, in thread: inout TranscriptThread, at: Timestamp?,
    seenAt: Timestamp, origin: Origin, into events: inout [ConversationEvent],
    more: (inout ToolCall) -> Void = { _ in }
  ) -> Bool {
    let id = ScrubbedID.named(id)
    if let id, calls[id] != nil { return false }
    tell(&thread, into: &events)
    if let id { calls[id] = thread.noun.id }
    var call = draft(id, tool: tool, arguments: arguments, in: &thread, seenAt: seenAt, origin: origin)
    call.at = at
    more(&call)
    call.command = call.command.cut(to: Self.textLimit)
    call.result = call.result?.cut(to: Self.resultLimit)
    if call.endedAt != nil {
      // Its result is known already.
      events.append(.toolCall(call))
      return true
    }
    for forgotten in pending.insert(call, key: id ?? call.id) { events.append(.toolCall(forgotten)) }
    return true
  }

  /// Changes a call that waits for its result.
  mutating func update(_ id: String, _ change: (inout ToolCall) -> Void) {
    guard let key = key(ofPending: id) else { return }
    pending.update(key) { call in
      let tool = call.tool
      change(&call)
      // The table of calls that wait knows them by tool.
      call.tool = tool
    }
  }

  /// Tells a call with its result; a result whose call was not seen makes a call without a tool.
  mutating func close(
    _ id: String, in thread: inout TranscriptThread, at: Timestamp?, seenAt: Timestamp, origin: Origin,
    into events: inout [ConversationEvent], result: (inout ToolCall) -> Void
  ) {
    var call: ToolCall
    if let key = key(ofPending: id, in: thread.noun.id), let open = pending.remove(key) {
      call = open
    } else {
      let id = ScrubbedID.named(id)
      if let id, calls[id] != nil { return }
      tell(&thread, into: &events)
      if let id { calls[id] = thread.noun.id }
      call = draft(id, tool: "", arguments: "", in: &thread, seenAt: seenAt, origin: origin)
    }
    call.endedAt = at
    call.status = .succeeded
    result(&call)
    call.result = call.result?.cut(to: Self.resultLimit)
    events.append(.toolCall(call))
  }

  /// Tells the first call of that tool which waits in the conversation, for results that carry no id.
  mutating func closeFirst(
    of tool: String, in thread: TranscriptThread, at: Timestamp?, into events: inout [ConversationEvent],
    result: (inout ToolCall) -> Void
  ) {
    guard var call = pending.removeFirst(of: tool, in: thread.noun.id) else { return }
    call.endedAt = at
    call.status = .succeeded
    result(&call)
    call.result = call.result?.cut(to: Self.resultLimit)
    events.append(.toolCall(call))
  }

  private func draft(
    _ id: String?, tool: String, arguments: String, in thread: inout TranscriptThread, seenAt: Timestamp,
    origin: Origin
  ) -> ToolCall {
    let kept = arguments.cut(to: Self.textLimit)
    var call = ToolCall(
      nativeID: id, conversationID: thread.noun.id, ordinal: thread.next(), tool: tool, arguments: kept,
      seenAt: seenAt, origin: origin)
    call.isCut = kept.utf8.count < arguments.utf8.count
    (call.promptID, call.turnID, call.workingDirectory) = (thread.promptID, thread.turnID, thread.workingDirectory)
    (call.agent, call.agentID) = (agent, thread.noun.agentID)
    (call.parentAgentID, call.parentCallID) = (thread.noun.parentAgentID, thread.noun.parentCallID)
    return call
  }

  // MARK: Answers

  /// Tells the answer that was being collected.
  func endAnswer(of thread: inout TranscriptThread, into events: inout [ConversationEvent]) {
    guard let answer = thread.answer else { return }
    thread.answer = nil
    tell(&thread, into: &events)
    let status: Completion.Status = answer.error != nil ? .failed : answer.isCut ? .incomplete : .complete
    var noun = Completion(
      nativeID: answer.nativeID, conversationID: thread.noun.id, ordinal: answer.ordinal, text: answer.text,
      at: answer.at, status: status, origin: answer.origin)
    noun.promptID = answer.promptID
    noun.model = answer.model ?? thread.model
    noun.endedAt = answer.endedAt
    noun.reasoning = answer.reasoning
    (noun.stopReason, noun.error) = (answer.stopReason, answer.error)
    noun.toolCallIDs = answer.toolCallIDs
    (noun.inputTokens, noun.outputTokens) = (answer.inputTokens, answer.outputTokens)
    events.append(.completion(noun))
  }

  /// The answer that is being collected under that key; another one is told first.
  func answer(
    _ key: String, nativeID id: String?, in thread: inout TranscriptThread, at: Timestamp, origin: Origin,
    into events: inout [ConversationEvent], change: (inout TranscriptThread.Answer) -> Void
  ) {
    if let open = thread.answer, open.key != key { endAnswer(of: &thread, into: &events) }
    var answer =
      thread.answer ?? TranscriptThread.Answer(key: key, nativeID: id, ordinal: thread.next(), at: at, origin: origin)
    if thread.answer == nil { (answer.promptID, answer.model) = (thread.promptID, thread.model) }
    answer.endedAt = max(answer.endedAt, at)
    change(&answer)
    thread.answer = answer
  }

  /// The file is over: tells the calls whose result was never seen.
  mutating func finish(into events: inout [ConversationEvent]) {
    for call in pending.removeAll() { events.append(.toolCall(call)) }
  }
}
