import Model

/// ALTER TABLE and its kin.
extension SchemaState {
  mutating func alterTable(_ node: TreeNode, _ cause: SchemaCause) {
    let object = node["objtype"].string ?? "OBJECT_TABLE"
    let kind: SchemaObject.Kind =
      switch object {
      case "OBJECT_VIEW", "OBJECT_MATVIEW": .view
      case "OBJECT_SEQUENCE": .sequence
      case "OBJECT_INDEX": .index
      case "OBJECT_TYPE": .type
      default: .table
      }
    if kind == .type {
      let relation = node["relation"]
      let names = [relation["schemaname"].string, relation["relname"].string].compactMap { $0 }
      if let type = other(.type, names, cause) { note(type, .alter, cause) }
      return
    }
    let target = node["relation"]
    if node["missing_ok"].bool, existing(target, cause) == nil, cause.notice?.contains("does not exist") == true {
      return
    }
    guard let table = relation(target, cause, as: kind) else { return }
    let isOnly = !target["inh"].bool
    var constraints: [(node: TreeNode, column: Int?)] = []
    // The passes of PostgreSQL: what goes, types, new columns, then the rest; constraints come last.
    let commands = node["cmds"].list.map { $0["AlterTableCmd"] }
    func pass(_ command: TreeNode) -> Int {
      switch command["subtype"].string ?? "" {
      case "AT_DropColumn", "AT_DropConstraint": 0
      case "AT_AlterColumnType": 1
      case "AT_AddColumn": 2
      default: 3
      }
    }
    for number in 0...3 {
      for command in commands where pass(command) == number {
        alter(table, command, cause, isOnly: isOnly, &constraints)
      }
    }
    add(constraints, to: table, cause, isOnly: isOnly)
  }

