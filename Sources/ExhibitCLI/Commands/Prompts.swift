import ArgumentParser
import Model
import Store

/// `exhibit prompts`
struct Prompts: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what agents were asked to do, and what came of it.",
    discussion: """
      Prompts are read from agents' transcripts, and from captured traffic between agents and language models. What came of a
      prompt are the actions of the captures that go back to it; `exhibit why ACTION` tells why.

        exhibit prompts --case incident.exhibit
        exhibit show prm-1f0c2a9b7d31 --case incident.exhibit
      """)

  @OptionGroup var file: CaseOption
  @OptionGroup var list: FormatOption
  @Flag(help: "Also what no person typed: system prompts, delegated tasks, notifications.")
  var all = false

  func run() throws {
    var writer = ListWriter(
      [
        .init("id"), .init("native_id"), .init("at_ns"), .init("kind"), .init("agent"), .init("model"), .init("human"),
        .init("conversation"), .init("tool_calls"), .init("came_of_it"), .init("text"), .init("source_id"),
        .init("changes"), .init("rows"), .init("ambiguous"),
      ], list.format)
    let opened = try file.open()
    let effects = try opened.effectsOfPrompts()
    let shown = try opened.prompts().filter { all || $0.kind.isTyped }
    if list.format == .table, !shown.isEmpty {
      let list = PromptList()
      for prompt in shown { list.print(prompt, effects[prompt.id] ?? PromptEffects()) }
      return
    }
    for prompt in shown {
      let at = prompt.at ?? prompt.seenAt
      let came = effects[prompt.id] ?? PromptEffects()
      writer.write(
        [
          .text(prompt.id), .text(prompt.nativeID), .integer(at.nanoseconds), .text(prompt.kind.rawValue),
          .text(prompt.agent), .text(prompt.model), .text(prompt.human), .text(prompt.conversation),
          .integer(Int64(prompt.toolCalls.count)), .text(EffectsText.of(came)), .text(prompt.text),
          .text(prompt.sourceID), .integer(Int64(came.changeCount)), .integer(Int64(came.rowCount)),
          .integer(Int64(came.ambiguousCount)),
        ])
    }
    writer.finish(empty: all ? "no prompt was seen" : "no prompt of a person was seen; --all lists the others")
  }
}
