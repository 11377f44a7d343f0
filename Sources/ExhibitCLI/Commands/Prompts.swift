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
        .init("id"), .init("native_id", table: false), .init("at_ns"), .init("kind"), .init("agent", limit: 30),
        .init("model", limit: 30), .init("human", limit: 30), .init("conversation", table: false),
        .init("tool_calls", right: true), .init("came_of_it", limit: 60), .init("text", limit: 100),
        .init("source_id", table: false), .init("changes", table: false), .init("rows", table: false),
        .init("ambiguous", table: false),
      ], list.format)
    let opened = try file.open()
    let effects = try opened.effectsOfPrompts()
    for prompt in try opened.prompts() where all || prompt.kind.isTyped {
      let at = prompt.at ?? prompt.seenAt
      let came = effects[prompt.id] ?? PromptEffects()
      writer.write(
        [
          .text(prompt.id), .text(prompt.nativeID), .integer(at.nanoseconds), .text(prompt.kind.rawValue),
          .text(prompt.agent), .text(prompt.model), .text(prompt.human), .text(prompt.conversation),
          .integer(Int64(prompt.toolCalls.count)), .text(EffectsText.of(came)), .text(prompt.text),
          .text(prompt.sourceID), .integer(Int64(came.changeCount)), .integer(Int64(came.rowCount)),
          .integer(Int64(came.ambiguousCount)),
        ], shown: ["at_ns": at.formatted(fractionDigits: 0)])
    }
    writer.finish(empty: all ? "no prompt was seen" : "no prompt of a person was seen; --all lists the others")
  }
}
