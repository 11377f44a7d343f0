import Bytes
import Model
import Yams

/// Reads a file of cases: `policy`, and under `cases` for each a `name`, an `action` and what to `expect`.
struct PolicyCaseReader {
  static let actionKeys = [
    "sql", "shell", "http", "kind", "verb", "effect", "resources", "protocol", "user", "database", "server", "client",
    "application", "agent", "human", "prompt", "at", "rows", "status", "transaction",
    "statements", "returns",
  ]

  let nodes: PolicyNodes

  func file(_ root: Node) throws(PolicyError) -> (policy: String, cases: [PolicyCase]) {
    let members = try nodes.mapping(root, "the file")
    try nodes.expect(members, ["policy", "cases"], "the file")
    guard let policy = members["policy"]?.string else { throw nodes.error(root, "policy is missing: the file to try") }
    var cases: [PolicyCase] = []
    for node in try nodes.sequence(members["cases"], "cases") { cases.append(try item(node)) }
    guard !cases.isEmpty else { throw nodes.error(root, "there is no case in it") }
    return (policy, cases)
  }

  private func item(_ node: Node) throws(PolicyError) -> PolicyCase {
    let members = try nodes.mapping(node, "a case")
    try nodes.expect(members, ["name", "action", "expect", "rule"], "a case")
    guard let name = members["name"]?.string, let action = members["action"], let expect = members["expect"] else {
      throw nodes.error(node, "a case has a name, an action and what to expect")
    }
    let outcomes: [String: Decision.Outcome] = [
      "allow": .allowed, "deny": .denied, "require-approval": .unapproved, "undecidable": .undecidable,
    ]
    let expected = try nodes.choice(expect, outcomes.keys.sorted()) { outcomes[$0] }
    let (made, session, prompt) = try self.action(action, name)
    var item = PolicyCase(
      name: name, action: made, session: session, prompt: prompt, expected: expected, rule: members["rule"]?.string,
      line: node.mark?.line ?? 1)
    item.facts = try facts(action, name)
    return item
  }

  private func action(_ node: Node, _ name: String) throws(PolicyError) -> (Action, Session, PromptFacts?) {
    let members = try nodes.mapping(node, "action of \(name)")
    try nodes.expect(members, PolicyCaseReader.actionKeys, "action of \(name)")
    func text(_ key: String) -> String? { members[key]?.string }
    var at = Timestamp.epoch
    if let node = members["at"] {
      guard let time = node.string.flatMap({ Timestamp(utc: $0) }) else {
        throw nodes.error(node, "takes a time such as \"2026-11-20T02:14:03Z\", in quotation marks")
      }
      at = time
    }
    var (kind, found, shown, protocolName) = classified(text("sql"), text("shell"), text("http"))
    if let verb = text("verb") { found.verb = verb }
    if let node = members["effect"] {
      found.effect = try nodes.choice(node, Effect.allCases.map(\.rawValue)) { Effect(rawValue: $0) }
    }
    for item in try nodes.strings(members["resources"]) {
      guard let resource = Resource(item) else {
        throw nodes.error(members["resources"] ?? node, "a resource reads: write table orders")
      }
      found.resources.append(resource)
    }
    kind = text("kind") ?? kind
    protocolName = text("protocol") ?? protocolName
    shown = shown.isEmpty ? found.verb : shown
    var action = Action(
      id: "case.1", sessionID: "case", sequence: 1, startedAt: at, kind: kind, verb: found.verb, text: shown,
      resources: found.resources, effect: found.effect, status: .ok, isUnfiltered: found.isUnfiltered)
    if let node = members["rows"] { action.rowCount = try nodes.number(node, 0...Int.max) }
    if let node = members["status"] {
      action.status = try nodes.choice(node, Action.Status.allCases.map(\.rawValue)) { Action.Status(rawValue: $0) }
    }
    if let node = members["transaction"] {
      action.transaction = try nodes.choice(node, Action.Transaction.allCases.map(\.rawValue)) {
        Action.Transaction(rawValue: $0)
      }
    }
    action.identity = Identity(user: text("user"), target: text("database"), application: text("application"))
    let session = Session(
      id: "case", protocolName: protocolName, client: text("client") ?? "192.0.2.1:1", server: text("server") ?? "",
      user: text("user"), target: text("database"), application: text("application"), agent: text("agent"),
      human: text("human"), startedAt: at, endedAt: at)
    return (action, session, try members["prompt"].map { node throws(PolicyError) in try prompt(node, name) } ?? nil)
  }

  /// What is not given is known: one statement, nothing returned.
  private func facts(_ node: Node, _ name: String) throws(PolicyError) -> ActionFacts {
    let members = try nodes.mapping(node, "action of \(name)")
    var facts = ActionFacts(statementCount: 1, returned: ReturnedClasses())
    if let sql = members["sql"]?.string { facts.statementCount = max(1, SQLShape.words(of: sql).count) }
    if let node = members["statements"] { facts.statementCount = try nodes.number(node, 1...1_000_000) }
    guard let node = members["returns"] else { return facts }
    if node.string == "unknown" {
      facts.returned = ReturnedClasses(doubt: "what it returned is not known")
      return facts
    }
    for item in nodes.items(node) {
      facts.returned?.classes.insert(
        try nodes.choice(item, DataClass.allCases.map(\.rawValue)) { DataClass(rawValue: $0) })
    }
    return facts
  }

  private func classified(
    _ sql: String?, _ shell: String?, _ http: String?
  ) -> (kind: String, found: Classification, text: String, protocolName: String) {
    if let sql {
      var classifier = SQLClassifier()
      var context = SQLContext()
      let all = classifier.classify(sql, in: &context).map(\.classification)
      // Of several statements the gravest decides.
      let found = all.max { $0.effect.weight < $1.effect.weight }
      return ("sql", found ?? Classification(verb: "EMPTY", effect: .session), sql, "postgres")
    }
    if let shell {
      let reading = ShellClassifier(secrets: SecretHasher(key: [])).classify(shell)
      return ("exec", reading.classification, reading.text, "ssh")
    }
    if let http {
      let words = http.split(separator: " ", maxSplits: 1).map(String.init)
      let method = words.first ?? "GET"
      let isRead = ["GET", "HEAD", "OPTIONS"].contains(method)
      let url = words.count > 1 ? words[1] : ""
      return (
        "http",
        Classification(
          verb: method, effect: isRead ? .read : .write, resources: [Resource(isRead ? "read" : "write", "url", url)]),
        http, "http"
      )
    }
    return ("sql", Classification(verb: "UNKNOWN", effect: .unknown), "", "postgres")
  }

  /// `none`, `ambiguous`, or `{ confidence: 0.9, human: lin@shop.example, agent: codex }`.
  private func prompt(_ node: Node, _ name: String) throws(PolicyError) -> PromptFacts? {
    if node.mapping == nil {
      let isAmbiguous = try nodes.choice(node, ["none", "ambiguous"]) { ["none": false, "ambiguous": true][$0] }
      return isAmbiguous
        ? PromptFacts(promptID: nil, human: nil, agent: nil, confidence: 0.5, isAmbiguous: true) : nil
    }
    let members = try nodes.mapping(node, "prompt of \(name)")
    try nodes.expect(members, ["confidence", "human", "agent"], "prompt of \(name)")
    return PromptFacts(
      promptID: "prompt", human: members["human"]?.string, agent: members["agent"]?.string,
      confidence: members["confidence"]?.float ?? 1, isAmbiguous: false)
  }
}
