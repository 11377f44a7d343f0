import Foundation
import Model
import Policy
import TestKit
import Testing

@Suite struct PolicyDocumentTests {
  private func session() -> Session {
    Session(
      id: "s", protocolName: "postgres", client: "10.0.0.1:1", server: "db1.internal:5432", user: "svc", target: "shop",
      startedAt: .epoch, endedAt: .epoch)
  }

  private func action(
    _ verb: String, _ effect: Effect, unfiltered: Bool = false, inferred: Bool = false, application: String? = nil
  ) -> Action {
    var action = Action(
      id: "s.1", sessionID: "s", sequence: 1, startedAt: .epoch, kind: "sql", verb: verb, text: "x",
      resources: [Resource("write", "table", "public.orders")], effect: effect, status: .ok, isUnfiltered: unfiltered,
      isInferred: inferred)
    action.identity = Identity(user: "svc", target: "shop", application: application)
    return action
  }

  @Test func `the built-in policy allows reads and nothing else`() {
    for effect in Effect.allCases {
      let decision = PolicyDocument.builtIn.decide(action("X", effect), in: session())
      #expect(decision.isAcceptable == !effect.isChange, "\(effect)")
    }
  }

  @Test func `the first rule that matches decides`() throws {
    let yaml = """
      version: 1
      targets:
        prod: { protocol: postgres, database: [shop], server: "db*.internal:5432" }
      rules:
        - id: unfiltered
          when: { verb: [UPDATE], unfiltered: true }
          then: deny
        - id: orders
          when: { target: prod, resource: "*.orders", effect: write }
          then: allow
      default: require-approval
      """
    let policy = try PolicyDocument.parse(yaml: yaml, name: "p.yaml")
    #expect(policy.decide(action("UPDATE", .write, unfiltered: true), in: session()).outcome == .denied)
    #expect(policy.decide(action("UPDATE", .write), in: session()).rule == "orders")
    #expect(policy.decide(action("DROP TABLE", .schema), in: session()).outcome == .unapproved)
    #expect(policy.decide(action("UPDATE", .write, inferred: true), in: session()).outcome == .unapproved)
    var other = action("INSERT", .write)
    other.identity.target = "test"
    #expect(policy.decide(other, in: session()).outcome == .unapproved)
  }

  @Test func `an action is judged by the name that it ran under, not by the session's last`() throws {
    let yaml = """
      version: 1
      rules:
        - id: migrations
          when: { application: flyway }
          then: allow
      default: require-approval
      """
    let policy = try PolicyDocument.parse(yaml: yaml, name: "p.yaml")
    var session = session()
    session.application = "psql, flyway"
    #expect(policy.decide(action("DROP TABLE", .schema, application: "psql"), in: session).outcome == .unapproved)
    #expect(policy.decide(action("DROP TABLE", .schema, application: "flyway"), in: session).rule == "migrations")
    session.application = "flyway"
    #expect(policy.decide(action("DROP TABLE", .schema), in: session).outcome == .unapproved)
  }

