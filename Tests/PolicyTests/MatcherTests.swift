import Model
import Policy
import Testing

/// The conditions that look at people, prompts, networks and hours.
@Suite struct MatcherTests {
  private func rule(
    _ when: String, at time: String = "2026-11-20T23:30:00Z", client: String = "10.1.2.3:4711",
    prompt: PromptFacts? = nil, agent: String? = nil, human: String? = nil
  ) throws -> String {
    let policy = try PolicyDocument.parse(
      yaml: "version: 1\nrules:\n  - { id: hit, when: { \(when) }, then: deny }\n", name: "p.yaml")
    let at = try #require(Timestamp(utc: time))
    let session = Session(
      id: "s", protocolName: "postgres", client: client, server: "db:5432", agent: agent, human: human,
      startedAt: at, endedAt: at)
    let action = Action(
      id: "s.1", sessionID: "s", sequence: 1, startedAt: at, kind: "sql", verb: "UPDATE", text: "x", effect: .write,
      status: .ok)
    return policy.decide(action, in: session, prompt: prompt).rule
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.1.2.3:4711", true), ("10.1.2.0/23", "10.1.3.9:1", true), ("10.1.2.0/24", "10.1.3.9:1", false),
    ("10.1.2.3", "10.1.2.3:4711", true), ("0.0.0.0/0", "192.0.2.1:1", true), ("0.0.0.0/0", "[::1]:1", false),
    ("fd00::/8", "[fd12:3456::1]:22", true), ("fd00::/8", "[fe80::1]:22", false), ("::1", "[::1]:5", true),
    ("2001:db8::/33", "[2001:db8:8000::1]:5", false), ("10.0.0.0/8", "proxy.internal:80", false),
  ]) func `networks`(_ network: String, _ client: String, _ isHit: Bool) throws {
    #expect(try rule("network: \"\(network)\"", client: client) == (isHit ? "hit" : "default"))
  }

  /// 2026-11-20 is a Friday.
  @Test(arguments: [
    (#"from: "22:00", to: "06:00""#, "2026-11-20T23:30:00Z", true),
    (#"from: "22:00", to: "06:00""#, "2026-11-20T05:59:59Z", true),
    (#"from: "22:00", to: "06:00""#, "2026-11-20T06:00:00Z", false),
    (#"from: "09:00", to: "17:00""#, "2026-11-20T16:59:00Z", true),
    (#"from: "09:00", to: "17:00""#, "2026-11-20T17:00:00Z", false),
    ("days: [fri]", "2026-11-20T00:00:00Z", true), ("days: [sat, sun]", "2026-11-20T23:59:59Z", false),
    // The night of Friday reaches into Saturday morning.
    (#"from: "22:00", to: "06:00", days: [fri]"#, "2026-11-21T03:00:00Z", true),
    (#"from: "22:00", to: "06:00", days: [fri]"#, "2026-11-20T03:00:00Z", false),
  ]) func `hours`(_ hours: String, _ time: String, _ isHit: Bool) throws {
    #expect(try rule("hours: { \(hours) }", at: time) == (isHit ? "hit" : "default"))
  }

  @Test func `prompts`() throws {
    let sure = PromptFacts(promptID: "p", human: "lin", agent: "codex", confidence: 0.95, isAmbiguous: false)
    let unsure = PromptFacts(promptID: "p", human: nil, agent: nil, confidence: 0.6, isAmbiguous: true)
    #expect(try rule("prompt: none") == "hit")
    #expect(try rule("prompt: none", prompt: sure) == "default")
    #expect(try rule("prompt: ambiguous", prompt: unsure) == "hit")
    #expect(try rule("prompt: ambiguous", prompt: sure) == "default")
    #expect(try rule("prompt: { confidence-below: 0.9 }", prompt: sure) == "default")
    #expect(try rule("prompt: { confidence-below: 0.9 }", prompt: unsure) == "hit")
    #expect(try rule("prompt: { confidence-below: 0.9 }") == "hit")
  }

  @Test func `agents and people, by the prompt before the connection`() throws {
    let facts = PromptFacts(promptID: "p", human: "lin", agent: "codex", confidence: 1, isAmbiguous: false)
    #expect(try rule("agent: \"cod*\"", prompt: facts, agent: "other") == "hit")
    #expect(try rule("agent: \"cod*\"", agent: "codex") == "hit")
    #expect(try rule("agent: \"cod*\"") == "default")
    #expect(try rule("human: lin", prompt: facts) == "hit")
    #expect(try rule("human: lin", human: "omar") == "default")
  }

  @Test(arguments: [
    "network: 10.0.0.0/33", "network: x", "network: 10.0.0", "hours: { from: 22 }", #"hours: { from: "25:00" }"#,
    "hours: { days: [fry] }", "prompt: maybe", "prompt: { confidence-below: 2 }", "prompt: { sure: 1 }",
  ]) func `what is not understood is refused with its place`(_ when: String) {
    let error = #expect(throws: PolicyError.self) { try rule(when) }
    #expect(error?.line == 3 && error?.column ?? 0 > 10)
  }

  @Test(arguments: [
    ("approvals: { sign: x }", "unknown key \"sign\""), ("approvals: { namespace: \"a b\" }", "takes a domain"),
    ("approvals: { time: later }", "none of proven, unproven"),
    ("approvals: { break-glass: { from: [a@b] } }", "takes from and review-within"),
    ("approvals: { break-glass: { from: [a], review-within: 1h } }", "a is no group"),
    ("rules: [{ id: a, then: require-approval, approval: { count: 0 } }]", "takes a number from 1"),
    ("rules: [{ id: a, then: require-approval, approval: { from: dba } }]", "dba is no group"),
    ("rules: [{ id: a, then: require-approval, approval: { within: soon } }]", "takes a time such as"),
    ("people: { a@b: { user: x } }", "did you mean \"users\""),
  ]) func `what is said of approvals is read strictly`(_ line: String, _ message: String) throws {
    let error = #expect(throws: PolicyError.self) {
      try PolicyDocument.parse(yaml: "version: 1\n\(line)\n", name: "p.yaml")
    }
    #expect("\(try #require(error))".contains(message), "\(String(describing: error))")
  }
}
