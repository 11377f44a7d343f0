import Model
import Testing

@testable import Reports

struct HTMLPlainCasesTests {
  @Test(
    arguments: [
      ("empty", "There is nothing to judge: no session is in this evidence", "This case holds no evidence yet."),
      ("no-sessions", "There is nothing to judge", "No session could be rebuilt from 1 source."),
      ("clean", "No change is in this evidence", "1 user ran 6 actions, none of them a change."),
      ("approved", "The one change was allowed or approved", "created index orders_placed"),
      ("opaque", "This evidence does not let the policy decide", "Nothing inside the sessions could be read."),
      ("anomalies", "This evidence does not let the policy decide", "a record claims 1000000 bytes"),
      ("undecidable", "The policy cannot decide on 1 of 1 change", "The evidence of its outcome is missing"),
      ("broken", "The evidence does not verify", "broken.pcap does not verify at record 7"),
    ])
  func `a case with little in it reads well`(_ name: String, _ headline: String, _ words: String) throws {
    let plain = try #require(PlainCases.all.first { $0.name == name })
    let html = try page(plain.reading, plain.verdict)
    let text = readable(html)
    #expect(text.contains(headline), "\(text.prefix(900))")
    #expect(text.replacing(" .", with: ".").contains(words), "\(text.prefix(900))")
  }

  @Test
  func `a clean and complete case is green and says so`() throws {
    let html = try page(PlainCases.clean.reading, PlainCases.clean.verdict)
    #expect(html.contains("<div class=\"verdict ok\""))
    #expect(readable(html).contains("✓ complete"))
    #expect(readable(html).contains("Nothing of the captured sessions is missing."))
  }

  @Test
  func `a case without evidence is not green`() throws {
    #expect(try page(PlainCases.empty.reading, PlainCases.empty.verdict).contains("<div class=\"verdict warn\""))
  }
}
