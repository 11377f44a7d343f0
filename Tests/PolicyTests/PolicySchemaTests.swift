import Foundation
import Policy
import TestKit
import Testing
import Yams

/// docs/policy.schema.json and the reader of policies take the same files.
@Suite struct PolicySchemaTests {
  private static let whole = """
    version: 1
    targets:
      prod:
        protocol: postgres
        database: [shop, "shop_*"]
        server: "db*.internal:5432"
        gateways: [10.0.0.5, 10.2.0.0/28, "gw*.internal", "[fd00::1]:6432"]
    engagements:
      audit: { user: "ext_*", from: 2026-11-01, until: 2026-11-18 }
      agent: { agent: codex, human: rosa@contractor.example, key: "SHA256:abc*", until: "2026-11-18T17:00:00Z" }
    people: { lin@shop.example: { users: [lin, "lin_*"] } }
    groups: { dba: [lin@shop.example] }
    approvals:
      signers: allowed_signers
      time: unproven
      classes: true
      break-glass: { from: dba, review-within: 24h }
    findings: { forced-push: off, gateway-bypassed: critical }
    rules:
      - id: everything
        when:
          target: prod
          protocol: postgres
          kind: [sql, copy]
          verb: UPDATE
          effect: [write, schema]
          resource: "*.orders"
          unfiltered: true
          rows: { over: 10 }
          statements: { over: 1 }
          status: ok
          transaction: committed
          in-transaction: true
          returns: [payment-card, email]
          user: "svc_*"
          database: shop
          application: "ci-*"
          client: "10.*"
          network: 10.0.0.0/8
          agent: codex
          human: "*@shop.example"
          prompt: { confidence-below: 0.8 }
          hours: { from: "22:00", to: "06:00", days: [mon, fri] }
        then: require-approval
        approval: { count: 2, from: [dba], within: 4h, verified: true }
        severity: high
      - { id: nothing, when: { returns: none, prompt: none }, then: allow }
    default: deny
    require-complete: true
    """

  private func schema() throws -> SchemaCheck {
    let file = Checkout.root.appending(path: "docs/policy.schema.json")
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    return SchemaCheck(root: try #require(json as? [String: Any]))
  }

  private func mistakes(_ yaml: String) throws -> [String] {
    guard let node = try Yams.compose(yaml: yaml) else { return ["empty"] }
    return try schema().mistakes(SchemaCheck.value(node))
  }

  @Test func `a policy that uses every key holds to the schema and is read`() throws {
    let found = try mistakes(Self.whole)
    #expect(found == [], "\(found)")
    _ = try PolicyDocument.parse(yaml: Self.whole, name: "p.yaml")
    // Every key of `when` stands in it.
    let definitions = try schema().root["$defs"] as? [String: [String: Any]]
    let keys = try #require(definitions?["when"]?["properties"] as? [String: Any]).keys
    for key in keys { #expect(Self.whole.contains("\(key):"), "\(key)") }
  }

  @Test func `the samples hold to the schema`() throws {
    let folder = Checkout.root.appending(path: "samples/policies")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "yaml" }
    #expect(!files.isEmpty)
    for file in files {
      #expect(try mistakes(String(contentsOf: file, encoding: .utf8)) == [], "\(file.lastPathComponent)")
    }
    #expect(try mistakes(PolicyDocument.builtInText) == [])
  }

  @Test(arguments: [
    ("unfiltered: true", "unfiltered: perhaps"), ("rows: { over: 10 }", "rows: { over: -1 }"),
    ("rows: { over: 10 }", "rows: {}"), ("statements: { over: 1 }", "statements: { above: 1 }"),
    ("in-transaction: true", "in-transaction: [1]"), ("returns: [payment-card, email]", "returns: [card]"),
    ("returns: [payment-card, email]", "returns: []"), ("confidence-below: 0.8", "confidence-below: 8"),
    ("days: [mon, fri]", "days: [monday]"), ("from: \"22:00\"", "from: noon"), ("count: 2", "count: 0"),
    ("within: 4h", "within: soon"), ("severity: high", "severity: grave"), ("then: allow", "then: perhaps"),
    ("version: 1", "version: 2"), ("default: deny", "default: never"), ("require-complete", "require-completeness"),
    ("time: unproven", "time: later"), ("until: 2026-11-18 }", "until: soon }"),
    ("user: \"ext_*\", from: 2026-11-01, until", "until"), (", until: 2026-11-18 }", " }"),
    ("gateways: [10.0.0.5,", "gateways: [\"a b\","), ("forced-push: off", "forced-push: loud"),
    ("- id: everything", "- name: everything"),
  ]) func `what the one refuses the other refuses too`(_ part: String, _ wrong: String) throws {
    let yaml = Self.whole.replacingOccurrences(of: part, with: wrong)
    try #require(yaml != Self.whole)
    #expect(try mistakes(yaml) != [])
    #expect(throws: PolicyError.self) { try PolicyDocument.parse(yaml: yaml, name: "p.yaml") }
  }
}

/// As much of JSON Schema 2020-12 as the schema of policies uses; a keyword that it does not know is a mistake itself.
private struct SchemaCheck {
  let root: [String: Any]

