/// The `masking` of a policy: rules of which the first that matches decides.
public struct MaskingPlan: Sendable {
  public internal(set) var rules: [MaskingRule] = []
  var targets: [String: Target] = [:]

  init() {}

  public var isEmpty: Bool { rules.isEmpty }

  /// The rules that hold for a connection. What is not known of it matches.
  public func rules(protocolName: String, database: String?, server: String) -> MaskingPlan {
    var plan = self
    plan.rules = rules.filter { rule in
      rule.targets.isEmpty
        || rule.targets.contains { targets[$0]?.mayMean(protocolName, database, server) ?? false }
    }
    return plan
  }

  /// Whether some rule means columns by their names, and not only what stands in them.
  var hasColumnRules: Bool {
    rules.contains { !$0.columns.isEmpty || $0.classes.contains { !$0.hasShape } }
  }

  /// Whether the name of a column can decide anything: of a column that is called `ssn` less is needed.
  var readsNames: Bool { rules.contains { !$0.columns.isEmpty || !$0.classes.isEmpty } }

  /// Whether a rule may mean a column of that name, whatever its table.
  func mayName(_ column: String) -> Bool {
    let classes = ColumnNames.classes(of: column)
    return rules.contains { rule in
      rule.columns.contains { $0.names(column) } || classes.contains { rule.classes.contains($0) }
    }
  }

  /// Whether a rule takes whole columns of a table, so that its values cannot be shown before their columns are known.
  func mayTakeColumns(of table: String?) -> Bool {
    rules.contains { rule in
      guard rule.action != .keep, rule.classes.isEmpty || rule.classes.contains(where: { !$0.hasShape }) else {
        return false
      }
      guard !rule.columns.isEmpty else { return !rule.classes.isEmpty }
      return table.map { table in rule.columns.contains { $0.owns(table) } } ?? true
    }
  }
}

extension Target {
  /// Whether a connection can be of the target; a database that is not known can be any.
  func mayMean(_ protocolName: String, _ database: String?, _ server: String) -> Bool {
    if let own = self.protocolName, own != protocolName { return false }
    if let database, !databases.isEmpty, !databases.contains(where: { $0.matches(database) }) { return false }
    return servers.isEmpty || servers.contains { $0.matches(server) }
  }
}
