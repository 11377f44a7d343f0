import Model

/// Indexes, of statements of their own and behind constraints.
extension SchemaState {
  mutating func createIndex(_ node: TreeNode, _ cause: SchemaCause, isInvalid: Bool = false) {
    guard let table = relation(node["relation"], cause) else { return }
    if node["if_not_exists"].bool, let name = node["idxname"].string {
      if let schema = schema(of: table), relation(schema, name) != nil { return }
      if cause.found(name) { return }
    }
    var plan = indexPlan(node, of: table, cause)
    plan.name = node["idxname"].string
    guard let made = makeIndex(plan, on: table) else { return }
    if isInvalid {
      items[made].properties["valid"] = Definition("no")
      note(made, .create, cause, "failed, left behind invalid")
    }
  }

  /// What an IndexStmt says, without its name.
  mutating func indexPlan(_ node: TreeNode, of table: Int, _ cause: SchemaCause) -> IndexPlan {
    var plan = IndexPlan(form: nil, cause: cause)
    plan.isUnique = node["unique"].bool
    plan.isOnly = !node["relation"]["inh"].bool
    plan.method = node["accessMethod"].string ?? "btree"
    plan.keys = node["indexParams"].list.map { indexKey($0["IndexElem"], of: table, cause) }
    plan.included = node["indexIncludingParams"].list.map { indexKey($0["IndexElem"], of: table, cause) }
    if node["whereClause"].isPresent {
      plan.filter = expression(node["whereClause"], of: table, cause) ?? Definition("…")
      plan.filterNeeds = columns(in: node["whereClause"], of: table)
    }
    return plan
  }

  mutating func indexKey(_ node: TreeNode, of table: Int, _ cause: SchemaCause) -> IndexPlan.Key {
    var key = IndexPlan.Key()
    var text = Definition()
    if let name = node["name"].string, let column = column(name, of: table) {
      key.name = name
      key.column = column
      text.write(.item(column, isQualified: false))
    } else {
      key.name = node["indexcolname"].string ?? SchemaNaming.column(of: node["expr"])
      key.needs = columns(in: node["expr"], of: table)
      text = expression(node["expr"], of: table, cause) ?? Definition("…")
    }
    let isDescending = node["ordering"].string == "SORTBY_DESC"
    if isDescending { text.write(" desc") }
    switch node["nulls_ordering"].string {
    case "SORTBY_NULLS_FIRST" where !isDescending: text.write(" nulls first")
    case "SORTBY_NULLS_LAST" where isDescending: text.write(" nulls last")
    default: break
    }
    key.text = text
    return key
  }

  /// Makes an index and its constraint, and theirs on the partitions.
  @discardableResult
  mutating func makeIndex(_ plan: IndexPlan, on table: Int) -> Int? {
    let schema = schema(of: table) ?? "public"
    let names = SchemaNaming.indexColumns((plan.keys + plan.included).map(\.name))
    let label: String =
      switch plan.form {
      case .primary: "pkey"
      case .exclusion: "excl"
      case .unique: "key"
      default: "idx"
      }
    let name =
      plan.name
      ?? SchemaNaming.choose(
        items[table].name, plan.form == .primary ? nil : SchemaNaming.addition(names), label
      ) { relation(schema, $0) != nil || (plan.form != nil && isConstraint(schema, $0)) }
    var item = SchemaItem(kind: .index, name: name, owner: table)
    item.columns = (plan.keys + plan.included).compactMap(\.column)
    item.columnNames = names
    item.needs = Set(item.columns + plan.keys.flatMap(\.needs) + plan.filterNeeds)
    item.properties = describe(plan)
    let detail = plan.depth > 0 ? "for a partition" : nil
    guard let index = make(item, .create, plan.cause, detail) else { return nil }
    if let parent = plan.parent { link(index, to: parent) }
    if let form = plan.form {
      let constraint = make(SchemaItem(kind: .constraint, name: name, owner: table), .add, plan.cause, detail)
      if let constraint {
        describe(constraint, plan.node, columns: plan.keys.compactMap(\.column), plan.cause)
        items[constraint].form = form
        depend(constraint, on: item.needs)
        tie(constraint, index)
        if let parent = plan.parent, let twin = items[parent].twin { link(constraint, to: twin) }
      }
    }
    if !plan.isOnly, plan.depth < 50 {
      for heir in items[table].heirs where items[heir].isPartition && !items[heir].isDropped {
        cloneIndex(index, to: heir, plan.cause, depth: plan.depth + 1)
      }
    }
    return index
  }

