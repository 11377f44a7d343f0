import Yams

/// Reads what a policy says of approvals: `people`, `groups`, `approvals`, and the `approval` of a rule.
struct ApprovalSettingsReader {
  static let settingKeys = ["signers", "revoked", "time-stamps", "namespace", "time", "classes", "break-glass"]
  static let termKeys = ["count", "from", "within", "verified"]

  let nodes: PolicyNodes

  /// `lin@shop.example: { users: [lin, "lin_*"] }`
  func people(_ node: Node) throws(PolicyError) -> [String: [Glob]] {
    var people: [String: [Glob]] = [:]
    for (name, value) in try nodes.mapping(node, "people") {
      let members = try nodes.mapping(value, "person \(name)")
      try nodes.expect(members, ["users"], "person \(name)")
      people[name.lowercased()] = try nodes.globs(members["users"])
    }
    return people
  }

  /// `dba: [lin@shop.example]`
  func groups(_ node: Node) throws(PolicyError) -> [String: [String]] {
    var groups: [String: [String]] = [:]
    for (name, value) in try nodes.mapping(node, "groups") {
      groups[name] = try nodes.strings(value).map { $0.lowercased() }
    }
    return groups
  }

  func settings(_ node: Node, _ groups: [String: [String]]) throws(PolicyError) -> ApprovalSettings {
    let members = try nodes.mapping(node, "approvals")
    try nodes.expect(members, ApprovalSettingsReader.settingKeys, "approvals")
    var settings = ApprovalSettings()
    settings.signersFile = members["signers"]?.string
    settings.revokedFile = members["revoked"]?.string
    settings.timeStampFile = members["time-stamps"]?.string
    if let node = members["namespace"] {
      guard let name = node.string, ApprovalText.isPlain(name), !name.isEmpty,
        !name.contains(where: { " @,\"".contains($0) })
      else { throw nodes.error(node, "takes a domain, as in shop.example") }
      settings.namespace = name
    }
    if let node = members["time"] {
      settings.time = try nodes.choice(node, ApprovalSettings.TimeDemand.allCases.map(\.rawValue)) {
        ApprovalSettings.TimeDemand(rawValue: $0)
      }
    }
    if let node = members["classes"] { settings.takesClasses = try nodes.boolean(node) }
    if let node = members["break-glass"] {
      let members = try nodes.mapping(node, "break-glass")
      try nodes.expect(members, ["from", "review-within"], "break-glass")
      guard let from = members["from"], let within = members["review-within"] else {
        throw nodes.error(node, "break-glass takes from and review-within")
      }
      settings.breakGlass = .init(from: try names(from, groups), reviewWithinSeconds: try nodes.seconds(within))
    }
    return settings
  }

  /// The `approval` of a rule.
  func terms(_ node: Node, _ groups: [String: [String]], _ place: String) throws(PolicyError) -> ApprovalTerms {
    let members = try nodes.mapping(node, "approval of \(place)")
    try nodes.expect(members, ApprovalSettingsReader.termKeys, "approval of \(place)")
    var terms = ApprovalTerms()
    if let node = members["count"] { terms.count = try nodes.number(node, 1...100) }
    if let node = members["from"] { terms.from = try names(node, groups) }
    if let node = members["within"] { terms.withinSeconds = try nodes.seconds(node) }
    if let node = members["verified"] { terms.needsVerifiedUser = try nodes.boolean(node) }
    return terms
  }

  /// Principals, groups replaced by their members.
  private func names(_ node: Node, _ groups: [String: [String]]) throws(PolicyError) -> Set<String> {
    var names: Set<String> = []
    for item in nodes.items(node) {
      guard let name = item.string else { throw nodes.error(item, "takes a word or a list of words") }
      if let members = groups[name] {
        names.formUnion(members)
      } else if name.contains("@") {
        names.insert(name.lowercased())
      } else {
        throw nodes.error(item, "\(name) is no group under groups and no principal such as lin@shop.example")
      }
    }
    return names
  }
}
