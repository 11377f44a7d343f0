import Testing

@testable import Reports

@Suite struct FrameworkTests {
  @Test func `ids and tokens are of their own, and every control says what it needs`() {
    #expect(
      Framework.all.map(\.id) == ["soc2", "iso27001", "pci", "hipaa", "nist", "iso42001", "aiact", "dora", "sox"])
    var tokens = Set<String>()
    for framework in Framework.all {
      #expect(Framework.named(framework.id)?.name == framework.name)
      for control in framework.controls {
        #expect(!control.facts.isEmpty && !control.title.isEmpty && control.shows.hasSuffix("."), "\(control.id)")
        let token = framework.token(of: control)
        #expect(tokens.insert(token).inserted, "\(token)")
        #expect(token.wholeMatch(of: #/[a-z_][a-z0-9.\-]*/#) != nil, "\(token)")
      }
    }
    #expect(Framework.nist.controls.contains { Framework.nist.token(of: $0) == "au-3.1" })
    #expect(Framework.named("none") == nil)
  }

  @Test func `no word claims compliance`() {
    for framework in Framework.all {
      for control in framework.controls {
        #expect(!(control.title + control.shows).lowercased().contains("complian"))
      }
    }
  }
}