  /// The index of a partitioned table, on its partition: one that says the same is taken, else one is made.
  ///
  /// LIKE makes one of each, and takes none.
  mutating func cloneIndex(_ index: Int, to table: Int, _ cause: SchemaCause, depth: Int, takesEqual: Bool = true) {
    let original = items[index]
    let constraint = original.twin.map { items[$0] }
    let columns = original.columns.compactMap { column(items[$0].name, of: table) }
    let properties = original.properties.mapValues { transfer($0, to: table) }
    for own in takesEqual ? members(.index, of: table) : [] where items[own].parents.isEmpty {
      let isSame =
        items[own].columns == columns && text(items[own].properties) == text(properties)
        && (constraint == nil || items[own].twin.map { items[$0].form == constraint?.form } ?? false)
      guard isSame else { continue }
      link(own, to: index)
      if let twin = items[own].twin, let parent = original.twin { link(twin, to: parent) }
      return
    }
    let schema = schema(of: table) ?? "public"
    let label: String =
      switch constraint?.form {
      case .primary: "pkey"
      case .exclusion: "excl"
      case .unique: "key"
      default: "idx"
      }
    // Columns have their names of today, expressions those that the index gave them.
    let count = original.columnNames.count
    let names = SchemaNaming.indexColumns(original.columnNames.map { $0 })
    let name = SchemaNaming.choose(
      items[table].name, label == "pkey" || count == 0 ? nil : SchemaNaming.addition(names), label
    ) { relation(schema, $0) != nil || (constraint != nil && isConstraint(schema, $0)) }
    var item = SchemaItem(kind: .index, name: name, owner: table)
    item.columns = columns
    item.columnNames = names
    item.needs = Set(original.needs.compactMap { column(items[$0].name, of: table) })
    item.properties = properties
    let detail = "for \(title(of: index))"
    guard let made = make(item, .create, cause, detail) else { return }
    link(made, to: index)
    if let constraint, let parent = original.twin {
      var copy = SchemaItem(kind: .constraint, name: name, owner: table)
      copy.columns = constraint.columns.compactMap { column(items[$0].name, of: table) }
      copy.needs = item.needs
      copy.form = constraint.form
      copy.isInherited = true
      copy.properties = constraint.properties.mapValues { transfer($0, to: table) }
      if let twin = make(copy, .add, cause, detail) {
        tie(twin, made)
        link(twin, to: parent)
        if constraint.form == .primary { setNotNull(copy.columns) }
      }
    }
    guard depth < 50 else { return }
    for heir in items[table].heirs where items[heir].isPartition && !items[heir].isDropped {
      cloneIndex(made, to: heir, cause, depth: depth + 1)
    }
  }

  private func text(_ properties: [String: Definition]) -> [String: String] { properties.mapValues { text($0) } }

  /// What an index says.
  func describe(_ plan: IndexPlan) -> [String: Definition] {
    func list(_ keys: [IndexPlan.Key]) -> Definition {
      var text = Definition()
      for (index, key) in keys.enumerated() {
        if index > 0 { text.write(", ") }
        if let own = key.text {
          text.write(own)
        } else if let column = key.column {
          text.write(.item(column, isQualified: false))
        }
      }
      return text
    }
    let isUnique = plan.isUnique || plan.form == .primary || plan.form == .unique
    var properties = [
      "columns": list(plan.keys), "unique": Definition(isUnique ? "yes" : "no"),
      "method": Definition(plan.node["access_method"].string ?? plan.method),
    ]
    if !plan.included.isEmpty { properties["include"] = list(plan.included) }
    if plan.node["where_clause"].isPresent { properties["where"] = Definition("…") }
    if let filter = plan.filter { properties["where"] = filter }
    return properties
  }
}