  private mutating func alter(
    _ table: Int, _ command: TreeNode, _ cause: SchemaCause, isOnly: Bool,
    _ constraints: inout [(node: TreeNode, column: Int?)]
  ) {
    let name = command["name"].string
    switch command["subtype"].string ?? "" {
    case "AT_AddColumn":
      addInheritedly(command: command, to: table, cause, &constraints)
    case "AT_DropColumn":
      guard let name else { return }
      if command["missing_ok"].bool, member(.column, name, of: table) == nil,
        items[table].isMade || cause.notice?.contains("\"\(name)\"") == true
      {
        return
      }
      guard let column = column(name, of: table) else { return }
      dropColumn(column, cause, isOnly: isOnly, isCascading: command["behavior"].string == "DROP_CASCADE")
    case "AT_AlterColumnType":
      guard let name, let column = column(name, of: table) else { return }
      retype(column, command["def"]["ColumnDef"]["typeName"], cause, isOnly: isOnly)
    case "AT_ColumnDefault":
      change(name, of: table, "default", cause, isOnly: isOnly) { $0.setDefault($1, command["def"], cause) }
    case "AT_SetNotNull":
      change(name, of: table, "not null", cause, isOnly: isOnly) {
        $0.items[$1].properties["not null"] = Definition("yes")
      }
    case "AT_DropNotNull":
      change(name, of: table, "not null", cause, isOnly: isOnly) { $0.items[$1].properties["not null"] = nil }
    case "AT_DropExpression":
      change(name, of: table, "generated", cause, isOnly: isOnly) { $0.items[$1].properties["generated"] = nil }
    case "AT_AddIdentity":
      guard let name, let column = column(name, of: table) else { return }
      var put: [(node: TreeNode, column: Int?)] = []
      var definition = ["colname": name] as [String: Any]
      definition["constraints"] = [command["def"].value ?? [:]]
      note(column, .alter, cause, "identity")
      let wasInherited = items[column].isInherited
      addColumn(TreeNode(definition), to: table, cause, &put)
      items[column].isInherited = wasInherited
    case "AT_SetIdentity":
      let always = command["def"]["List"]["items"].list + command["def"].list
      for option in always where option["DefElem"]["defname"].string == "generated" {
        // The letter stands as its number: `a`, always, or `d`, by default.
        let letter = option["DefElem"]["arg"]["Integer"]["ival"].integer
        change(name, of: table, "identity", cause, isOnly: true) {
          $0.items[$1].properties["identity"] = Definition(letter == 97 ? "always" : "by default")
        }
      }
    case "AT_DropIdentity":
      guard let name, let column = column(name, of: table) else { return }
      items[column].properties["identity"] = nil
      note(column, .alter, cause, "identity dropped")
      for sequence in ownedSequences[column] ?? [] { end(sequence, cause, "with the identity of \(name)") }
    case "AT_AddConstraint": constraints.append((command["def"]["Constraint"], nil))
    case "AT_DropConstraint":
      guard let name else { return }
      if command["missing_ok"].bool, member(.constraint, name, of: table) == nil,
        items[table].isMade || cause.notice?.contains("\"\(name)\"") == true
      {
        return
      }
      let constraint =
        member(.constraint, name, of: table) ?? insert(SchemaItem(kind: .constraint, name: name, owner: table))
      if let constraint {
        end(constraint, cause, isCascading: command["behavior"].string == "DROP_CASCADE")
      }
    case "AT_ValidateConstraint":
      guard let name, let constraint = member(.constraint, name, of: table) else { return }
      for one in [constraint] + items[constraint].heirs {
        items[one].properties["not valid"] = nil
        note(one, .alter, cause, "validated")
      }
    case "AT_AlterConstraint":
      let node = command["def"]["Constraint"]
      guard let name = node["conname"].string ?? name, let constraint = member(.constraint, name, of: table) else {
        return
      }
      let text = node["initdeferred"].bool ? "initially deferred" : node["deferrable"].bool ? "yes" : nil
      for one in [constraint] + items[constraint].heirs {
        items[one].properties["deferrable"] = text.map { Definition($0) }
        note(one, .alter, cause, "deferrable")
      }
    case "AT_ChangeOwner": setOwner(table, command["newowner"]["rolename"].string, cause)
    case "AT_EnableRowSecurity": security(table, "enabled", cause)
    case "AT_DisableRowSecurity": security(table, nil, cause)
    case "AT_ForceRowSecurity", "AT_NoForceRowSecurity":
      let isForced = command["subtype"].string == "AT_ForceRowSecurity"
      items[table].properties["row security for owner"] = isForced ? Definition("yes") : nil
      note(table, .alter, cause, isForced ? "row security forced" : "row security no longer forced")
    case "AT_AttachPartition":
      guard let other = relation(command["def"]["PartitionCmd"]["name"], cause, as: items[table].kind) else { return }
      if items[table].kind == .index {
        guard !items[other].parents.contains(table) else { return }
        link(other, to: table)
        if let own = items[other].twin, let parent = items[table].twin { link(own, to: parent) }
        note(other, .alter, cause, "attached to \(title(of: table))")
      } else {
        attach(other, to: table, cause)
      }
    case "AT_DetachPartition":
      guard let other = relation(command["def"]["PartitionCmd"]["name"], cause) else { return }
      detach(other, from: table, cause)
    case "AT_AddInherit":
      guard let parent = relation(command["def"]["RangeVar"], cause) else { return }
      adopt(table, by: parent, cause, isNew: false)
      note(table, .alter, cause, "inherits from \(title(of: parent))")
    case "AT_DropInherit":
      guard let parent = relation(command["def"]["RangeVar"], cause) else { return }
      detach(table, from: parent, cause)
    case "AT_EnableTrig": enable(name, of: table, nil, cause)
    case "AT_DisableTrig": enable(name, of: table, "disabled", cause)
    case "AT_EnableAlwaysTrig": enable(name, of: table, "always", cause)
    case "AT_EnableReplicaTrig": enable(name, of: table, "replica", cause)
    case "AT_EnableTrigAll", "AT_EnableTrigUser":
      for trigger in members(.trigger, of: table) { enable(items[trigger].name, of: table, nil, cause) }
    case "AT_DisableTrigAll", "AT_DisableTrigUser":
      for trigger in members(.trigger, of: table) { enable(items[trigger].name, of: table, "disabled", cause) }
    case "AT_SetStatistics", "AT_SetStorage", "AT_SetCompression", "AT_SetOptions":
      guard let name, let column = column(name, of: table) else { return }
      note(column, .alter, cause, "storage")
    default: note(table, .alter, cause)
    }
  }

  // MARK: Columns