  @Test(arguments: [
    ("version: 2", "p.yaml:1:"), ("version: 1\nrulez: []", "did you mean \"rules\""),
    ("version: 1\nrules:\n  - id: a\n    when: { efect: read }\n    then: allow", "p.yaml:4:"),
    ("version: 1\nrules:\n  - id: a\n    then: maybe", "none of allow, deny, require-approval"),
    ("version: 1\nmasking:\n  - { detect: emial, action: redact }", "p.yaml:3:"),
    ("version: 1\nmasking:\n  - { detect: emial, action: redact }", "emial is none of email, phone"),
    ("version: 1\nmasking:\n  - { detect: email }", "no action"),
    ("version: 1\nmasking:\n  - { action: redact }", "means nothing"),
    ("version: 1\nmasking:\n  - { detect: [], action: redact }", "means nothing"),
    ("version: 1\nmasking:\n  - { columns: [a..b], action: redact }", "takes columns such as ssn"),
    ("version: 1\nmasking:\n  - { colums: ssn, action: redact }", "did you mean \"columns\""),
    ("version: 1\nmasking:\n  - { columns: ssn, action: hide }", "none of redact, partial, hash, null, keep"),
    ("version: 1\nmasking:\n  - { columns: ssn, target: prod, action: redact }", "names the target prod"),
    ("version: 1\nmasking: { columns: ssn }", "takes a list"),
    (
      "version: 1\nmasking:\n  - { id: a, columns: x, action: redact }\n  - { id: a, columns: y, action: null }",
      "two rules of masking"
    ),
    ("version: 1\nrules:\n  - then: allow", "without id"),
    ("version: 1\nrules:\n  - { id: a, then: allow }\n  - { id: a, then: deny }", "two rules"),
    ("a: [", "not YAML"), ("", "empty"),
    ("version: 1\nrules:\n  - { id: a, when: { target: x }, then: deny }", "target x"),
    ("version: 1\ntargets:\n  a: { server: x, gateways: [10.0.0.300] }", "p.yaml:3:30: takes addresses"),
    ("version: 1\ntargets:\n  a: { server: x, gateways: [\"*\"] }", "p.yaml:3:30: takes addresses"),
    ("version: 1\ntargets:\n  a: { server: x, gateways: [0.0.0.0/0] }", "takes addresses"),
    ("version: 1\ntargets:\n  a: { server: x, gateways: [10.0.0.0/33] }", "takes addresses"),
    ("version: 1\ntargets:\n  a: { server: x, gateways: [] }", "at least one"),
    ("version: 1\ntargets:\n  a: { gateways: [10.0.0.1] }", "name its server"),
    ("version: 1\nengagements:\n  a: { user: x }", "p.yaml:3:6: engagement a has no until"),
    ("version: 1\nengagements:\n  a: { until: 2026-11-18 }", "names nobody"),
    ("version: 1\nengagements:\n  a: { user: x, until: 2026-13-18 }", "p.yaml:3:24: takes a day"),
    ("version: 1\nengagements:\n  a: { user: x, from: 2026-11-18, until: 2026-11-17 }", "ends before it begins"),
    ("version: 1\nengagements:\n  a: { usr: x, until: 2026-11-17 }", "did you mean \"user\""),
    ("version: 1\nrules:\n  - { id: a, when: { returns: [card] }, then: deny }", "p.yaml:3:32: card is none of email"),
    ("version: 1\nrules:\n  - { id: a, when: { returns: [] }, then: deny }", "returns takes none or classes"),
    ("version: 1\nrules:\n  - { id: a, when: { statements: 1 }, then: deny }", "statements of rule a takes keys"),
    ("version: 1\nrules:\n  - { id: a, when: { in-transaction: maybe }, then: deny }", "takes true or false"),
  ])
  func `what is not understood is refused with its place`(yaml: String, part: String) {
    let error = #expect(throws: PolicyError.self) { try PolicyDocument.parse(yaml: yaml, name: "p.yaml") }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `the sample policies load`() throws {
    let folder = Checkout.root.appending(path: "samples/policies")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "yaml" }
    #expect(!files.isEmpty)
    for file in files {
      _ = try PolicyDocument.parse(
        yaml: String(decoding: Data(contentsOf: file), as: UTF8.self), name: file.lastPathComponent)
    }
  }

  @Test func `the verdict`() throws {
    var evaluation = PolicyEvaluation(policy: .builtIn)
    try evaluation.add(action("SELECT", .read), in: session())
    #expect(evaluation.verdict(sources: [], incompleteness: []).exitCode == 0)
    try evaluation.add(action("DROP TABLE", .schema), in: session())
    let verdict = evaluation.verdict(sources: [], incompleteness: ["a gap"])
    #expect(verdict.exitCode == 1)
    #expect(verdict.findings.map(\.actionID) == ["s.1"])
    #expect(verdict.decisions.count == 1)
  }

  /// docs/policy.schema.json is what editors and CI check a policy with; it must not know more or less than we do.
  @Test func `the published schema knows the same keys`() throws {
    let file = Checkout.root.appending(path: "docs/policy.schema.json")
    let schema = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
    let when = try #require(definitions["when"]?["properties"] as? [String: [String: Any]])
    #expect(when.count == 22)
    for (key, description) in when {
      let example = try #require((description["examples"] as? [Any])?.first, "\(key) has no example")
      let value = String(
        decoding: try JSONSerialization.data(withJSONObject: example, options: .fragmentsAllowed), as: UTF8.self)
      let yaml = """
        version: 1
        targets: { prod: { protocol: postgres, database: shop, server: x } }
        rules:
          - { id: a, when: { \(key): \(value) }, then: deny, severity: high, approval: { count: 1, from: a@b, within: 4h } }
        default: allow
        require-complete: true
        """
      _ = try PolicyDocument.parse(yaml: yaml, name: key)
    }
    let severities = (definitions["rule"]?["properties"] as? [String: [String: Any]])?["severity"]?["enum"] as? [String]
    #expect(severities == Finding.Severity.allCases.map(\.rawValue))
    // And nothing that is not in it: the reader names the keys that it takes when it meets another.
    #expect(throws: PolicyError.self) {
      try PolicyDocument.parse(yaml: "version: 1\nrules: [{id: a, when: {colour: red}, then: deny}]", name: "x")
    }
  }
}
