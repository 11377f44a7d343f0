import Model

/// Lifts what a catalog tells (names, and definitions as SQL) into the words that a history has for the same things.
enum CatalogState {
  static func objects(_ catalog: [SchemaObject]) -> [SchemaObject] {
    var state = SchemaState()
    var out: [SchemaObject] = []
    var tables: [SchemaState.Place: Int] = [:]
    func cause(_ text: String) -> SchemaCause {
      SchemaCause(
        actionID: "", sessionID: "", at: .epoch, isUndecided: false, source: Array(text.utf8), path: ["pg_catalog"])
    }
    for object in catalog where [.table, .view].contains(object.kind) {
      let place = SchemaState.Place(schema: object.schema ?? "", name: object.name)
      tables[place] = state.insert(SchemaItem(kind: object.kind, schema: object.schema, name: object.name))
    }
    for object in catalog where object.kind == .column {
      let place = SchemaState.Place(schema: object.schema ?? "", name: object.owner ?? "")
      if let table = tables[place] { _ = state.column(object.name, of: table) }
    }
    for object in catalog {
      var lifted = object
      let place = SchemaState.Place(schema: object.schema ?? "", name: object.owner ?? "")
      if let table = tables[place] {
        var properties = object.properties
        if let type = properties["type"] {
          let text = "SELECT NULL::\(type)"
          let node = SchemaHistory.statements(text).first?["SelectStmt"]["targetList"].list.first?["ResTarget"]["val"]
          properties["type"] = node.flatMap { TypeText.text($0["TypeCast"]["typeName"]) { _ in nil } } ?? type
        }
        for key in ["default", "generated"] {
          guard let value = properties[key] else { continue }
          let text = "SELECT \(value)"
          let node = SchemaHistory.statements(text).first?["SelectStmt"]["targetList"].list.first?["ResTarget"]["val"]
          properties[key] =
            node.flatMap { state.expression($0, of: table, cause(text)) }.map { state.text($0) } ?? "…"
        }
        if let text = properties["definition"], let node = SchemaHistory.statements(text).first {
          properties["definition"] = nil
          let said = describe(node, kind: object.kind, table, &state, cause(text))
          properties.merge(said) { $1 }
        }
        lifted.properties = properties
      }
      out.append(lifted)
    }
    return out
  }

  private static func describe(
    _ node: TreeNode, kind: SchemaObject.Kind, _ table: Int, _ state: inout SchemaState, _ cause: SchemaCause
  ) -> [String: String] {
    var found: [String: Definition] = [:]
    switch kind {
    case .index:
      found = state.describe(state.indexPlan(node["IndexStmt"], of: table, cause))
    case .constraint:
      let command = node["AlterTableStmt"]["cmds"].list.first?["AlterTableCmd"]["def"]["Constraint"] ?? TreeNode(nil)
      let names = (command["keys"].isPresent ? command["keys"] : command["fk_attrs"]).list.compactMap(\.sval)
      let columns = names.compactMap { state.column($0, of: table) }
      if let number = state.insert(SchemaItem(kind: .constraint, name: "", owner: table)) {
        state.describe(number, command, columns: columns, cause)
        found = state.items[number].properties
      }
    case .trigger: found = state.describeTrigger(node["CreateTrigStmt"], of: table, cause)
    case .policy: found = state.describePolicy(node["CreatePolicyStmt"], of: table, cause)
    default: return [:]
    }
    return found.mapValues { state.text($0) }
  }
}
