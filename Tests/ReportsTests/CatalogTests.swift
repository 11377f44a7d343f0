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
    #expect(Set(ids) == ["html", "junit", "json", "otlp", "prov"])
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

  @Test func `an empty case is a report too`() throws {
    let empty = GraphCase()
    (empty.reading.storedSources, empty.reading.storedSessions, empty.reading.storedActions) = ([], [], [])
    (empty.reading.storedConversations, empty.reading.storedPrompts, empty.reading.storedCalls) = ([], [], [])
    for format in ReportCatalog.formats where type(of: format).id != "otlp" {
      #expect(try !bytes(format, empty).isEmpty)
    }
    #expect(try bytes(OTLPReport(), empty).isEmpty)
  }
}
