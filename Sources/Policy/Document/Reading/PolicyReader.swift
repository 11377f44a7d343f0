import Model
import Yams

extension PolicyDocument {
  /// Reads a policy file.
  ///
  /// - Throws: `PolicyError` with line and column for anything that is not understood: a key that is misspelt must not
  ///   silently allow what it meant to forbid.
  public static func parse(yaml: String, name: String) throws(PolicyError) -> PolicyDocument {
    let root = try PolicyNodes.root(of: yaml, name: name)
    let reader = PolicyReader(file: name)
    return try reader.document(root, yaml)
  }
}

/// Reads the parts of a policy, and refuses what it does not know.
private struct PolicyReader {
  private let nodes: PolicyNodes

  init(file: String) { nodes = PolicyNodes(file: file) }

  func document(_ root: Node, _ text: String) throws(PolicyError) -> PolicyDocument {
    let members = try nodes.mapping(root, "the policy")
    try nodes.expect(
      members,
      [
        "version", "targets", "people", "groups", "approvals", "rules", "findings", "default", "require-complete",
        "masking", "engagements",
      ],
      "the policy")
    guard let version = members["version"] else { throw nodes.error(root, "version is missing; write: version: 1") }
    guard version.int == 1 else { throw nodes.error(version, "this exhibit knows version 1 of policies only") }
    var document = PolicyDocument(name: nodes.file, text: text)
    if let node = members["targets"] {
      for (key, value) in try nodes.mapping(node, "targets") { document.targets[key] = try target(value, key) }
    }
    if let node = members["masking"] { document.masking = try MaskingReader(nodes: nodes).plan(node, document.targets) }
    let approvals = ApprovalSettingsReader(nodes: nodes)
    if let node = members["people"] { document.people = try approvals.people(node) }
    if let node = members["groups"] { document.groups = try approvals.groups(node) }
    if let node = members["approvals"] { document.approvals = try approvals.settings(node, document.groups) }
    for node in try nodes.sequence(members["rules"], "rules") { document.rules.append(try rule(node, document)) }
    if let node = members["findings"] { document.findings = try findings(node) }
    if let node = members["engagements"] { document.engagements = try EngagementReader(nodes: nodes).engagements(node) }
    document.needsFacts = document.rules.contains { $0.matcher.needsFacts }
    if let node = members["default"] { document.fallback = try consequence(node) }
    if let node = members["require-complete"] { document.requiresCompleteEvidence = try nodes.boolean(node) }
    return document
  }

  private func target(_ node: Node, _ name: String) throws(PolicyError) -> Target {
    let members = try nodes.mapping(node, "target \(name)")
    try nodes.expect(members, ["protocol", "database", "server", "gateways"], "target \(name)")
    var target = Target(
      protocolName: members["protocol"]?.string, databases: try nodes.globs(members["database"]),
      servers: try nodes.globs(members["server"]))
    if let node = members["gateways"] {
      target.gateways = try gateways(node)
      guard target.protocolName != nil || !target.databases.isEmpty || !target.servers.isEmpty else {
        throw nodes.error(node, "target \(name) has gateways and says nothing of itself; name its server")
      }
    }
    return target
  }

  /// `[10.0.0.5, 10.2.0.0/28, "gw*.internal"]`
  private func gateways(_ node: Node) throws(PolicyError) -> [ClientPattern] {
    var patterns: [ClientPattern] = []
    for item in nodes.items(node) {
      guard let text = item.string, let pattern = ClientPattern(text) else {
        throw nodes.error(item, "takes addresses, networks and names such as 10.0.0.5, 10.2.0.0/28 or \"gw*.internal\"")
      }
      patterns.append(pattern)
    }
    guard !patterns.isEmpty else { throw nodes.error(node, "gateways takes at least one; leave it out for none") }
    return patterns
  }

  private func rule(_ node: Node, _ document: PolicyDocument) throws(PolicyError) -> PolicyRule {
    let members = try nodes.mapping(node, "a rule")
    let id = members["id"]?.string ?? ""
    guard !id.isEmpty else {
      throw nodes.error(node, "a rule without id; give it one, so that a verdict can name it")
    }
    guard !document.rules.contains(where: { $0.id == id }) else {
      throw nodes.error(node, "there are two rules with the id \(id)")
    }
    let place = "rule \(id)"
    try nodes.expect(members, ["id", "when", "then", "approval", "severity"], place)
    guard let then = members["then"] else {
      throw nodes.error(node, "\(place) has no then; say allow, deny or require-approval")
    }
    var rule = PolicyRule(id: id, matcher: Matcher(), consequence: try consequence(then))
    if let when = members["when"] {
      rule.matcher = try MatcherReader(nodes: nodes).matcher(when, document.targets, place)
    }
    if let approval = members["approval"] {
      rule.terms = try ApprovalSettingsReader(nodes: nodes).terms(approval, document.groups, place)
    }
    rule.severity = try members["severity"].map { node throws(PolicyError) in
      try nodes.choice(node, Finding.Severity.allCases.map(\.rawValue)) { Finding.Severity(rawValue: $0) }
    }
    return rule
  }

  /// `schema-drift: high`, `forced-push: off`
  private func findings(_ node: Node) throws(PolicyError) -> [String: FindingSetting] {
    var settings: [String: FindingSetting] = [:]
    let members = try nodes.mapping(node, "findings")
    try nodes.expect(members, RuleCatalog.abouts.map(\.id), "findings")
    for (id, value) in members {
      // YAML 1.1 takes off for false.
      if value.bool == false {
        settings[id] = .off
      } else {
        settings[id] = try nodes.choice(value, ["off"] + Finding.Severity.allCases.map(\.rawValue)) {
          Finding.Severity(rawValue: $0).map { .severity($0) }
        }
      }
    }
    return settings
  }

  private func consequence(_ node: Node) throws(PolicyError) -> PolicyRule.Consequence {
    try nodes.choice(node, PolicyRule.Consequence.allCases.map(\.rawValue)) { PolicyRule.Consequence(rawValue: $0) }
  }
}
