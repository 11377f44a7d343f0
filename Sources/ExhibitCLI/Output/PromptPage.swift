import Model
import Replay
import Store

/// One prompt, whole, with the tool calls that served it.
struct PromptPage {
  let prompt: StoredPrompt
  let file: CaseFile

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
    for call in prompt.toolCalls {
      let end = call.endedAt.map { ", until \($0.description)" } ?? ""
      page.add("tool call", "\(call.id)  \(call.tool)  \(call.status.rawValue)\n\(call.command)")
      page.add("", (call.at?.description).map { $0 + end })
    }
    if let source = try file.sources().first(where: { $0.id == prompt.sourceID }), let packet = prompt.packet {
      page.add("evidence", "packet \(packet) of \(source.path)\nsha256 \(source.sha256)")
    }
    page.print()
  }
}
