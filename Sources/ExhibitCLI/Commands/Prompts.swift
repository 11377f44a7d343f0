import ArgumentParser
import Model
import Store

/// `exhibit prompts`
struct Prompts: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what agents were asked to do, and how many tools they called for it.",
    discussion: """
      Prompts are read from captured traffic between agents and language models.

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
        .init("tool_calls", right: true), .init("text", limit: 100), .init("source_id", table: false),
      ], list.format)
    for prompt in try file.open().prompts() where all || prompt.kind.isTyped {
      let at = prompt.at ?? prompt.seenAt
      writer.write(
        [
          .text(prompt.id), .text(prompt.nativeID), .integer(at.nanoseconds), .text(prompt.kind.rawValue),
          .text(prompt.agent), .text(prompt.model), .text(prompt.human), .text(prompt.conversation),
          .integer(Int64(prompt.toolCalls.count)), .text(prompt.text), .text(prompt.sourceID),
        ], shown: ["at_ns": at.formatted(fractionDigits: 0)])
    }
    writer.finish(empty: all ? "no prompt was seen" : "no prompt of a person was seen; --all lists the others")
  }
}
