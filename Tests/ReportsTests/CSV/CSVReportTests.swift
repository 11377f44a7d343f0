import Foundation
import Model
import Reports
import TestKit
import Testing

@Suite struct CSVReportTests {
  /// Reads RFC 4180: cells may be quoted, and then hold anything.
  private func rows(_ text: String) -> [[String]] {
    var (rows, row, cell): ([[String]], [String], String) = ([], [], "")
    var isQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      if isQuoted {
        if scalar != "\"" {
          cell.unicodeScalars.append(scalar)
        } else if scalars.first == "\"" {
          cell.unicodeScalars.append("\"")
          scalars.removeFirst()
        } else {
          isQuoted = false
        }
        continue
      }
      switch scalar {
      case "\"": isQuoted = true
      case ",":
        row.append(cell)
        cell = ""
      case "\r": break
      case "\n":
        rows.append(row + [cell])
        (row, cell) = ([], "")
      default: cell.unicodeScalars.append(scalar)
      }
    }
    return rows
  }

  private func rows(_ made: ReportCases.Made) throws -> [[String: String]] {
    let all = rows(String(decoding: try ReportCases.write(CSVReport(), made), as: UTF8.self))
    let head = try #require(all.first)
    return all.dropFirst().map { row in
      #expect(row.count == head.count)
      return Dictionary(zip(head, row), uniquingKeysWith: { first, _ in first })
    }
  }

  @Test func `a row for each change, with decision, approvals and prompt`() throws {
    let story = PromptCase()
    let verdict = ReportCases.approved(story.verdict)
    let rows = try rows(.init(name: "prompts", reading: story.reading, verdict: verdict))
    #expect(rows.count == verdict.decisions.count)
    let card = try #require(rows.first { $0["text"]?.contains("ADD COLUMN card_pan") == true })
    #expect(card["prompt"] == "prm-card" && card["attribution_method"] == "content")
    #expect(card["prompt_text"] == PromptCase.card.replacing("\n", with: "↵"))
    #expect(card["decision"] == "unapproved" && card["approval_states"] == "approve late")
    #expect(card["approvers"] == "omar@shop.example" && card["approved_at"]?.hasSuffix("Z") == true)
    #expect(card["source_sha256"]?.count == 64)
  }

  @Test func `no cell is a formula, and none breaks a row`() throws {
    for start in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", "＝1", "\"=1", ",", "\r\n"] {
      var reading = SmallCase()
      reading.allActions = [SmallCase.action(1, start, .write, start)]
      reading.allSessions[0].user = start
      var verdict = ReportCases.clean
      verdict.decisions = ["ses-1.1": Decision(actionID: "ses-1.1", outcome: .denied, rule: start, reason: start)]
      let rows = try rows(.init(name: "x", reading: reading, verdict: verdict))
      #expect(rows.count == 1)
      for cell in rows.flatMap(\.values) {
        if let first = cell.unicodeScalars.first { #expect(!"=+-@\t\r\n＝".unicodeScalars.contains(first), "\(cell)") }
      }
      let text = rows.first?["text"] ?? ""
      #expect(text.hasPrefix("'") == (start != "\"=1" && start != ","))
    }
  }

  @Test func `hostile text stays in its cell`() throws {
    let hostile = try #require(ReportCases.all.first { $0.name == "hostile" })
    let rows = try rows(hostile)
    #expect(rows.count == hostile.verdict.decisions.count)
    for row in rows { #expect(row["text"]?.contains("<!--<script>") == true && row["effect"] != nil) }
  }

  @Test func `a cell that is too long says how long it is`() throws {
    var reading = SmallCase()
    reading.allActions = [SmallCase.action(1, "UPDATE", .write, String(repeating: "x", count: 100_000))]
    var verdict = ReportCases.clean
    verdict.decisions = ["ses-1.1": Decision(actionID: "ses-1.1", outcome: .denied, rule: "r", reason: "r")]
    let rows = try rows(.init(name: "x", reading: reading, verdict: verdict))
    #expect(rows.first?["text"]?.hasSuffix("… (100,000 bytes in all)") == true)
    #expect((rows.first?["text"]?.count ?? 0) < 32_767)
  }
}
