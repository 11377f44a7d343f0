import Yams

/// Reads `masking`.
struct MaskingReader {
  static let keys = ["id", "detect", "columns", "types", "target", "action"]

  let nodes: PolicyNodes

  func plan(_ node: Node, _ targets: [String: Target]) throws(PolicyError) -> MaskingPlan {
    var plan = MaskingPlan()
    plan.targets = targets
    guard node.sequence != nil else { throw nodes.error(node, "masking takes a list of rules") }
    for item in try nodes.sequence(node, "masking") {
      let rule = try rule(item, number: plan.rules.count + 1, targets)
      guard !plan.rules.contains(where: { $0.id == rule.id }) else {
        throw nodes.error(item, "there are two rules of masking with the id \(rule.id)")
      }
      plan.rules.append(rule)
    }
    return plan
  }

  private func rule(_ node: Node, number: Int, _ targets: [String: Target]) throws(PolicyError) -> MaskingRule {
    let members = try nodes.mapping(node, "a rule of masking")
    let id = members["id"]?.string ?? "masking-\(number)"
    let place = "the rule of masking \(id)"
    guard !id.isEmpty, id != "unreadable" else { throw nodes.error(node, "give \(place) another id") }
    try nodes.expect(members, MaskingReader.keys, place)
    guard let action = members["action"] else {
      throw nodes.error(node, "\(place) has no action; say redact, partial, hash, null or keep")
    }
    var rule = MaskingRule(
      id: id,
      action: try nodes.choice(action, MaskingAction.allCases.map(\.rawValue)) { word in
        // YAML knows `null` by other names too.
        MaskingAction(rawValue: word) ?? (["~", "Null", "NULL"].contains(word) ? .null : nil)
      })
    for item in nodes.items(members["detect"]) {
      let all = DataClass.allCases.map(\.rawValue)
      rule.classes.insert(try nodes.choice(item, all) { DataClass(rawValue: $0) })
    }
    for item in nodes.items(members["columns"]) {
      guard let text = item.string, let pattern = ColumnPattern(text) else {
        throw nodes.error(item, "takes columns such as ssn, \"*.ssn\" or hr.staff.ssn")
      }
      rule.columns.append(pattern)
    }
    rule.types = try nodes.globs(members["types"])
    rule.targets = try nodes.strings(members["target"])
    for name in rule.targets where targets[name] == nil {
      throw nodes.error(
        members["target"] ?? node, "\(place) names the target \(name), which is not among targets")
    }
    guard !rule.classes.isEmpty || rule.needsColumn else {
      throw nodes.error(node, "\(place) means nothing; give it detect, columns or types")
    }
    for (key, value) in members where ["detect", "columns", "types", "target"].contains(key) {
      if value.sequence?.isEmpty == true { throw nodes.error(value, "\(key) of \(place) is empty") }
    }
    return rule
  }
}
