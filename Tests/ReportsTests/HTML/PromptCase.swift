import Model
import TestKit

/// The contractor's case with the transcripts of two agents.
///
/// The migration was asked for; its two tries went to the database by `psql -f`. The grant was asked for by nobody. One
/// read may come from either of two prompts, one call claims what the captures do not show, another did something else.
struct PromptCase {
  let demo = DemoCase()
  var reading: MemoryCase { demo.reading }
  var verdict: Verdict { demo.verdict }

  static let card = "Add a card field to customers so that checkout stops failing"
  static let pool = "Find out why checkout is slow"

  init() { Self.add(to: demo.reading) }

  static func prompt(
    _ id: String, _ text: String, at: Double, conversation: String, kind: Prompt.Kind = .human, source: String? = nil
  ) -> StoredPrompt {
    var prompt = StoredPrompt(
      id: id, kind: kind, conversation: conversation, seenAt: DemoCase.at(at), text: text)
    prompt.at = DemoCase.at(at)
    prompt.agent = "claude-code"
    prompt.model = "claude-opus-4-6"
    prompt.human = "dana"
    prompt.sourceID = source
    return prompt
  }

  static func call(
    _ id: String, _ command: String, of prompt: String?, at: Double, witness: CallVerdict.Verdict?,
    detail: String? = nil
  ) -> StoredToolCall {
    var call = StoredToolCall(id: id, tool: "Bash", command: command, status: .succeeded)
    call.nativeID = "toolu_" + id
    call.promptID = prompt
    call.at = DemoCase.at(at)
    call.endedAt = DemoCase.at(at + 1)
    call.witness = witness
    call.witnessDetail = detail
    return call
  }

  static func mark(
    _ prompt: String?, _ call: String? = nil, _ method: Attribution.Method = .content, _ confidence: Double = 0.991,
    isAmbiguous: Bool = false, via: String? = nil
  ) -> AttributionMark {
    AttributionMark(
      promptID: prompt, callID: call, method: method, confidence: confidence,
      reason: "the same statement; from the agent's host; 0.1 s after the call, while it ran",
      isAmbiguous: isAmbiguous, viaActionID: via)
  }

  private static func add(to reading: MemoryCase) {
    let source = reading.addSource(
      "transcripts/c41f.jsonl", packets: 0, from: DemoCase.at(40), until: DemoCase.at(400))
    var main = StoredConversation(id: "cnv-c41f", startedAt: DemoCase.at(40))
    main.workingDirectory = "/home/ci/shop"
    main.sourceID = source
    var inner = StoredConversation(id: "cnv-sub", startedAt: DemoCase.at(200))
    inner.parentID = main.id
    inner.parentCall = CallPlace(id: "task", conversation: main.id, at: DemoCase.at(199))
    inner.link = .subagent
    main.clockOffset = 2_000_000_000
    inner.clockOffset = 2_000_000_000
    inner.sourceID = source
    reading.storedConversations = [main, inner]
    let pool = prompt("prm-pool", pool, at: 60, conversation: main.id, source: source)
    let card = prompt("prm-card", card, at: 92, conversation: main.id, source: source)
    // What the sub-agent did belongs to the one who asked for it.
    var inside = prompt(
      "prm-task", "Run the migration", at: 200, conversation: inner.id, kind: .delegated, source: source)
    inside.rootID = "prm-card"
    var task = call("task", "Run the migration", of: "prm-card", at: 199, witness: .silent)
    task.tool = "Task"
    reading.storedCalls = [
      call(
        "ghost", "psql -c 'UPDATE prices SET amount = 0'", of: "prm-pool", at: 61, witness: .unwitnessed,
        detail: "not seen: UPDATE prices"),
      call("psql", "psql -f migrations/0042.sql", of: "prm-card", at: 104, witness: .corroborated), task,
      call(
        "index", "psql -c 'SELECT 1'", of: "prm-task", at: 239, witness: .mismatched,
        detail: "1 on its connection that it does not tell: CREATE INDEX"),
    ]
    let late = prompt("prm-late", "Thanks!", at: 9000, conversation: main.id, source: source)
    reading.storedPrompts = [pool, card, inside, late]
    var marks: [String: [AttributionMark]] = [:]
    for action in reading.storedActions {
      if action.text.contains("card_") || action.text == "BEGIN" && action.startedAt < DemoCase.at(200) {
        marks[action.id] = [mark("prm-card", "psql")]
      }
      if action.text.contains("CREATE INDEX") {
        marks[action.id] = [mark("prm-card", "index", .connection, 0.967, via: "pg-mig1.4")]
      }
      if action.text.hasPrefix("SELECT version") {
        marks[action.id] = [
          mark("prm-pool", nil, .time, 0.52, isAmbiguous: true),
          mark("prm-card", "psql", .time, 0.45, isAmbiguous: true),
        ]
      }
    }
    reading.marks = marks
  }
}
