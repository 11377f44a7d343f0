import ArgumentParser
import Bytes
import Model
import Store

/// `exhibit findings`
struct Findings: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the findings of the last check.",
    discussion: "  exhibit findings --case incident.exhibit")

  @OptionGroup var file: CaseOption
  @OptionGroup var list: FormatOption

  func run() throws {
    var writer = ListWriter(
      [
        .init("id", table: false), .init("severity"), .init("rule"), .init("session_id", table: false),
        .init("action_id"), .init("title", limit: 60), .init("detail", limit: 80), .init("controls", limit: 40),
      ], list.format)
    for finding in try file.open().findings() {
      let controls = "[" + finding.controls.map { JSONWriter.quoted($0) }.joined(separator: ",") + "]"
      writer.write(
        [
          .text(finding.id), .text(finding.severity.rawValue), .text(finding.rule), .text(finding.sessionID),
          .text(finding.actionID), .text(finding.title), .text(finding.detail), .json(controls),
        ], shown: ["controls": finding.controls.joined(separator: " ")])
    }
    writer.finish(empty: "no findings; run: exhibit check --case \(file.path)")
  }
}
