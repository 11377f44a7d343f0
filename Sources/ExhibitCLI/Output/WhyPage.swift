import Model
import Replay
import Store

/// The chain from an action up to the person: action, tool call, prompt, human.
struct WhyPage {
  let action: Action
  let file: CaseFile

  func print() throws {
    let attributions = try file.attributions(of: action.id)
    var page = Page()
    page.add("action", "\(action.id)\n\(action.text)")
    page.add("at", "\(action.startedAt.description)  \(action.effect.rawValue)  \(action.status.rawValue)")
    let isContradicted = try page.addContradictions(of: action, in: file)
    guard let first = attributions.first else {
      page.add("prompt", try unknown(isContradicted))
      try page.addApprovals(of: action, in: file)
      return page.print()
    }
    if first.isAmbiguous {
      let which =
        attributions.count == 1
        ? "this one or nobody that is known" : "one of \(attributions.count), which the evidence does not tell apart"
      page.add("prompt", "ambiguous: \(which)")
    }
    for attribution in attributions { try add(attribution, to: &page) }
    try page.addApprovals(of: action, in: file)
    page.print()
  }

  private func unknown(_ isContradicted: Bool) throws -> String {
    guard try file.attributionCounts() != nil else {
      return "the case has no transcript; add one: exhibit ingest ~/.claude --case \(file.path)"
    }
    guard !isContradicted else {
      return "not from any prompt that is known: the id is not believed, and nothing else speaks enough for a tool call"
    }
    return "not from any prompt that is known: no tool call of the transcripts explains it"
  }

  private func add(_ attribution: StoredAttribution, to page: inout Page) throws {
    if let via = attribution.viaActionID {
      let text = try file.action(id: via)?.text ?? ""
      page.add("through", "\(via)\n\(text)")
    }
    if let call = attribution.call {
      let witness = call.witness.map { "  \($0.rawValue)" } ?? ""
      page.add(
        "tool call", "\(call.id)  \(call.tool)\(call.nativeID.map { "  \($0)" } ?? "")\(witness)\n\(call.command)")
      page.add("ran", Self.interval(call))
      if call.promptID != attribution.prompt?.id,
        let task = try call.promptID.flatMap({ try file.prompts(id: $0).first })
      {
        page.add("task", "\(task.id)  \(task.kind.rawValue)\n\(task.text)")
      }
    }
    if let prompt = attribution.prompt {
      page.add("prompt", "\(prompt.id)  \(prompt.kind.rawValue)\n\(prompt.text)")
      page.add("asked", (prompt.at ?? prompt.seenAt).description)
      page.add("agent", [prompt.agent, prompt.model].compactMap { $0 }.joined(separator: "  "))
      page.add("human", prompt.human)
      page.add("conversation", prompt.conversation)
    }
    page.add(
      "because",
      "\(attribution.method.rawValue), confidence \(Attribution.percent(attribution.confidence))\n"
        + attribution.reason.replacing("; ", with: "\n"))
  }

  private static func interval(_ call: StoredToolCall) -> String? {
    guard let at = call.at else { return nil }
    guard let ended = call.endedAt else { return "\(at.description), no end is known" }
    return "\(at.description), for \(Quantity.duration(nanoseconds: ended.nanoseconds(since: at)))"
  }

  /// In a line, for the action's own page.
  static func summary(of attribution: StoredAttribution) -> String {
    let sure = attribution.isAmbiguous ? "ambiguous" : Attribution.percent(attribution.confidence)
    guard let prompt = attribution.prompt else { return "a tool call whose prompt is not known  (\(sure))" }
    return "\(prompt.id)  (\(attribution.method.rawValue), \(sure))\n\(prompt.text)"
  }
}
