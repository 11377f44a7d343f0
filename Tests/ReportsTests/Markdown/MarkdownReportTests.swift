import Foundation
import Model
import Reports
import TestKit
import Testing

@Suite struct MarkdownReportTests {
  private func text(_ made: ReportCases.Made) throws -> String {
    String(decoding: try ReportCases.write(MarkdownReport(), made), as: UTF8.self)
  }

  @Test func `the verdict comes first, then what somebody must look at`() throws {
    let demo = DemoCase()
    let text = try text(.init(name: "demo", reading: demo.reading, verdict: ReportCases.approved(demo.verdict)))
    #expect(text.hasPrefix("## ❌ "))
    let order = ["not approved", "### What somebody must look at", "### Approvals", "### Not seen", "### Evidence"]
    let places = order.map { text.range(of: $0)?.lowerBound }
    #expect(places.allSatisfy { $0 != nil })
    #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
    #expect(text.contains("`ALTER TABLE") && text.contains("omar@shop.example"))
  }

  @Test func `every row of a table has as many cells as its head`() throws {
    for made in ReportCases.all {
      var cells: Int?
      for line in try text(made).split(separator: "\n", omittingEmptySubsequences: false) {
        guard line.hasPrefix("|") else {
          cells = nil
          continue
        }
        let count = line.count { $0 == "|" }
        #expect(count == cells ?? count, "\(made.name): \(line)")
        cells = count
      }
    }
  }

  @Test func `hostile text is no markup`() throws {
    let made = try #require(ReportCases.all.first { $0.name == "hostile" })
    let text = try text(made)
    for line in text.split(separator: "\n") {
      // What stands in spans of code is nothing but text.
      let outside = line.replacing(#/`[^`]*`/#, with: "").replacing(#/<code>.*?<\/code>/#, with: "")
        .replacing("<span>", with: "").replacing("</span>", with: "").replacing("<br>", with: "")
      for mark in ["<", "](", "@", "`", "www.", "http:"] { #expect(!outside.contains(mark), "\(mark) in \(line)") }
    }
    for scalar in text.unicodeScalars { #expect(scalar == "\n" || scalar.value >= 0x20) }
    #expect(!text.unicodeScalars.contains("\u{202E}"))
  }

  @Test func `it is never more than 64 KB, and says what it left out`() throws {
    let reading = MemoryCase("big")
    let source = reading.addSource("db.pcap", packets: 9, from: DemoCase.at(0), until: DemoCase.at(9))
    for number in 0..<400 {
      reading.addSource(
        String(repeating: "|", count: 200) + "\(number)", packets: 1, from: DemoCase.at(0), until: DemoCase.at(1))
      reading.add(
        Session(
          id: "s\(number)", protocolName: "postgres", client: "c:1", server: "s:5432", user: "u\(number)",
          startedAt: DemoCase.at(0), endedAt: DemoCase.at(9), sourceID: source))
      reading.add(
        Action(
          id: "s\(number).1", sessionID: "s\(number)", sequence: 1, startedAt: DemoCase.at(Double(number)), kind: "sql",
          verb: "UPDATE", text: String(repeating: "`|\\<&", count: 500), effect: .write, status: .ok,
          sourceID: source, packet: 1))
    }
    var verdict = verdict(reading, incompleteness: (0..<500).map { "\($0) " + String(repeating: "*", count: 900) })
    verdict = ReportCases.approved(verdict, text: String(repeating: "|", count: 300))
    let text = try text(.init(name: "big", reading: reading, verdict: verdict))
    #expect(text.utf8.count <= 64_000)
    #expect(text.contains("more; `exhibit check` and the HTML report list them."))
    #expect(text.contains("- and 4") && text.contains("case digest"))
  }
}
