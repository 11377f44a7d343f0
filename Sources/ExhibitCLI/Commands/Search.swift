import ArgumentParser
import Model
import Replay
import Store

/// `exhibit search`
struct Search: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find words in statements, parameters, results and prompts.",
    discussion: """
      Words, "a phrase", AND, OR, NOT, prefix* (FTS5); what is not its syntax is taken for words. Of
      each result the first 2,048 bytes are indexed.

        exhibit search card_pan --case incident.exhibit
        exhibit search '"drop table" OR truncate' --case incident.exhibit
      """)

  @Argument(help: "What to find.")
  var query: String
  @OptionGroup var file: CaseOption
  @OptionGroup var list: FormatOption
  @Option(help: "At most this many.")
  var limit: Int = 50

  func run() throws {
    var writer = ListWriter(
      [
        .init("id"), .init("started_ns"), .init("verb"), .init("effect"), .init("status"), .init("transaction"),
        .init("count", right: true), .init("excerpt", limit: 100), .init("text", table: false),
      ], list.format)
    for hit in try file.open().search(query, limit: limit) {
      let excerpt = hit.excerpt.replacing("\u{e000}", with: "").replacing("\u{e001}", with: "")
      guard case .action(let action) = hit.subject else {
        if case .conversation(let kind, let id) = hit.subject {
          writer.write([
            .text(id), .integer(nil), .text(kind), .text(nil), .text(nil), .text(nil), .integer(1), .text(excerpt),
            .text(nil),
          ])
        }
        continue
      }
      writer.write(
        [
          .text(action.id), .integer(action.startedAt.nanoseconds), .text(action.verb), .text(action.effect.rawValue),
          .text(action.status.rawValue), .text(action.transaction?.rawValue), .integer(Int64(hit.count)),
          .text(excerpt), .text(action.text),
        ],
        shown: [
          "started_ns": action.startedAt.formatted(fractionDigits: 3),
          // In a table only what did not last is worth a word.
          "transaction": action.transaction == .committed ? "" : action.transaction?.rawValue ?? "",
        ])
    }
    writer.finish(empty: "nothing found")
  }
}
