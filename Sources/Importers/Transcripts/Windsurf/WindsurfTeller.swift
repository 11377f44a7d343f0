import Bytes
import Model

/// Windsurf's Cascade: a line for each step, a call and its result in one; neither times nor ids.
struct WindsurfTeller: RecordTeller {
  static let name = "windsurf"

  private var dialogue: Dialogue

  init(_ file: TranscriptFile) { dialogue = Dialogue(of: file, agent: Self.name) }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let first = HeadJSON(head).first, let type = first["type"]?.string else { return false }
    return first["status"]?.string != nil && first[type]?.isObject == true && first["timestamp"] == nil
  }

  mutating func finish(into events: inout [ConversationEvent]) { dialogue.finish(into: &events) }

  mutating func take(_ record: TranscriptDocument.Record, into events: inout [ConversationEvent]) {
    guard let type = record.value[member: "type"]?.string, let step = record.value[member: type] else { return }
    let seenAt = dialogue.conversation.startedAt
    switch type {
    case "user_input":
      dialogue.user(
        step[member: "user_response"]?.text ?? "", at: nil, seenAt: seenAt, origin: record.origin, into: &events)
    case "planner_response":
      var answer = Dialogue.Answer()
      answer.text = step[member: "response"]?.text ?? ""
      answer.reasoning = step[member: "thinking"]?.text ?? ""
      answer.isCut = record.isCut
      dialogue.answer(answer, at: seenAt, origin: record.origin, into: &events)
    default: call(type, step, record, into: &events)
    }
  }

  private mutating func call(
    _ tool: String, _ step: JSONValue, _ record: TranscriptDocument.Record, into events: inout [ConversationEvent]
  ) {
    // Members that the program added to what was asked for.
    let results: Set<String> = [
      "output", "content", "exit_code", "user_rejected", "original_content", "acknowledgement_type", "total_results",
    ]
    var json = JSONWriter()
    json.object { json in
      for member in step.members where !results.contains(member.name) {
        json.key(member.name)
        json.json(member.value.compact)
      }
    }
    let seenAt = dialogue.conversation.startedAt
    let use = LLMToolUse(id: nil, name: tool, arguments: json.text, isComplete: !record.isCut)
    let key = dialogue.open(use, at: nil, seenAt: seenAt, origin: record.origin, into: &events) {
      $0.workingDirectory = step[member: "cwd"]?.text
    }
    let status = record.value[member: "status"]?.string
    guard let key, status != nil, status != "pending", status != "running" else { return }
    let refused =
      step[member: "user_rejected"]?.bool == true
      || step[member: "acknowledgement_type"]?.string?.hasSuffix("_REJECT") == true
    let code = step[member: "exit_code"]?.integer
    let text = (step[member: "output"] ?? step[member: "content"])?.string ?? ""
    dialogue.close(
      key, text, failed: status == "error" || refused ? true : nil, exitCode: code, at: nil, seenAt: seenAt,
      origin: record.origin, into: &events)
  }
}
