import Bytes
import Model
import Testing

@testable import Policy

/// What is kept of requests with several statements.
@Suite struct StatementReaderTests {
  private func parts(_ text: String) -> [StatementPart] {
    var reader = StatementReader(secrets: SecretHasher(key: [1]))
    var context = SQLContext()
    return reader.parts(of: Statement(mode: .simple, text: text), in: &context)
  }

  @Test func `a password in one of several statements is in none of what is kept`() throws {
    let text = "SELECT 1; ALTER ROLE a PASSWORD 'hunter2-north'; CREATE ROLE b PASSWORD 'second-secret'"
    let parts = parts(text)
    #expect(parts.count == 3)
    let request = try #require(parts.first?.redactedRequest)
    #expect(request == "SELECT 1; ALTER ROLE a PASSWORD [redacted]; CREATE ROLE b PASSWORD [redacted]")
    #expect(parts.allSatisfy { !$0.text.contains("hunter2") && !$0.text.contains("second-secret") })
  }

  @Test func `a request without secrets is kept as it was sent`() {
    #expect(parts("SELECT 1; SELECT 2").allSatisfy { $0.redactedRequest == nil })
    #expect(parts("ALTER ROLE a PASSWORD 'hunter2-north'").allSatisfy { $0.redactedRequest == nil })
  }
}
