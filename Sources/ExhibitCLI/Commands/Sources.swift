import ArgumentParser
import Model
import Store

/// `exhibit sources`
struct Sources: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what the case was made from.",
    discussion: "  exhibit sources --case incident.exhibit --format csv")

  @OptionGroup var file: CaseOption
  @OptionGroup var list: FormatOption

  func run() throws {
    var writer = ListWriter(
      [
        .init("id"), .init("kind"), .init("bytes", right: true), .init("packets", right: true),
        .init("first_ns"), .init("last_ns"), .init("complete"), .init("integrity"), .init("sha256", limit: 16),
        .init("path", limit: 60), .init("note", limit: 60),
      ], list.format)
    for source in try file.open().sources() {
      writer.write(
        [
          .text(source.id), .text(source.kind), .integer(Int64(clamping: source.byteCount)),
          .integer(Int64(clamping: source.packetCount)), .integer(source.firstAt?.nanoseconds),
          .integer(source.lastAt?.nanoseconds), .boolean(source.isComplete), .text(source.integrity),
          .text(source.sha256), .text(source.path), .text(source.note),
        ],
        shown: [
          "bytes": Quantity.bytes(source.byteCount), "packets": Quantity.count(Int(clamping: source.packetCount)),
          "first_ns": source.firstAt?.formatted(fractionDigits: 0) ?? "",
          "last_ns": source.lastAt?.formatted(fractionDigits: 0) ?? "",
          "complete": source.isComplete ? "yes" : "no",
        ])
    }
    writer.finish(empty: "the case has no sources")
  }
}
