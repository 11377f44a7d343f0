import ArgumentParser
import Model
import Store

/// `exhibit why`
struct Why: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell which tool call, prompt and person an action goes back to, and why that is believed.",
    discussion: """
      Ids on the wire, equal texts, results that repeat what the wire answered, connections and times are weighed against
      each other and against “nobody that is known” (docs/formats/attribution.md). What they do not decide stays ambiguous.

        exhibit why ses-1f0c2a9b7d31.17 --case incident.exhibit
        exhibit why ses-1f0c2a9b7d31.17 --format json --case incident.exhibit
      """)

  @Argument(help: "Id of an action.")
  var id: String
  @OptionGroup var file: CaseOption
  @OptionGroup var list: FormatOption

  func run() throws {
    let opened = try file.open()
    guard let action = try opened.action(id: id) else {
      throw StoreError(.missing, path: file.path, "no action has the id \(id); list ids with: exhibit actions")
    }
    guard list.format != .table else { return try WhyPage(action: action, file: opened).print() }
    var writer = ListWriter(
      [
        .init("action_id"), .init("rank", right: true), .init("prompt_id"), .init("tool_call_id"), .init("method"),
        .init("confidence", right: true), .init("ambiguous"), .init("via_action_id"), .init("prompt"), .init("command"),
        .init("reason"),
      ], list.format)
    for attribution in try opened.attributions(of: id) {
      writer.write([
        .text(attribution.actionID), .integer(Int64(attribution.rank)), .text(attribution.prompt?.id),
        .text(attribution.call?.id), .text(attribution.method.rawValue), .json(String(attribution.confidence)),
        .boolean(attribution.isAmbiguous), .text(attribution.viaActionID), .text(attribution.prompt?.text),
        .text(attribution.call?.command), .text(attribution.reason),
      ])
    }
    writer.finish(empty: "not from any prompt that is known")
  }
}
