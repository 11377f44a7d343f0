import Foundation
import Model
import Reports
import TestKit
import Testing

@Suite struct ComplianceReportTests {
  private func page(_ made: ReportCases.Made, _ framework: Framework = .soc2, nonce: String = "") throws -> String {
    String(
      decoding: try ReportCases.write(ComplianceReport(framework: framework, nonce: nonce), made), as: UTF8.self)
  }

  @Test func `it has its sections, and no script`() throws {
    for made in ReportCases.all + [ReportCases.exemplary] {
      for framework in Framework.all {
        let page = try page(made, framework, nonce: HostileCase.hostile)
        for id in ["scope", "custody", "everything", "controls", "exceptions", "approvals", "data", "sample", "check"] {
          #expect(page.contains("<section id=\"\(id)\""), "\(made.name) \(framework.id) \(id)")
        }
        #expect(!page.contains("<script"))
        #expect(page.contains("default-src &#39;none&#39;; style-src &#39;sha256-"))
      }
    }
  }

  @Test func `every link leads somewhere on the page`() throws {
    for made in ReportCases.all where made.name != "hostile" {
      let page = try page(made)
      let ids = Set(page.matches(of: #/ id="([^"]*)"/#).map { String($0.1) })
      for link in page.matches(of: #/href="#([^"]*)"/#) {
        let name = String(link.1).removingPercentEncoding ?? ""
        #expect(ids.contains(name) || name == "main", "\(made.name): \(name)")
      }
    }
  }

  @Test func `hostile text makes no element`() throws {
    func tags(_ text: String) throws -> [String] {
      let hostile = HostileCase(text)
      let verdict = ReportCases.approved(hostile.verdict, text: text)
      let page = try page(.init(name: "x", reading: hostile.reading, verdict: verdict), nonce: text)
      return page.matches(of: #/<[\/a-z!][a-z0-9-]*/#).map { String($0.0) }
    }
    let (hostile, harmless) = (try tags(HostileCase.hostile), try tags(HostileCase.harmless))
    #expect(Set(hostile).isSubset(of: Set(harmless).union(["<pre", "</pre"])))
    #expect(!hostile.contains("<img") && !hostile.contains("<svg"))
  }

  @Test(.enabled(if: Browser.xmllint != nil, "no xmllint here"))
  func `it is well-formed HTML`() throws {
    let xmllint = try #require(Browser.xmllint)
    let folder = try Folder()
    for made in ReportCases.all {
      let file = try folder.write(try page(made), "\(made.name).html")
      let outcome = try Browser.run(xmllint, ["--html", "--noout", "--nonet", file.path])
      // libxml2 knows the elements of HTML 4 only.
      let errors = outcome.err.split(separator: "\n").filter { $0.contains("error :") && !$0.contains("Tag ") }
      #expect(errors.isEmpty, "\(made.name): \(errors.prefix(3))")
    }
  }

  @Test func `the nonce chooses the sample, the evidence the rest`() throws {
    let demo = DemoCase()
    let made = ReportCases.Made(name: "demo", reading: demo.reading, verdict: demo.verdict)
    let (one, same, other) = (try page(made, nonce: "a"), try page(made, nonce: "a"), try page(made, nonce: "b"))
    #expect(one == same)
    #expect(one != other)
  }

  @Test(.enabled(if: Browser.chromium != nil, "no Chromium here"))
  func `a browser shows it without a word on its console`() throws {
    let folder = try Folder()
    let demo = DemoCase()
    let made = ReportCases.Made(name: "demo", reading: demo.reading, verdict: ReportCases.approved(demo.verdict))
    let file = try folder.write(try page(made), "page.html")
    let outcome = try Browser.open(file)
    #expect(outcome.status == 0 && outcome.out.contains("CC8.1"))
    #expect(!outcome.err.contains("CONSOLE"), "\(outcome.err.suffix(400))")
  }
}
