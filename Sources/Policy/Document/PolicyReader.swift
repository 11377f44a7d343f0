import Model
import Yams

extension PolicyDocument {
  /// Bytes of a policy file.
  static let textLimit = 1 << 20

  /// Reads a policy file.
  ///
  /// - Throws: `PolicyError` with line and column for anything that is not understood: a key that is misspelt must not
  ///   silently allow what it meant to forbid.
  public static func parse(yaml: String, name: String) throws(PolicyError) -> PolicyDocument {
    guard yaml.utf8.count <= textLimit else {
      throw PolicyError(file: name, line: 1, column: 1, "longer than \(textLimit) bytes")
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw PolicyError(file: name, line: error.place.line, column: error.place.column, "not YAML: \(error.problem)")
    } catch {
      throw PolicyError(file: name, line: 1, column: 1, "not YAML: \(error)")
    }
    guard let root else { throw PolicyError(file: name, line: 1, column: 1, "empty; begin with: version: 1") }
    let reader = PolicyReader(file: name)
    return try reader.document(root, yaml)
  }
}

/// Reads the parts of a policy, and refuses what it does not know.
private struct PolicyReader {
  let file: String

  func document(_ root: Node, _ text: String) throws(PolicyError) -> PolicyDocument {
    let members = try mapping(root, "the policy")
    try expect(members, ["version", "targets", "rules", "default", "require-complete", "masking"], "the policy")
    guard let version = members["version"] else { throw error(root, "version is missing; write: version: 1") }
    guard version.int == 1 else { throw error(version, "this exhibit knows version 1 of policies only") }
    if let masking = members["masking"] {
      throw error(masking, "masking is not enforced yet; take it out, so that nobody relies on it")
    }
    var targets: [String: Target] = [:]
    if let node = members["targets"] {
      for (key, value) in try mapping(node, "targets") { targets[key] = try target(value, key) }
    }
    var rules: [PolicyRule] = []
    for node in try sequence(members["rules"], "rules") { rules.append(try rule(node, targets, rules)) }
    let fallback = try members["default"].map { node throws(PolicyError) in try consequence(node) } ?? .requireApproval
    let isStrict = try members["require-complete"].map { node throws(PolicyError) in try boolean(node) } ?? false
    return PolicyDocument(
      name: file, text: text, targets: targets, rules: rules, fallback: fallback, requiresCompleteEvidence: isStrict)
  }

  private func target(_ node: Node, _ name: String) throws(PolicyError) -> Target {
    let members = try mapping(node, "target \(name)")
    try expect(members, ["protocol", "database", "server"], "target \(name)")
    return Target(
      protocolName: members["protocol"]?.string, databases: try globs(members["database"]),
      servers: try globs(members["server"]))
  }

  private func rule(
    _ node: Node, _ targets: [String: Target], _ earlier: [PolicyRule]
  ) throws(PolicyError) -> PolicyRule {
    let members = try mapping(node, "a rule")
    let id = members["id"]?.string ?? ""
    guard !id.isEmpty else { throw error(node, "a rule without id; give it one, so that a verdict can name it") }
    guard !earlier.contains(where: { $0.id == id }) else { throw error(node, "there are two rules with the id \(id)") }
    let place = "rule \(id)"
    try expect(members, ["id", "when", "then", "approval", "severity"], place)
    guard let then = members["then"] else {
      throw error(node, "\(place) has no then; say allow, deny or require-approval")
    }
    var matcher = Matcher()
    if let when = members["when"] { matcher = try self.matcher(when, targets, place) }
    if let approval = members["approval"] {
      try expect(try mapping(approval, "approval of \(place)"), ["count", "from", "within"], "approval of \(place)")
    }
    let severity = try members["severity"].map { node throws(PolicyError) in
      try choice(node, Finding.Severity.allCases.map(\.rawValue)) { Finding.Severity(rawValue: $0) }
    }
    return PolicyRule(id: id, matcher: matcher, consequence: try consequence(then), severity: severity)
  }

