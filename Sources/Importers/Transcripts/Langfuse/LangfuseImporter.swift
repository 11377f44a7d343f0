import Bytes
import Model

/// Observations as Langfuse's API and its exports give them: lines, an array, `{"data": […]}`, or a trace that holds them.
struct LangfuseImporter: TranscriptImporter {
  static let name = "langfuse"

  private static let types: Set<String> = [
    "SPAN", "GENERATION", "EVENT", "TOOL", "AGENT", "CHAIN", "RETRIEVER", "EVALUATOR", "EMBEDDING", "GUARDRAIL",
  ]

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    let json = HeadJSON(head)
    let listed = json.first?[member: "data"]?.elements ?? json.first?[member: "observations"]?.elements
    return (listed ?? json.records).prefix(HeadJSON.valueLimit).contains { isObservation($0) }
  }

  private static func isObservation(_ value: JSONValue) -> Bool {
    guard let type = value["type"]?.string, types.contains(type) else { return false }
    return value["traceId"] != nil || value["trace_id"] != nil
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    var story = StepStory(Self.name, file)
    let trace = document.arrayStart == nil ? document.head(besides: ["data", "observations"]).members : nil
    let session = trace?[member: "sessionId"]?.text
    let take = { (record: TranscriptDocument.Record, _: inout [ConversationEvent]) in
      guard var step = Self.step(record.value, record.origin) else { return }
      step.sessionID = step.sessionID ?? session
      story.add(step)
    }
    document.forEachInList(named: ["data", "observations"], file, into: &events, take)
    document = TranscriptDocument()
    story.finish(into: &events)
  }

  private static func step(_ record: JSONValue, _ origin: Origin) -> Step? {
    guard isObservation(record), let type = record["type"]?.string else { return nil }
    // The API writes `startTime`, exports write `start_time`, in UTC without saying so.
    func either(_ camel: String, _ snake: String) -> JSONValue? { record[member: camel] ?? record[member: snake] }
    guard let start = WrittenTime(either("startTime", "start_time")) else { return nil }
    let end = WrittenTime(either("endTime", "end_time"))?.at
    let input = record[member: "input"]?.unwrapped
    let output = record[member: "output"]?.unwrapped
    let isError = record[member: "level"]?.string == "ERROR"
    let status = either("statusMessage", "status_message")?.text
    let metadata = record[member: "metadata"]?.unwrapped
    let parent = either("parentObservationId", "parent_observation_id")?.text
    let shape: Step.Shape
    switch type {
    case "TOOL":
      let id = metadata?[member: "tool_call_id"] ?? output?[member: "tool_call_id"]
      var tool = Step.Tool(
        use: LLMToolUse(
          id: id?.text ?? record[member: "id"]?.text, name: record[member: "name"]?.string ?? "",
          arguments: input.map { $0.string ?? $0.compact } ?? ""))
      tool.result = isError ? status ?? MessageBlocks.flat(output) : output.map { MessageBlocks.flat($0) }
      tool.failed = isError ? true : end == nil ? nil : false
      shape = .tool(tool)
    case "GENERATION":
      var answer = Dialogue.Answer()
      answer.text = MessageBlocks.flat(output?[member: "content"] ?? output)
      answer.model = (record[member: "model"] ?? either("providedModelName", "provided_model_name"))?.text
      answer.endedAt = end
      if isError { answer.error = status ?? "error" }
      let usage = either("usageDetails", "usage_details")?.unwrapped ?? record[member: "usage"]
      answer.inputTokens = usage?[member: "input"]?.scalar.flatMap { UInt64($0) }
      answer.outputTokens = usage?[member: "output"]?.scalar.flatMap { UInt64($0) }
      shape = .model(answer, asked: input?.askedText)
    default: shape = parent == nil ? .task(text: input?.askedText) : .facts
    }
    var step = Step(at: start.at, endedAt: end, shape: shape, origin: origin)
    step.id = record[member: "id"]?.text
    step.parentID = parent
    step.traceID = either("traceId", "trace_id")?.text
    step.sessionID = either("sessionId", "session_id")?.text
    step.facts.human = either("userId", "user_id")?.text
    step.facts.model = record[member: "model"]?.text
    if parent == nil { step.facts.agent = record[member: "name"]?.text }
    return step
  }
}

extension JSONValue {
  /// Exports write structured members as texts that hold JSON.
  fileprivate var unwrapped: JSONValue {
    guard let text = string, text.hasPrefix("{") || text.hasPrefix("["), let inner = JSONValue(text) else {
      return self
    }
    return inner
  }
}
