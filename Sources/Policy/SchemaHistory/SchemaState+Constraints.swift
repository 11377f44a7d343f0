import Model

/// Constraints, with the names that PostgreSQL gives them and the indexes behind them.
extension SchemaState {
  /// Adds the constraints of one statement in PostgreSQL's order: checks, indexes with the primary key first, foreign keys.
  ///
  /// The nodes come with a column where they stand with one. `beforeForeign` is what is made between indexes and foreign
  /// keys.
  mutating func add(
    _ constraints: [(node: TreeNode, column: Int?)], to table: Int, _ cause: SchemaCause, isOnly: Bool = false,
    beforeForeign: (inout SchemaState) -> Void = { _ in }
  ) {
    for (node, _) in constraints where node["contype"].string == "CONSTR_CHECK" {
      addCheck(node, to: table, cause, isOnly: isOnly)
    }
    var indexes: [(node: TreeNode, column: Int?, name: String?)] = []
    let kinds = ["CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION"]
    let found = constraints.filter { kinds.contains($0.node["contype"].string ?? "") }
    let sorted =
      found.filter { $0.node["contype"].string == "CONSTR_PRIMARY" }
      + found.filter { $0.node["contype"].string != "CONSTR_PRIMARY" }
    for (node, column) in sorted {
      let twin = indexes.firstIndex { isSame((node, column), ($0.node, $0.column)) }
      if let twin {
        indexes[twin].name = indexes[twin].name ?? node["conname"].string
      } else {
        indexes.append((node, column, node["conname"].string))
      }
    }
    for index in indexes {
      addIndexConstraint(index.node, named: index.name, column: index.column, to: table, cause, isOnly: isOnly)
    }
    beforeForeign(&self)
    for (node, column) in constraints where node["contype"].string == "CONSTR_FOREIGN" {
      addForeign(node, column: column, to: table, cause, isOnly: isOnly)
    }
  }

  /// Whether two keys of one statement are one: `PRIMARY KEY UNIQUE`.
  private func isSame(_ left: (node: TreeNode, column: Int?), _ right: (node: TreeNode, column: Int?)) -> Bool {
    let nodes = [left.node, right.node]
    return nodes.allSatisfy { $0["contype"].string != "CONSTR_EXCLUSION" && !$0["indexname"].isPresent }
      && keyNames(left.node, left.column) == keyNames(right.node, right.column)
      && nodes[0]["including"].list.compactMap(\.sval) == nodes[1]["including"].list.compactMap(\.sval)
      && nodes[0]["deferrable"].bool == nodes[1]["deferrable"].bool
      && nodes[0]["initdeferred"].bool == nodes[1]["initdeferred"].bool
  }

  private func keyNames(_ node: TreeNode, _ column: Int?) -> [String] {
    let keys = node["keys"].list.compactMap(\.sval)
    return keys.isEmpty ? column.map { [items[$0].name] } ?? [] : keys
  }

  func isConstraint(_ schema: String, _ name: String) -> Bool {
    constraintNames[Place(schema: schema, name: name)] != nil
  }

  // MARK: Checks

  private mutating func addCheck(_ node: TreeNode, to table: Int, _ cause: SchemaCause, isOnly: Bool) {
    let schema = schema(of: table) ?? "public"
    let used = columns(in: node["raw_expr"], of: table)
    let name =
      node["conname"].string
      ?? SchemaNaming.choose(items[table].name, used.count == 1 ? items[used[0]].name : nil, "check") {
        isConstraint(schema, $0)
      }
    if let inherited = member(.constraint, name, of: table) {
      items[inherited].isInherited = false
      return
    }
    guard let made = make(SchemaItem(kind: .constraint, name: name, owner: table), .add, cause) else { return }
    describe(made, node, columns: used, cause)
    items[made].isOwnOnly = node["is_no_inherit"].bool
    guard !isOnly, !items[made].isOwnOnly else { return }
    for heir in items[table].heirs { inherit(made, to: heir, cause, 0) }
  }

  /// A check of a parent's, on what inherits from it.
  mutating func inherit(_ constraint: Int, to table: Int, _ cause: SchemaCause, _ depth: Int) {
    guard depth < 50, !items[table].isDropped else { return }
    let original = items[constraint]
    if let own = member(.constraint, original.name, of: table) {
      // It merges; where it comes from is remembered, so that it goes with the last parent's.
      if !items[own].parents.contains(constraint) { link(own, to: constraint) }
      return
    }
    var copy = SchemaItem(kind: .constraint, name: original.name, owner: table)
    copy.form = original.form
    copy.isInherited = true
    copy.properties = original.properties.mapValues { transfer($0, to: table) }
    let used = original.columns.compactMap { column(items[$0].name, of: table) }
    copy.columns = used
    copy.needs = Set(used)
    guard let made = make(copy, .add, cause, "inherited") else { return }
    link(made, to: constraint)
    for heir in items[table].heirs { inherit(made, to: heir, cause, depth + 1) }
  }