  private func matcher(
    _ node: Node, _ targets: [String: Target], _ place: String
  ) throws(PolicyError) -> Matcher {
    let members = try mapping(node, "when of \(place)")
    try expect(
      members,
      [
        "target", "protocol", "kind", "verb", "effect", "resource", "unfiltered", "rows", "status", "transaction",
        "user", "database", "application", "client",
      ], "when of \(place)")
    var matcher = Matcher()
    matcher.targets = try strings(members["target"])
    for name in matcher.targets where targets[name] == nil {
      throw error(members["target"] ?? node, "\(place) names the target \(name), which is not among targets")
    }
    matcher.protocols = try strings(members["protocol"])
    matcher.kinds = try strings(members["kind"])
    matcher.verbs = try strings(members["verb"])
    for item in items(members["effect"]) {
      matcher.effects.append(try choice(item, Effect.allCases.map(\.rawValue)) { Effect(rawValue: $0) })
    }
    for item in items(members["status"]) {
      matcher.statuses.append(
        try choice(item, Action.Status.allCases.map(\.rawValue)) { Action.Status(rawValue: $0) })
    }
    for item in items(members["transaction"]) {
      matcher.transactions.append(
        try choice(item, Action.Transaction.allCases.map(\.rawValue)) { Action.Transaction(rawValue: $0) })
    }
    matcher.resources = try globs(members["resource"])
    if let node = members["unfiltered"] { matcher.isUnfiltered = try boolean(node) }
    if let node = members["rows"] {
      let rows = try mapping(node, "rows of \(place)")
      try expect(rows, ["over"], "rows of \(place)")
      guard let over = rows["over"]?.int, over >= 0 else { throw error(node, "rows takes {over: number}") }
      matcher.rowsOver = over
    }
    matcher.users = try globs(members["user"])
    matcher.databases = try globs(members["database"])
    matcher.applications = try globs(members["application"])
    matcher.clients = try globs(members["client"])
    return matcher
  }

  // MARK: Nodes

  private func consequence(_ node: Node) throws(PolicyError) -> PolicyRule.Consequence {
    try choice(node, PolicyRule.Consequence.allCases.map(\.rawValue)) { PolicyRule.Consequence(rawValue: $0) }
  }

  private func choice<T>(
    _ node: Node, _ names: [String], _ make: (String) -> T?
  ) throws(PolicyError) -> T {
    guard let text = node.string, let value = make(text) else {
      throw error(node, "\(node.string ?? "this") is none of \(names.joined(separator: ", "))")
    }
    return value
  }

  private func boolean(_ node: Node) throws(PolicyError) -> Bool {
    guard let value = node.bool else { throw error(node, "takes true or false") }
    return value
  }

  private func items(_ node: Node?) -> [Node] {
    guard let node else { return [] }
    return node.sequence.map { Array($0) } ?? [node]
  }

  private func strings(_ node: Node?) throws(PolicyError) -> [String] {
    var found: [String] = []
    for item in items(node) {
      guard let text = item.string else { throw error(item, "takes a word or a list of words") }
      found.append(text)
    }
    return found
  }

  private func globs(_ node: Node?) throws(PolicyError) -> [Glob] { try strings(node).map { Glob($0) } }

  private func sequence(_ node: Node?, _ what: String) throws(PolicyError) -> [Node] {
    guard let node else { return [] }
    guard let sequence = node.sequence else { throw error(node, "\(what) takes a list") }
    return Array(sequence)
  }

  private func mapping(_ node: Node, _ what: String) throws(PolicyError) -> [String: Node] {
    guard let mapping = node.mapping else { throw error(node, "\(what) takes keys and values") }
    var members: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.string else { throw error(key, "a key of \(what) is no word") }
      guard members.updateValue(value, forKey: name) == nil else { throw error(key, "\(name) is given twice") }
    }
    return members
  }

  private func expect(_ members: [String: Node], _ names: [String], _ place: String) throws(PolicyError) {
    for (name, node) in members.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
      let near = names.min { name.distance(to: $0) < name.distance(to: $1) }
      let hint = near.flatMap { name.distance(to: $0) <= 2 ? "; did you mean \"\($0)\"?" : nil } ?? ""
      throw error(node, "unknown key \"\(name)\" in \(place)\(hint)")
    }
  }

  private func error(_ node: Node, _ detail: String) -> PolicyError {
    PolicyError(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, detail)
  }
}

extension String {
  /// Levenshtein's distance; both are short.
  fileprivate func distance(to other: String) -> Int {
    let (a, b) = (Array(prefix(40)), Array(other.prefix(40)))
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var last = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let cost = Swift.min(row[j + 1] + 1, row[j] + 1, last + (x == y ? 0 : 1))
        (last, row[j + 1]) = (row[j + 1], cost)
      }
    }
    return row[b.count]
  }
}

extension YamlError {
  fileprivate var place: (line: Int, column: Int) {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      (mark.line, mark.column)
    default: (1, 1)
    }
  }

  fileprivate var problem: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
    default: "\(self)".split(separator: "\n").first.map(String.init) ?? "damaged"
    }
  }
}
