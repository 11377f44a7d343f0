import Model
import Policy
import TestKit
import Testing

/// A COPY that is asked before it runs, of which nobody knows the data.
@Suite(.enabled(if: BenchKeys.isPossible, "no ssh-keygen here")) struct CopyApprovalTests {
  private static let text = "COPY orders FROM STDIN"

  @Test func `whether a COPY takes data of its client is read off what it touches`() {
    func takes(_ text: String) -> Bool {
      var (classifier, context) = (SQLClassifier(), SQLContext())
      let known = classifier.classify(text, in: &context)[0].classification
      var action = ApprovalBench.action(text, known.verb, known.effect, kind: "copy")
      action.resources = known.resources
      return StandingApprovals.takesData(action)
    }
    for text in ["COPY t FROM STDIN", "copy t (a, b) from stdin with (format csv)", "COPY t FROM STDOUT"] {
      #expect(takes(text), "\(text)")
    }
    for text in ["COPY t TO STDOUT", "COPY t FROM '/tmp/x'", "COPY t FROM PROGRAM 'ls'", "COPY (SELECT 1) TO STDOUT"] {
      #expect(!takes(text), "\(text)")
    }
  }

  @Test func `what waits is asked with any data`() throws {
    var action = ApprovalBench.action(Self.text, "COPY", .write, kind: "copy")
    action.resources = [Resource("write", "table", "orders")]
    let session = Session(
      id: "s", protocolName: "postgres", client: "10.0.9.41:4711", server: "10.0.0.5:5432", user: "migrator",
      target: "shop", startedAt: ApprovalBench.start, endedAt: ApprovalBench.start)
    let request = try #require(
      StandingApprovals.request(
        for: [action], in: session, before: StandingApprovals.Before(), requestedBy: "lin@shop.example",
        useBy: ApprovalBench.start))
    #expect(request.changes.map(\.bodySHA256) == [ApprovalChange.anyBody])
    #expect(request.text.contains("change 1 of 1: copy\n| \(Self.text)\nbody-sha256: any\n"))
  }
}