  mutating func link(_ heir: Int, to parent: Int) {
    items[heir].parents.append(parent)
    items[parent].heirs.append(heir)
  }

  /// A definition that names columns of one table, for another that has columns of the same names.
  mutating func transfer(_ definition: Definition, to table: Int) -> Definition {
    var out = Definition()
    for piece in definition.pieces {
      if case .item(let item, let isQualified) = piece, items[item].kind == .column,
        let own = column(items[item].name, of: table)
      {
        out.write(.item(own, isQualified: isQualified))
      } else {
        out.write(piece)
      }
    }
    return out
  }

  // MARK: Keys

  private mutating func addIndexConstraint(
    _ node: TreeNode, named: String?, column: Int?, to table: Int, _ cause: SchemaCause, isOnly: Bool
  ) {
    let form: ConstraintForm =
      switch node["contype"].string {
      case "CONSTR_PRIMARY": .primary
      case "CONSTR_UNIQUE": .unique
      default: .exclusion
      }
    if let using = node["indexname"].string {
      // An index that was there becomes the constraint's, under its name.
      guard let index = relation(schema(of: table), using, cause, as: .index) else { return }
      if items[index].owner == nil { items[index].owner = table }
      let name = named ?? using
      if name != using {
        move(index, name: name)
        note(index, .rename, cause, "was \(using)")
      }
      guard let made = make(SchemaItem(kind: .constraint, name: name, owner: table), .add, cause) else { return }
      describe(made, node, columns: items[index].columns, cause)
      tie(made, index)
      if form == .primary { setNotNull(items[index].columns) }
      return
    }
    let keys = keyNames(node, column).compactMap { self.column($0, of: table) }
    var index = IndexPlan(form: form, cause: cause)
    index.name = named
    index.isOnly = isOnly
    index.node = node
    index.keys = keys.map { IndexPlan.Key(name: items[$0].name, column: $0) }
    index.included = node["including"].list.compactMap { $0.sval }.compactMap { name in
      self.column(name, of: table).map { IndexPlan.Key(name: name, column: $0) }
    }
    for exclusion in node["exclusions"].list {
      index.keys += [indexKey(exclusion["List"]["items"].list.first?["IndexElem"] ?? TreeNode(nil), of: table, cause)]
    }
    if form == .primary { setNotNull(keys) }
    makeIndex(index, on: table)
  }

  mutating func tie(_ constraint: Int, _ index: Int) {
    items[constraint].twin = index
    items[index].twin = constraint
  }

  mutating func setNotNull(_ columns: [Int]) {
    for column in columns {
      items[column].properties["not null"] = Definition("yes")
      if let table = items[column].owner {
        setNotNull(items[table].heirs.compactMap { member(.column, items[column].name, of: $0) })
      }
    }
  }

  // MARK: Foreign keys

  private mutating func addForeign(
    _ node: TreeNode, column: Int?, to table: Int, _ cause: SchemaCause, isOnly: Bool
  ) {
    let schema = schema(of: table) ?? "public"
    let names = node["fk_attrs"].list.compactMap(\.sval)
    let keys = names.isEmpty ? column.map { [$0] } ?? [] : names.compactMap { self.column($0, of: table) }
    let target = relation(node["pktable"], cause)
    let name =
      node["conname"].string
      ?? SchemaNaming.choose(
        items[table].name, SchemaNaming.addition(keys.map { items[$0].name }), "fkey"
      ) { isConstraint(schema, $0) }
    guard let made = make(SchemaItem(kind: .constraint, name: name, owner: table), .add, cause) else { return }
    describe(made, node, columns: keys, cause)
    if let target {
      refer(made, to: target)
      addHidden(made, referencing: target, cause, 0)
    }
    for heir in items[table].heirs where items[heir].isPartition { cloneForeign(made, to: heir, cause, 0) }
  }

