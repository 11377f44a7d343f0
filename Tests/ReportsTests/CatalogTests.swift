import Foundation
import Reports
import TestKit
import Testing

/// What holds of every format.
@Suite struct CatalogTests {
  private func bytes(_ format: any ReportFormat, _ made: GraphCase) throws -> [UInt8] {
    var buffer = ReportBuffer()
    try format.write(made.reading, verdict: made.verdict, to: &buffer)
    return buffer.bytes
  }

  @Test func `every format has a name of its own`() {
    let ids = ReportCatalog.formats.map { type(of: $0).id }
    #expect(Set(ids).count == ids.count)
    let known = [
      "html", "junit", "json", "otlp", "prov", "sarif", "markdown", "csv", "oscal", "compliance", "ocsf",
    ]
    #expect(Set(ids) == Set(known))
    #expect(ReportCatalog.formats.allSatisfy { !type(of: $0).fileExtension.isEmpty })
  }

  @Test func `the same case gives the same bytes, in well-formed UTF-8`() throws {
    for format in ReportCatalog.formats {
      for text in ["", HostileCase.hostile] {
        let one = try bytes(format, GraphCase(text))
        #expect(!one.isEmpty)
        #expect(try one == bytes(format, GraphCase(text)), "\(type(of: format).id)")
        #expect(String(validating: one, as: UTF8.self) != nil, "\(type(of: format).id)")
      }
    }
  }

  @Test func `JSON is JSON, whatever was captured`() throws {
    for format in ReportCatalog.formats where ["json", "sarif", "jsonl"].contains(type(of: format).fileExtension) {
      for made in ReportCases.all where type(of: format).id != "json" || made.name != "hostile" {
        let bytes = try ReportCases.write(format, made)
        let isList = type(of: format).fileExtension == "jsonl"
        for line in isList ? bytes.split(separator: 0x0A).map(Array.init) : [bytes] {
          #expect(throws: Never.self, "\(type(of: format).id) \(made.name)") {
            _ = try JSONSerialization.jsonObject(with: Data(line))
          }
        }
      }
    }
  }

  @Test func `an empty case is a report too`() throws {
    let empty = GraphCase()
    (empty.reading.storedSources, empty.reading.storedSessions, empty.reading.storedActions) = ([], [], [])
    (empty.reading.storedConversations, empty.reading.storedPrompts, empty.reading.storedCalls) = ([], [], [])
    for format in ReportCatalog.formats {
      #expect(try bytes(format, empty).isEmpty == (type(of: format).id == "otlp"), "\(type(of: format).id)")
    }
  }
}
