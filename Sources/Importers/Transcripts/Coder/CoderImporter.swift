import Bytes
import Model

/// What Coder's AI Gateway recorded of the requests that passed it: its log, or the answers of its API.
struct CoderImporter: TranscriptImporter {
  static let name = "coder-ai-gateway"

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    let json = HeadJSON(head)
    let records = json.first?["results"]?.elements ?? json.records
    return records.prefix(HeadJSON.valueLimit).contains { record in
      if record["initiator"]?.isObject == true, record["provider"] != nil {
        return record["user_prompts"] != nil || record["tool_usages"] != nil || record["started_at"] != nil
      }
      return fields(record)[member: "record_type"]?.string != nil && fields(record)[member: "interception_id"] != nil
    }
  }

  /// Log lines carry what they tell in a member of their own.
  private static func fields(_ record: JSONValue) -> JSONValue {
    record[member: "fields"] ?? record[member: "attrs"] ?? record
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    var story = StepStory(Self.name, file)
    document.forEachInList(named: ["results"], file, into: &events) { record, _ in
      let steps =
        record.value[member: "initiator"]?.isObject == true
        ? Self.interception(record.value, record.origin) : Self.logged(record.value, record.origin)
      for step in steps { story.add(step) }
    }
    document = TranscriptDocument()
    story.finish(into: &events)
  }

  private static func interception(_ value: JSONValue, _ origin: Origin) -> [Step] {
    let id = value[member: "id"]?.text
    func step(_ record: JSONValue, _ shape: Step.Shape) -> Step? {
      let written = WrittenTime(record[member: "created_at"]) ?? WrittenTime(value[member: "started_at"])
      guard let at = written?.at else { return nil }
      var step = Step(at: at, shape: shape, origin: origin)
      step.traceID = id
      step.sessionID = session(value)
      facts(value, into: &step.facts)
      return step
    }
    var steps = [step(value, .facts)]
    for prompt in value.list("user_prompts") {
      steps.append(step(prompt, .prompt(text: prompt[member: "prompt"]?.text)))
    }
    for usage in value.list("tool_usages") { steps.append(step(usage, .tool(tool(usage)))) }
    return steps.compactMap(\.self)
  }

  private static func logged(_ record: JSONValue, _ origin: Origin) -> [Step] {
    let fields = fields(record)
    let times = [
      fields[member: "created_at"], fields[member: "started_at"], record[member: "ts"], record[member: "time"],
    ]
    guard let id = fields[member: "interception_id"]?.text,
      let at = times.lazy.compactMap({ WrittenTime($0)?.at }).first
    else { return [] }
    let shape: Step.Shape
    switch fields[member: "record_type"]?.string {
    case "interception_start": shape = .facts
    case "prompt_usage": shape = .prompt(text: fields[member: "prompt"]?.text)
    case "tool_usage": shape = .tool(tool(fields))
    default: return []
    }
    var step = Step(at: at, shape: shape, origin: origin)
    step.traceID = id
    step.sessionID = session(fields)
    Self.facts(fields, into: &step.facts)
    return [step]
  }

  private static func session(_ value: JSONValue) -> String? {
    (value[member: "client_session_id"] ?? value[member: "session_id"] ?? value[member: "thread_id"])?.text
  }

  private static func facts(_ value: JSONValue, into facts: inout Step.Facts) {
    let initiator = value[member: "initiator"]
    facts.human = (initiator?[member: "username"] ?? initiator?[member: "name"] ?? value[member: "initiator_id"])?.text
    facts.agent = value[member: "client"]?.text
    facts.model = value[member: "model"]?.text
  }

  private static func tool(_ usage: JSONValue) -> Step.Tool {
    let id = usage[member: "provider_tool_call_id"] ?? usage[member: "tool_call_id"] ?? usage[member: "item_id"]
    let input = usage[member: "input"] ?? usage[member: "args"]
    var tool = Step.Tool(
      use: LLMToolUse(
        id: id?.text, name: usage[member: "tool"]?.string ?? "",
        arguments: input.map { $0.string ?? $0.compact } ?? ""))
    // The gateway runs the tools that it injected itself and knows how they ended.
    if let error = usage[member: "invocation_error"]?.text { (tool.result, tool.failed) = (error, true) }
    tool.use.isServerSide = usage[member: "injected"]?.bool ?? false
    return tool
  }
}
