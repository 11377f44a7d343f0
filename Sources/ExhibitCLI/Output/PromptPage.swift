import Model
import Replay
import Store

/// One prompt, whole, with the tool calls that served it.
struct PromptPage {
  let prompt: StoredPrompt
  let file: CaseFile
  /// Actions that are listed.
  var actionLimit = 200

  func print() throws {
    var page = Page()
    page.add("prompt", prompt.id)
    page.add("native id", prompt.nativeID)
    page.add("kind", prompt.kind.rawValue)
    page.add("agent", prompt.agent)
    page.add("model", prompt.model)
    page.add("human", prompt.human)
    page.add("conversation", prompt.conversation)
    page.add(prompt.at == nil ? "seen" : "at", (prompt.at ?? prompt.seenAt).description)
    page.add("text", prompt.text)
    page.add("context", prompt.context)
    let came = try file.effectsOfPrompts()[prompt.id]
    page.add("came of it", came.map { EffectsText.of($0) } ?? "nothing that the captures show")
    for entry in try file.actions(ofPrompt: prompt.id, limit: actionLimit) {
      let sure = entry.isAmbiguous ? "  ambiguous" : ""
      page.add(
        "action",
        "\(entry.action.id)  \(entry.action.effect.rawValue)  \(entry.action.status.rawValue)\(sure)\n\(entry.action.text)"
      )
    }
    for call in prompt.toolCalls {
      let end = call.endedAt.map { ", until \($0.description)" } ?? ""
      let witness = call.witness.map { $0 == .silent ? "" : "  \($0.rawValue)" } ?? ""
      page.add("tool call", "\(call.id)  \(call.tool)  \(call.status.rawValue)\(witness)\n\(call.command)")
      if call.witness == .unwitnessed || call.witness == .mismatched { page.add("", call.witnessDetail) }
      page.add("", (call.at?.description).map { $0 + end })
    }
    if let source = try file.sources().first(where: { $0.id == prompt.sourceID }), let packet = prompt.packet {
      page.add("evidence", "\(source.unit) \(packet) of \(source.path)\nsha256 \(source.sha256)")
    }
    page.print()
  }
}