  /// A foreign key of a partitioned table, on its partition; under its name, where that is free there.
  mutating func cloneForeign(_ constraint: Int, to table: Int, _ cause: SchemaCause, _ depth: Int) {
    guard depth < 50, !items[table].isDropped else { return }
    let original = items[constraint]
    let schema = schema(of: table) ?? "public"
    var copy = SchemaItem(kind: .constraint, name: original.name, owner: table)
    copy.columns = original.columns.compactMap { column(items[$0].name, of: table) }
    copy.needs = Set(copy.columns)
    copy.form = .foreign
    copy.isInherited = true
    copy.referenced = original.referenced
    copy.properties = original.properties.mapValues { transfer($0, to: table) }
    // One that says the same is taken as it is.
    if let same = members(.constraint, of: table).first(where: { own in
      items[own].form == .foreign && items[own].columns == copy.columns && items[own].referenced == copy.referenced
        && items[own].parents.isEmpty && !items[own].isHidden
    }) {
      return link(same, to: constraint)
    }
    if member(.constraint, original.name, of: table) != nil {
      copy.name = SchemaNaming.choose(
        items[table].name, SchemaNaming.addition(copy.columns.map { items[$0].name }), "fkey"
      ) { isConstraint(schema, $0) }
    }
    guard let made = make(copy, .add, cause, "of \(title(of: items[constraint].owner ?? constraint))") else { return }
    link(made, to: constraint)
    if let target = original.referenced { refer(made, to: target) }
    for heir in items[table].heirs where items[heir].isPartition { cloneForeign(made, to: heir, cause, depth + 1) }
  }

  /// What PostgreSQL keeps for each partition of the table that is referenced: nobody sees it, but it takes a name.
  mutating func addHidden(_ constraint: Int, referencing target: Int, _ cause: SchemaCause, _ depth: Int) {
    guard depth < 50, let table = items[constraint].owner else { return }
    for heir in items[target].heirs where items[heir].isPartition && !items[heir].isDropped {
      addHidden(constraint, of: table, forPartition: heir, cause, depth)
    }
  }

  mutating func refer(_ constraint: Int, to target: Int) {
    items[constraint].referenced = target
    foreignKeys[target, default: []].append(constraint)
    depend(constraint, on: [target])
  }

  mutating func addHidden(
    _ constraint: Int, of table: Int, forPartition heir: Int, _ cause: SchemaCause, _ depth: Int
  ) {
    let schema = schema(of: table) ?? "public"
    var copy = SchemaItem(kind: .constraint, name: items[constraint].name, owner: table)
    copy.isHidden = true
    copy.isInherited = true
    copy.form = .foreign
    copy.referenced = heir
    copy.columns = items[constraint].columns
    copy.needs = Set(copy.columns)
    copy.name = SchemaNaming.choose(
      items[table].name, SchemaNaming.addition(copy.columns.map { items[$0].name }), "fkey"
    ) { isConstraint(schema, $0) }
    guard let made = make(copy, .add, cause) else { return }
    link(made, to: constraint)
    refer(made, to: heir)
    addHidden(made, referencing: heir, cause, depth + 1)
  }

  // MARK: What they say

  /// Sets what a constraint says, out of its node.
  mutating func describe(_ constraint: Int, _ node: TreeNode, columns: [Int], _ cause: SchemaCause) {
    guard let table = items[constraint].owner else { return }
    var properties: [String: Definition] = [:]
    switch node["contype"].string ?? "" {
    case "CONSTR_PRIMARY": items[constraint].form = .primary
    case "CONSTR_UNIQUE": items[constraint].form = .unique
    case "CONSTR_EXCLUSION": items[constraint].form = .exclusion
    case "CONSTR_FOREIGN":
      items[constraint].form = .foreign
      if let target = relation(node["pktable"], cause) {
        var text = Definition()
        text.write(.item(target, isQualified: true))
        properties["references"] = text
        let keys = node["pk_attrs"].list.compactMap(\.sval).compactMap { column($0, of: target) }
        depend(constraint, on: keys)
        if !keys.isEmpty {
          properties["referenced columns"] = list(keys)
        } else if let primary = members(.constraint, of: target).first(where: { items[$0].form == .primary }) {
          properties["referenced columns"] = list(items[primary].columns)
        }
      }
      properties["on delete"] = Definition(SchemaState.action(node["fk_del_action"].string))
      properties["on update"] = Definition(SchemaState.action(node["fk_upd_action"].string))
    default:
      items[constraint].form = .check
      properties["check"] = expression(node["raw_expr"], of: table, cause)
    }
    if items[constraint].form != .check, items[constraint].form != .exclusion {
      properties["columns"] = list(columns)
    }
    properties["form"] = items[constraint].form.map { Definition($0.rawValue) }
    if node["deferrable"].bool {
      properties["deferrable"] = Definition(node["initdeferred"].bool ? "initially deferred" : "yes")
    }
    if node["skip_validation"].bool, !(node["initially_valid"].bool) { properties["not valid"] = Definition("yes") }
    items[constraint].properties = properties
    items[constraint].columns = columns
    depend(constraint, on: columns)
  }

  func list(_ columns: [Int]) -> Definition {
    var text = Definition()
    for (index, column) in columns.enumerated() {
      if index > 0 { text.write(", ") }
      text.write(.item(column, isQualified: false))
    }
    return text
  }

  private static func action(_ letter: String?) -> String {
    switch letter {
    case "c": "cascade"
    case "n": "set null"
    case "d": "set default"
    case "r": "restrict"
    default: "no action"
    }
  }
}
