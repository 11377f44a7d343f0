import ArgumentParser
import Model
import Replay
import Store

/// `exhibit search`
struct Search: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find words in statements, parameters and results.",
    discussion: """
      The query is FTS5's: words, "a phrase", AND, OR, NOT, prefix*. Of each result the first 2,048 bytes are indexed.

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
      writer.write(
        [
          .text(hit.action.id), .integer(hit.action.startedAt.nanoseconds), .text(hit.action.verb),
          .text(hit.action.effect.rawValue), .text(hit.action.status.rawValue),
          .text(hit.action.transaction?.rawValue), .integer(Int64(hit.count)), .text(excerpt), .text(hit.action.text),
        ],
        shown: [
          "started_ns": hit.action.startedAt.formatted(fractionDigits: 3),
          // In a table only what did not last is worth a word.
          "transaction": hit.action.transaction == .committed ? "" : hit.action.transaction?.rawValue ?? "",
        ])
    }
    writer.finish(empty: "nothing found")
  }
}
