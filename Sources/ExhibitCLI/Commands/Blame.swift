import ArgumentParser
import Model
import Store

/// `exhibit blame`
struct Blame: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell who made, changed or dropped each column of a table, because of which prompt, and who approved it.",
    discussion: """
        exhibit blame customers --case incident.exhibit
        exhibit blame public.customers.card_pan --case incident.exhibit
      """)

  @Argument(help: "TABLE or TABLE.COLUMN, with or without its schema.")
  var name: String
  @OptionGroup var file: CaseOption
  @OptionGroup var list: FormatOption

  func run() throws {
    var writer = ListWriter(
      [
        .init("column", limit: 60), .init("change"), .init("at_ns"), .init("user"), .init("application"),
        .init("transaction"), .init("prompt", limit: 40), .init("approved_by"), .init("action_id"),
        .init("text", limit: 80),
      ], list.format)
    let reading = try file.open()
    let prompts = try ActionPrompts(reading)
    let approvals = Dictionary(grouping: try reading.approvals().filter(\.counts)) { $0.actionID ?? "" }
    var filter = ActionFilter()
    filter.changesOnly = true
    filter.effects = [.schema]
    try reading.forEachAction(filter) { action in
      for resource in action.resources where resource.kind == "column" && isAsked(resource.name) {
        writer.write(
          [
            .text(resource.name), .text(resource.access), .integer(action.startedAt.nanoseconds),
            .text(action.identity.user), .text(action.identity.application), .text(action.transaction?.rawValue),
            .text(prompts.text(of: action.id)),
            .text(Set(approvals[action.id]?.compactMap(\.approver) ?? []).sorted().joined(separator: ", ")),
            .text(action.id), .text(action.text),
          ],
          shown: ["at_ns": action.startedAt.formatted(fractionDigits: 0)])
      }
    }
    writer.finish(empty: "no captured action made or changed a column of \(name)")
  }

  /// `customers` means that table in any schema; a name with dots must match from the left or after a schema.
  private func isAsked(_ column: String) -> Bool {
    column.split(separator: " ").contains { part in
      let found = part.lowercased().split(separator: ".").map(String.init)
      let asked = name.lowercased().split(separator: ".").map(String.init)
      guard !asked.isEmpty, found.count > 1 else { return false }
      return found == asked || found.dropLast() == asked[...] || found.dropFirst() == asked[...]
        || found.dropFirst().dropLast() == asked[...]
    }
  }
}
