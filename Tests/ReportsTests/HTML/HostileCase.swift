import Bytes
import Model
import TestKit

/// A case in which every string that evidence can bring is the same given one.
struct HostileCase {
  let reading: MemoryCase
  let verdict: Verdict

  /// Everything that is known to break pages, terminals or readers.
  static let hostile =
    "<!--<script>alert(1)</script>--> </script></style></title></pre></td></table><img src=x onerror=alert(1)>"
    + "\" ' onmouseover=alert(1) javascript:alert(1) &lt; &#0; ]]> <![CDATA[ <svg onload=alert(1)> {{7*7}} ${x} `"
    + "\u{0}\u{1}\u{7}\u{8}\u{B}\u{C}\u{1B}[31m\u{7F}\u{85}\u{9B} \u{202E}rtl\u{202C} \u{2066}iso\u{2069} zero\u{200B}width"
    + "\u{200D}\u{FEFF}\u{2028}\u{2029}\u{AD}\u{61C}\u{180E}\u{E0041}\u{FE0F}\u{FFFE} e\u{301}\u{301}\u{301} 日本 עברית 🙂 \\u003c \\"

  /// As long, and harmless.
  static var harmless: String { String(repeating: "x", count: hostile.utf8.count) }

  init(_ text: String) {
    reading = MemoryCase(text)
    let source = reading.addSource(text, packets: 9, from: DemoCase.at(0), until: DemoCase.at(9))
    reading.storedSources[0].note = text
    reading.storedSources[0].kind = text
    reading.storedSources[0].integrity = text
    for (index, id) in ["s1", "s2"].enumerated() {
      reading.storedSessions.append(
        Session(
          id: id + text, parentID: index == 1 ? "s1" + text : nil, protocolName: text, client: text, server: text,
          user: text,
          target: text, application: text, agent: text, human: text, startedAt: DemoCase.at(0), endedAt: DemoCase.at(9),
          isComplete: false, reason: text, sourceID: source))
    }
    for (index, effect) in Effect.allCases.enumerated() {
      let id = "s1\(text).\(index + 1)"
      reading.storedActions.append(
        Action(
          id: id, sessionID: "s1" + text, sequence: index + 1, startedAt: DemoCase.at(Double(index)), kind: text,
          verb: text, text: text, parameters: text,
          resources: [Resource("add", "column", text), Resource("read", text, text)],
          effect: effect, status: Action.Status.allCases[index % 4], code: text, message: text, rowCount: 2,
          fingerprint: text, sourceID: source, packet: 3, columns: [text], hasRequestPayload: true,
          hasResponsePayload: true))
      reading.requests[id] = StoredPayload(
        layout: .text, bytes: Array(text.utf8), byteCount: UInt64(text.utf8.count) + 1, sha256: text, columns: [])
      let rows = StoredPayload.rows([text], [[text], [nil]])
      reading.responses[id] = rows
    }
    reading.storedAnomalies = [
      StoredAnomaly(
        id: text, sourceID: source, sessionID: "s1" + text, packet: 1, offset: nil, code: text, detail: text,
        time: DemoCase.at(1))
    ]
    reading.storedGaps = [
      StoredGap(
        sessionID: "s1" + text, direction: .fromClient, at: DemoCase.at(2), until: nil, byteCount: 9,
        reason: .notCaptured)
    ]
    Self.addPrompts(text, source: source, to: reading)
    var decisions: [String: Decision] = [:]
    for action in reading.storedActions where action.isChange {
      decisions[action.id] = Decision(actionID: action.id, outcome: .unapproved, rule: text, reason: text)
    }
    let findings = [
      Finding(
        id: text, rule: text, severity: .high, sessionID: "s1" + text, actionID: nil, title: text, detail: text,
        controls: [text]),
      Finding(
        id: text + "2", rule: text, severity: .critical, sessionID: "s1" + text, actionID: reading.storedActions[1].id,
        title: text,
        detail: text, controls: [text]),
    ]
    verdict = Verdict(
      overall: .unapproved, policyName: text, policySHA256: text, decisions: decisions, findings: findings,
      incompleteness: [text])
  }

  /// Transcripts in which every string is the text: prompts, commands, reasons, names, folders.
  private static func addPrompts(_ text: String, source: String, to reading: MemoryCase) {
    func conversation(_ id: String, parent: String?) -> StoredConversation {
      var conversation = StoredConversation(id: id + text, startedAt: DemoCase.at(0))
      conversation.nativeID = text
      conversation.parentID = parent.map { $0 + text }
      conversation.parentCall = CallPlace(id: "t00" + text, conversation: text, at: DemoCase.at(0))
      conversation.clockOffset = parent == nil ? 1_000_000 : -1_000_000
      conversation.agent = text
      conversation.agentVersion = text
      conversation.model = text
      conversation.human = text
      conversation.workingDirectory = text
      conversation.sourceID = parent == nil ? source : text
      return conversation
    }
    reading.storedConversations = [conversation("c1", parent: nil), conversation("c2", parent: "c1")]
    for (index, kind) in Prompt.Kind.allCases.enumerated() {
      var prompt = StoredPrompt(
        id: "p\(index)" + text, kind: kind, conversation: (kind.isTyped ? "c1" : "c2") + text,
        seenAt: DemoCase.at(Double(index)), text: text)
      prompt.agent = text
      prompt.model = text
      prompt.human = text
      prompt.context = text
      prompt.nativeID = text
      prompt.sourceID = source
      for (number, witness) in [CallVerdict.Verdict.unwitnessed, .mismatched, .corroborated].enumerated() {
        var call = StoredToolCall(id: "t\(index)\(number)" + text, tool: text, command: text, status: .failed)
        call.witness = witness
        call.witnessDetail = text
        call.at = DemoCase.at(Double(index))
        call.promptID = prompt.id
        reading.storedCalls.append(call)
      }
      reading.storedPrompts.append(prompt)
    }
    func mark(_ index: Int, isAmbiguous: Bool = false, via: String? = nil) -> AttributionMark {
      AttributionMark(
        promptID: "p\(index)" + text, callID: "t\(index)2" + text, method: .fingerprint, confidence: 0.9, reason: text,
        isAmbiguous: isAmbiguous, viaActionID: via)
    }
    // One of one prompt, one of several, one through another action, one of a prompt that is not there, the rest of none.
    reading.marks = [
      "s1\(text).1": [mark(0)], "s1\(text).2": [mark(0, isAmbiguous: true), mark(1, isAmbiguous: true)],
      "s1\(text).3": [mark(4, via: "s1\(text).1")], "s1\(text).4": [mark(77)],
    ]
  }
}