  /// What JSON would hold in the place of the YAML.
  static func value(_ node: Node) -> Any {
    if let mapping = node.mapping {
      return Dictionary(
        mapping.map { ($0.key.string ?? "", value($0.value)) }, uniquingKeysWith: { first, _ in first })
    }
    if let sequence = node.sequence { return sequence.map { value($0) } as [Any] }
    guard let scalar = node.scalar, scalar.style == .plain else { return node.string ?? "" }
    if let flag = node.bool { return flag }
    if let number = node.int { return number }
    if let number = node.float { return number }
    return scalar.string
  }

  func mistakes(_ value: Any) -> [String] { mistakes(value, root, "") }

  private func mistakes(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
    var found: [String] = []
    func add(_ text: String) { found.append("\(path): \(text)") }
    for (keyword, rule) in schema.sorted(by: { $0.key < $1.key }) {
      switch keyword {
      case "$schema", "$defs", "title", "examples": break
      case "$ref":
        let name = (rule as? String)?.split(separator: "/").last.map(String.init) ?? ""
        let target = (root["$defs"] as? [String: [String: Any]])?[name]
        found += target.map { mistakes(value, $0, path) } ?? ["no \(name)"]
      case "type": if !Self.isOf(value, rule as? String ?? "") { add("not of type \(rule)") }
      case "const": if !Self.same(value, rule) { add("not \(rule)") }
      case "enum": if !((rule as? [Any]) ?? []).contains(where: { Self.same(value, $0) }) { add("none of \(rule)") }
      case "required":
        for name in rule as? [String] ?? [] where (value as? [String: Any])?[name] == nil { add("\(name) is missing") }
      case "properties":
        for (name, inner) in rule as? [String: [String: Any]] ?? [:] {
          if let member = (value as? [String: Any])?[name] { found += mistakes(member, inner, "\(path)/\(name)") }
        }
      case "additionalProperties":
        let known = (schema["properties"] as? [String: Any] ?? [:]).keys
        for (name, member) in value as? [String: Any] ?? [:] where !known.contains(name) {
          if let inner = rule as? [String: Any] {
            found += mistakes(member, inner, "\(path)/\(name)")
          } else {
            add("\(name) is unknown")
          }
        }
      case "items":
        for (index, item) in (value as? [Any] ?? []).enumerated() {
          found += mistakes(item, rule as? [String: Any] ?? [:], "\(path)/\(index)")
        }
      case "minItems": if let items = value as? [Any], items.count < rule as? Int ?? 0 { add("too few items") }
      case "minLength": if let text = value as? String, text.count < rule as? Int ?? 0 { add("too short") }
      case "minimum":
        if let number = Self.number(value), let least = Self.number(rule), number < least { add("too small") }
      case "maximum":
        if let number = Self.number(value), let most = Self.number(rule), number > most { add("too large") }
      case "pattern":
        if let text = value as? String, text.range(of: rule as? String ?? "", options: .regularExpression) == nil {
          add("\(text) is not as \(rule)")
        }
      case "oneOf", "anyOf":
        let count = (rule as? [[String: Any]] ?? []).count { mistakes(value, $0, path).isEmpty }
        if keyword == "oneOf" ? count != 1 : count == 0 { add("\(count) of \(keyword)") }
      default: add("the check does not know the keyword \(keyword)")
      }
    }
    return found
  }

  private static func isOf(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": value is Bool
    case "integer": value is Int && !(value is Bool)
    case "number": number(value) != nil
    default: false
    }
  }

  private static func number(_ value: Any) -> Double? {
    (value as? Int).map(Double.init) ?? value as? Double
  }

  private static func same(_ value: Any, _ rule: Any) -> Bool {
    if let flag = value as? Bool { return flag == rule as? Bool }
    return "\(value)" == "\(rule)"
  }
}
