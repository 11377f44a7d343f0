import Bytes
import Model
import TestKit

/// An agent with a sub-agent and a second conversation beside it; what goes back to them, what may, and what does not.
struct GraphCase {
  static let start = Int64(1_795_140_843_000_000_000)  // 2026-11-20T02:14:03Z
  let reading = MemoryCase("graph")
  let source: String

  static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(nanoseconds: start + milliseconds * 1_000_000) }

  static let context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  /// `text` goes into everything that evidence brings.
  init(_ text: String = "") {
    source = reading.addSource("db.pcapng\(text)", packets: 90, from: Self.at(0), until: Self.at(9000))
    conversation("cnv-1", native: "native-1", agent: "claude-code", human: "dana\(text)")
    conversation("cnv-2", native: "native-1", agent: "claude-code", parent: "cnv-1", call: "tcl-1", text: text)
    conversation("cnv-3", native: "native-3", agent: "codex\(text)")
    prompt("prm-1", "cnv-1", .human, 0, "add the column\(text)")
    prompt("prm-2", "cnv-2", .delegated, 600, "write the migration\(text)")
    prompt("prm-3", "cnv-3", .human, 500, "drop the old table\(text)")
    prompt("prm-4", "cnv-1", .summary, 4000, "what was said")
    call("tcl-1", "cnv-1", "prm-1", "Task", "delegate\(text)", 500, 3000)
    call("tcl-2", "cnv-2", "prm-2", "Bash\(text)", "psql -c 'ALTER TABLE t ADD c text'\(text)", 700, 900)
    call("tcl-3", "cnv-3", "prm-3", "shell", "psql", 1000, 2000)
    call("tcl-4", "cnv-1", "prm-1", "Bash", "sleep 9", 3100, nil)
    for index in reading.storedCalls.indices where reading.storedCalls[index].id == "tcl-3" {
      (reading.storedCalls[index].status, reading.storedCalls[index].exitCode) = (.failed, 2)
    }

    session("ses-1")
    session("ses-2")
    session("ses-3")
    let table = Resource("alter", "table", "public.t")
    act(
      "ses-1.1", 710, "ALTER TABLE", "ALTER TABLE t ADD c text\(text)", .schema,
      [table, Resource("add", "column", "public.t.c")])
    act(
      "ses-1.2", 1100, "UPDATE", "UPDATE t SET c = 'x' /*traceparent='\(Self.context)'*/", .write,
      [Resource("write", "table", "public.t")])
    act("ses-1.3", 1200, "DROP TABLE", "DROP TABLE t", .schema, [Resource("drop", "table", "public.t")])
    act("ses-1.4", 1300, "DROP TABLE", "DROP TABLE old", .schema, [Resource("drop", "table", "public.old")])
    act("ses-1.5", 1400, "CREATE TABLE", "CREATE TABLE t ()", .schema, [Resource("create", "table", "public.t")])
    act("ses-2.1", 1500, "SELECT", "SELECT 1", .read, [Resource("read", "table", "public.t")])
    act("ses-2.2", 1600, "SELECT", "SELECT 1", .read, [])
    act("ses-2.3", 1700, "SELECT", "SELECT nope", .read, [], .error)
    mark("ses-1.1", "prm-1", "tcl-2", "cnv-2", 0.98, .content)
    mark("ses-1.2", "prm-1", "tcl-1", "cnv-1", 0.5, .fingerprint, ambiguous: true)
    mark("ses-1.2", "prm-3", "tcl-3", "cnv-3", 0.4, .time, ambiguous: true)
    mark("ses-1.3", "prm-1", "tcl-1", "cnv-1", 0.5, .order, ambiguous: true)
    mark("ses-1.3", "prm-4", "tcl-4", "cnv-1", 0.4, .order, ambiguous: true)
    mark("ses-2.1", "prm-3", nil, "cnv-3", 0.9, .connection)
    mark("ses-2.2", "prm-3", "tcl-3", "cnv-3", 0.9, .connection, via: "ses-2.1")
  }

  private func conversation(
    _ id: String, native: String, agent: String, parent: String? = nil, call: String? = nil, human: String? = nil,
    text: String = ""
  ) {
    var conversation = StoredConversation(id: id, startedAt: Self.at(0))
    (conversation.nativeID, conversation.agent, conversation.parentID) = (native, agent, parent)
    conversation.human = human
    if let call, let parent {
      conversation.parentCall = CallPlace(id: call, conversation: parent, at: Self.at(500))
      conversation.link = .subagent
    }
    conversation.workingDirectory = text.isEmpty ? nil : text
    reading.storedConversations.append(conversation)
  }

  private func prompt(_ id: String, _ conversation: String, _ kind: Prompt.Kind, _ at: Int64, _ text: String) {
    var prompt = StoredPrompt(id: id, kind: kind, conversation: conversation, seenAt: Self.at(at), text: text)
    (prompt.at, prompt.nativeID, prompt.sourceID) = (Self.at(at), "native-\(id)", source)
    reading.storedPrompts.append(prompt)
  }

  private func call(
    _ id: String, _ conversation: String, _ prompt: String, _ tool: String, _ command: String, _ at: Int64,
    _ end: Int64?
  ) {
    var call = StoredToolCall(id: id, tool: tool, command: command, status: end == nil ? .pending : .succeeded)
    (call.conversation, call.promptID, call.nativeID) = (conversation, prompt, "toolu_\(id)")
    (call.at, call.endedAt, call.seenAt) = (Self.at(at), end.map { Self.at($0) }, Self.at(at))
    call.arguments = command
    call.result = end == nil ? nil : "done"
    reading.storedCalls.append(call)
  }

  private func session(_ id: String) {
    reading.add(
      Session(
        id: id, protocolName: "postgres", client: "10.0.0.7:4711", server: "[fd00::5]:5432", user: "svc",
        target: "shop",
        startedAt: Self.at(100), endedAt: Self.at(8000), sourceID: source))
  }

  private func act(
    _ id: String, _ at: Int64, _ verb: String, _ text: String, _ effect: Effect, _ resources: [Resource],
    _ status: Action.Status = .ok
  ) {
    reading.add(
      Action(
        id: id, sessionID: String(id.prefix(5)), sequence: Int(id.suffix(1)) ?? 0, startedAt: Self.at(at),
        endedAt: Self.at(at + 5), kind: "sql", verb: verb, text: text, resources: resources, effect: effect,
        status: status, code: status == .error ? "42703" : nil, sourceID: source, packet: UInt64(at)))
  }

  private func mark(
    _ action: String, _ prompt: String?, _ call: String?, _ conversation: String, _ confidence: Double,
    _ method: Attribution.Method, ambiguous: Bool = false, via: String? = nil
  ) {
    var mark = AttributionMark(
      promptID: prompt, callID: call, method: method, confidence: confidence, reason: "because", isAmbiguous: ambiguous,
      viaActionID: via)
    mark.conversationID = conversation
    reading.marks[action, default: []].append(mark)
  }

  var verdict: Verdict {
    Verdict(
      overall: .unapproved, policyName: "built-in", policySHA256: "",
      decisions: [
        "ses-1.1": Decision(actionID: "ses-1.1", outcome: .unapproved, rule: "schema", reason: "no approval")
      ],
      findings: [], incompleteness: ["something was not seen"])
  }
}