  /// ADD COLUMN, on the table and on what inherits from it.
  private mutating func addInheritedly(
    command: TreeNode, to table: Int, _ cause: SchemaCause, _ constraints: inout [(node: TreeNode, column: Int?)]
  ) {
    let node = command["def"]["ColumnDef"]
    guard let name = node["colname"].string else { return }
    if command["missing_ok"].bool, member(.column, name, of: table) != nil || cause.found(name) { return }
    addColumn(node, to: table, cause, &constraints)
    guard let column = member(.column, name, of: table) else { return }
    inherit(column: column, to: items[table].heirs, cause, 0)
  }

  private mutating func inherit(column: Int, to heirs: [Int], _ cause: SchemaCause, _ depth: Int) {
    guard depth < 50 else { return }
    for heir in heirs where member(.column, items[column].name, of: heir) == nil {
      var copy = SchemaItem(kind: .column, name: items[column].name, owner: heir)
      copy.properties = items[column].properties
      copy.properties["identity"] = nil
      copy.isInherited = true
      guard let made = make(copy, .add, cause, "inherited") else { return }
      depend(made, on: (copy.properties["default"]?.items ?? []) + (copy.properties["type"]?.items ?? []))
      inherit(column: column, to: items[heir].heirs, cause, depth + 1)
    }
  }

  private mutating func dropColumn(_ column: Int, _ cause: SchemaCause, isOnly: Bool, isCascading: Bool) {
    guard let table = items[column].owner else { return }
    let name = items[column].name
    end(column, cause, isCascading: isCascading)
    for heir in items[table].heirs {
      guard let own = member(.column, name, of: heir) else { continue }
      let hasOther = items[heir].parents.contains { $0 != table && member(.column, name, of: $0) != nil }
      guard items[own].isInherited || items[heir].isPartition, !hasOther else { continue }
      if isOnly {
        items[own].isInherited = false
      } else {
        dropColumn(own, cause, isOnly: false, isCascading: isCascading)
      }
    }
  }

  private mutating func retype(_ column: Int, _ type: TreeNode, _ cause: SchemaCause, isOnly: Bool) {
    let old = items[column].properties["type"].map { text($0) }
    setType(column, type, cause)
    let new = items[column].properties["type"].map { text($0) } ?? "?"
    note(column, .alter, cause, old.map { "type \($0) → \(new)" } ?? "type → \(new)")
    guard let table = items[column].owner else { return }
    for heir in items[table].heirs {
      if let own = member(.column, items[column].name, of: heir) { retype(own, type, cause, isOnly: isOnly) }
    }
  }

  /// Changes one property of a column, on the table and on what inherits from it.
  private mutating func change(
    _ name: String?, of table: Int, _ property: String, _ cause: SchemaCause, isOnly: Bool,
    _ body: (inout SchemaState, Int) -> Void
  ) {
    guard let name, let column = column(name, of: table) else { return }
    let old = items[column].properties[property].map { text($0) }
    body(&self, column)
    let new = items[column].properties[property].map { text($0) }
    let detail: String =
      switch (property, old, new) {
      case ("not null", _, let new): new == nil ? "null allowed" : "not null"
      case (_, let old?, let new?): "\(property) \(old) → \(new)"
      case (_, nil, let new?): "\(property) \(new)"
      case (_, _, nil): "\(property) dropped"
      }
    note(column, .alter, cause, detail)
    guard !isOnly else { return }
    for heir in items[table].heirs { change(name, of: heir, property, cause, isOnly: false, body) }
  }

  // MARK: Others

  private mutating func security(_ table: Int, _ state: String?, _ cause: SchemaCause) {
    items[table].properties["row security"] = state.map { Definition($0) }
    note(table, .alter, cause, state == nil ? "row security disabled" : "row security enabled")
  }

  private mutating func enable(_ name: String?, of table: Int, _ state: String?, _ cause: SchemaCause) {
    guard let name else { return }
    let trigger = member(.trigger, name, of: table) ?? insert(SchemaItem(kind: .trigger, name: name, owner: table))
    guard let trigger else { return }
    items[trigger].properties["enabled"] = state.map { Definition($0) }
    note(trigger, .alter, cause, state ?? "enabled")
    for heir in items[trigger].heirs {
      items[heir].properties["enabled"] = state.map { Definition($0) }
      note(heir, .alter, cause, state ?? "enabled")
    }
  }
}
