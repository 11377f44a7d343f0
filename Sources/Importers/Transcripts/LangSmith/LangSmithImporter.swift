import Bytes
import Model

/// Runs as LangSmith exports them: lines, an array, or `{"runs": […]}`; parents may come after their children.
struct LangSmithImporter: TranscriptImporter {
  static let name = "langsmith"

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    let json = HeadJSON(head)
    return (json.first?[member: "runs"]?.elements ?? json.records).prefix(HeadJSON.valueLimit).contains { isRun($0) }
  }

  private static func isRun(_ value: JSONValue) -> Bool {
    value["run_type"]?.string != nil && (value["trace_id"] != nil || value["dotted_order"] != nil || value["id"] != nil)
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    var story = StepStory(Self.name, file)
    let take = { (record: TranscriptDocument.Record, _: inout [ConversationEvent]) in
      if let step = Self.step(record.value, record.origin) { story.add(step) }
    }
    document.forEachInList(named: ["runs"], file, into: &events, take)
    document = TranscriptDocument()
    story.finish(into: &events)
  }

  private static func step(_ run: JSONValue, _ origin: Origin) -> Step? {
    guard let kind = run[member: "run_type"]?.string, let start = WrittenTime(run[member: "start_time"]) else {
      return nil
    }
    let inputs = run[member: "inputs"]
    let outputs = run[member: "outputs"]
    let error = run[member: "error"]?.text
    let end = WrittenTime(run[member: "end_time"])?.at
    let metadata = run[member: "extra"]?[member: "metadata"]
    let isRoot = run[member: "parent_run_id"] == nil && run.list("parent_run_ids").isEmpty
    let shape: Step.Shape
    switch kind {
    case "tool":
      let message = outputs?[member: "output"] ?? outputs
      let id = message?[member: "tool_call_id"] ?? message?[member: "kwargs"]?[member: "tool_call_id"]
      var tool = Step.Tool(
        use: LLMToolUse(
          id: id?.text ?? run[member: "id"]?.text, name: run[member: "name"]?.string ?? "",
          arguments: (inputs?[member: "input"] ?? inputs).map { $0.string ?? $0.compact } ?? ""))
      let content = message?[member: "content"] ?? message?[member: "kwargs"]?[member: "content"] ?? message
      tool.result = error ?? (outputs == nil ? nil : MessageBlocks.flat(content))
      tool.failed = error != nil ? true : end == nil ? nil : false
      shape = .tool(tool)
    case "llm":
      var answer = Dialogue.Answer()
      let generation = outputs?.list("generations").first
      let first = generation?.elements.first ?? generation
      let message = first?[member: "message"]
      answer.text =
        first?[member: "text"]?.text
        ?? MessageBlocks.flat(
          message?[member: "kwargs"]?[member: "content"] ?? message?[member: "content"] ?? outputs?.chatContent)
      answer.model = (metadata?[member: "ls_model_name"] ?? metadata?[member: "model"])?.text
      answer.error = error
      answer.endedAt = end
      answer.inputTokens = run[member: "prompt_tokens"]?.scalar.flatMap { UInt64($0) }
      answer.outputTokens = run[member: "completion_tokens"]?.scalar.flatMap { UInt64($0) }
      shape = .model(answer, asked: inputs?.askedText)
    default: shape = isRoot ? .task(text: inputs?.askedText) : .facts
    }
    var step = Step(at: start.at, endedAt: end, shape: shape, origin: origin)
    step.id = run[member: "id"]?.text
    step.parentID = run[member: "parent_run_id"]?.text ?? run.list("parent_run_ids").last?.text
    step.traceID = run[member: "trace_id"]?.text
    for name in ["session_id", "thread_id", "conversation_id"] where step.sessionID == nil {
      step.sessionID = metadata?[member: name]?.text
    }
    step.facts.model = (metadata?[member: "ls_model_name"] ?? metadata?[member: "model"])?.text
    step.facts.human = metadata?[member: "user_id"]?.text
    if isRoot { step.facts.agent = run[member: "name"]?.text }
    return step
  }
}

extension JSONValue {
  /// What the last user message among `messages`, or a member that chains call so, asks for.
  var askedText: String? {
    if let text { return text }
    // LangChain batches requests: `messages` may be a list of lists.
    var messages = isArray ? elements : list("messages")
    if let first = messages.first, first.isArray { messages = first.elements }
    for message in messages.reversed() {
      let fields = message[member: "kwargs"] ?? message
      let kind = (fields[member: "role"] ?? fields[member: "type"] ?? message[member: "type"])?.string
      let path = message.list("id").last?.string
      guard kind == "user" || kind == "human" || path == "HumanMessage" else { continue }
      if let text = MessageBlocks(fields[member: "content"]).lastText { return text }
    }
    for name in ["input", "question", "query", "prompt", "text"] {
      guard let value = self[member: name] else { continue }
      if let text = value.text { return text }
      if value.isArray || value[member: "messages"] != nil, let text = value.askedText { return text }
    }
    return nil
  }

  /// The content of the first choice of a chat completion.
  fileprivate var chatContent: JSONValue? {
    list("choices").first?[member: "message"]?[member: "content"] ?? self[member: "content"] ?? self[member: "output"]
  }
}

extension TranscriptDocument {
  /// Reads records that are an array, a list of one of these names in an object, or values one after another.
  func forEachInList(
    named names: [String], _ file: TranscriptFile, into events: inout [ConversationEvent],
    _ body: (Record, inout [ConversationEvent]) -> Void
  ) {
    if let open = arrayStart {
      forEachRecord(from: open, file, into: &events, body)
    } else if let list = head(besides: Set(names)).ordered.first {
      forEachRecord(from: list, file, into: &events, body)
    } else {
      forEachValue(file, into: &events, body)
    }
  }
}
