import Model
import Yams

/// Reads the `when` of a rule.
struct MatcherReader {
  static let keys = [
    "target", "protocol", "kind", "verb", "effect", "resource", "unfiltered", "rows", "status", "transaction", "user",
    "database", "application", "client", "network", "agent", "human", "prompt", "hours", "in-transaction", "statements",
    "returns",
  ]

  let nodes: PolicyNodes

  func matcher(_ node: Node, _ targets: [String: Target], _ place: String) throws(PolicyError) -> Matcher {
    let members = try nodes.mapping(node, "when of \(place)")
    try nodes.expect(members, MatcherReader.keys, "when of \(place)")
    var matcher = Matcher()
    matcher.targets = try nodes.strings(members["target"])
    for name in matcher.targets where targets[name] == nil {
      throw nodes.error(members["target"] ?? node, "\(place) names the target \(name), which is not among targets")
    }
    matcher.protocols = try nodes.strings(members["protocol"])
    matcher.kinds = try nodes.strings(members["kind"])
    matcher.verbs = try nodes.strings(members["verb"])
    matcher.effects = try values(members["effect"])
    matcher.statuses = try values(members["status"])
    matcher.transactions = try values(members["transaction"])
    matcher.resources = try nodes.globs(members["resource"])
    matcher.isUnfiltered = try members["unfiltered"].map { node throws(PolicyError) in try nodes.boolean(node) }
    matcher.rowsOver = try members["rows"].map { node throws(PolicyError) in try over(node, "rows", place) }
    matcher.statementsOver = try members["statements"].map { node throws(PolicyError) in
      try over(node, "statements", place)
    }
    matcher.isInTransaction = try members["in-transaction"].map { node throws(PolicyError) in try nodes.boolean(node) }
    matcher.returns = try members["returns"].map { node throws(PolicyError) in try returns(node) }
    matcher.users = try nodes.globs(members["user"])
    matcher.databases = try nodes.globs(members["database"])
    matcher.applications = try nodes.globs(members["application"])
    matcher.clients = try nodes.globs(members["client"])
    matcher.agents = try nodes.globs(members["agent"])
    matcher.humans = try nodes.globs(members["human"])
    for item in nodes.items(members["network"]) {
      guard let text = item.string, let network = Network(text) else {
        throw nodes.error(item, "takes networks such as 10.0.0.0/8 or fd00::/8")
      }
      matcher.networks.append(network)
    }
    matcher.prompt = try members["prompt"].map { node throws(PolicyError) in try prompt(node, place) }
    matcher.hours = try members["hours"].map { node throws(PolicyError) in try hours(node, place) }
    return matcher
  }

  private func values<T: RawRepresentable & CaseIterable>(
    _ node: Node?
  ) throws(PolicyError) -> [T] where T.RawValue == String {
    var found: [T] = []
    for item in nodes.items(node) {
      found.append(try nodes.choice(item, T.allCases.map(\.rawValue)) { T(rawValue: $0) })
    }
    return found
  }

  /// `{ over: 1000 }`.
  private func over(_ node: Node, _ key: String, _ place: String) throws(PolicyError) -> Int {
    let members = try nodes.mapping(node, "\(key) of \(place)")
    try nodes.expect(members, ["over"], "\(key) of \(place)")
    guard let over = members["over"]?.int, over >= 0 else { throw nodes.error(node, "\(key) takes {over: number}") }
    return over
  }

  /// `none`, or classes of data.
  private func returns(_ node: Node) throws(PolicyError) -> ReturnCondition {
    if node.string == "none" { return .nothing }
    var classes: Set<DataClass> = []
    for item in nodes.items(node) {
      classes.insert(try nodes.choice(item, DataClass.allCases.map(\.rawValue)) { DataClass(rawValue: $0) })
    }
    guard !classes.isEmpty else { throw nodes.error(node, "returns takes none or classes such as payment-card, email") }
    return .any(classes)
  }

  /// `none`, `ambiguous`, or `{ confidence-below: 0.8 }`.
  private func prompt(_ node: Node, _ place: String) throws(PolicyError) -> PromptCondition {
    if node.mapping == nil { return try nodes.choice(node, ["none", "ambiguous"]) { PromptCondition(word: $0) } }
    let members = try nodes.mapping(node, "prompt of \(place)")
    try nodes.expect(members, ["confidence-below"], "prompt of \(place)")
    guard let limit = members["confidence-below"]?.float, (0...1).contains(limit) else {
      throw nodes.error(node, "confidence-below takes a number from 0 to 1")
    }
    return .confidenceBelow(limit)
  }

  /// `{ from: "22:00", to: "06:00", days: [mon, tue] }`.
  private func hours(_ node: Node, _ place: String) throws(PolicyError) -> DayHours {
    let members = try nodes.mapping(node, "hours of \(place)")
    try nodes.expect(members, ["from", "to", "days"], "hours of \(place)")
    var hours = DayHours()
    if let from = members["from"] { hours.from = try minute(from) }
    if let to = members["to"] { hours.to = try minute(to) }
    for item in nodes.items(members["days"]) {
      hours.days.insert(try nodes.choice(item, DayHours.names) { DayHours.names.firstIndex(of: $0) })
    }
    return hours
  }

  private func minute(_ node: Node) throws(PolicyError) -> Int {
    let parts = (node.string ?? "").split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]), let minute = Int(parts[1]),
      (0...24).contains(hour), (0..<60).contains(minute), hour < 24 || minute == 0
    else { throw nodes.error(node, "takes a time of day in UTC, in quotation marks: \"22:00\"") }
    return hour * 60 + minute
  }
}
