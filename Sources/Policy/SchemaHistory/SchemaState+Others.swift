import Model

/// Views, sequences, functions, types, triggers, policies, schemas and the like.
extension SchemaState {
  // MARK: Relations

  mutating func createView(_ node: TreeNode, _ cause: SchemaCause) {
    let relation = node["view"]
    guard let name = relation["relname"].string else { return }
    let schema = place(ofNew: relation, cause)
    var reads: [Int] = []
    readers(of: node["query"], cause, &reads, 0)
    if node["replace"].bool, let old = self.relation(schema, name) {
      note(old, .alter, cause, "replaced")
      return depend(old, on: reads)
    }
    var item = SchemaItem(kind: .view, schema: schema, name: name)
    item.needs = Set(reads)
    item.properties["owner"] = cause.role.map { Definition($0) }
    guard let view = make(item, .create, cause) else { return }
    applyDefaultPrivileges(to: view, "tables", cause)
  }

  /// The relations of a query, for what goes with them.
  private func readers(of node: TreeNode, _ cause: SchemaCause, _ found: inout [Int], _ depth: Int) {
    guard depth < 400, found.count < 1_000 else { return }
    if let dictionary = node.dictionary {
      if let range = dictionary["RangeVar"], let number = existing(TreeNode(range), cause) { found.append(number) }
      for (_, value) in dictionary.sorted(by: { $0.key < $1.key }) {
        readers(of: TreeNode(value), cause, &found, depth + 1)
      }
    } else {
      for element in node.list { readers(of: element, cause, &found, depth + 1) }
    }
  }

  /// CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW.
  mutating func createTableAs(into: TreeNode, query: TreeNode, isView: Bool, ifNotExists: Bool, _ cause: SchemaCause) {
    let relation = into["rel"]
    guard let name = relation["relname"].string else { return }
    let schema = place(ofNew: relation, cause)
    if ifNotExists, self.relation(schema, name) != nil || cause.found(name) { return }
    var reads: [Int] = []
    readers(of: query, cause, &reads, 0)
    var item = SchemaItem(kind: isView ? .view : .table, schema: schema, name: name)
    if isView { item.needs = Set(reads) }
    item.properties["owner"] = cause.role.map { Definition($0) }
    guard let table = make(item, .create, cause, "as a query") else { return }
    if !isView { addColumns(of: query, named: into["colNames"].list.compactMap(\.sval), to: table, cause) }
    applyDefaultPrivileges(to: table, "tables", cause)
  }

  private mutating func addColumns(of query: TreeNode, named: [String], to table: Int, _ cause: SchemaCause) {
    var select = query["SelectStmt"]
    for _ in 0..<50 where select["larg"].isPresent { select = select["larg"] }
    var columns: [(name: String, type: Definition?)] = []
    let sources = select["fromClause"].list.compactMap { existing($0["RangeVar"], cause) }
    let isPlain = sources.count == select["fromClause"].list.count
    for target in select["targetList"].list.map({ $0["ResTarget"] }) {
      let fields = target["val"]["ColumnRef"]["fields"].list
      if fields.last?["A_Star"].isPresent == true {
        guard isPlain, !sources.isEmpty, fields.count == 1,
          sources.allSatisfy({ !items[$0].hasOpenColumns && items[$0].isMade })
        else {
          items[table].hasOpenColumns = true
          continue
        }
        for source in sources {
          for column in members(.column, of: source) {
            columns.append((items[column].name, items[column].properties["type"]))
          }
        }
      } else if let name = target["name"].string ?? SchemaNaming.column(of: target["val"]) {
        let type = sources.count == 1 && fields.count == 1 ? member(.column, name, of: sources[0]) : nil
        columns.append((name, type.flatMap { items[$0].properties["type"] }))
      } else {
        columns.append(("?column?", nil))
      }
    }
    if select["valuesLists"].isPresent || query["ExecuteStmt"].isPresent { items[table].hasOpenColumns = true }
    for (index, name) in named.enumerated() where index < columns.count { columns[index].name = name }
    for column in columns {
      var item = SchemaItem(kind: .column, name: column.name, owner: table)
      item.properties["type"] = column.type
      make(item, .add, cause, "of a query")
    }
  }

  mutating func createSequence(_ node: TreeNode, _ cause: SchemaCause) {
    let relation = node["sequence"]
    guard let name = relation["relname"].string else { return }
    let schema = place(ofNew: relation, cause)
    if node["if_not_exists"].bool, self.relation(schema, name) != nil || cause.found(name) { return }
    var item = SchemaItem(kind: .sequence, schema: schema, name: name)
    item.properties["owner"] = cause.role.map { Definition($0) }
    guard let sequence = make(item, .create, cause) else { return }
    setOwnedBy(sequence, node, cause)
    applyDefaultPrivileges(to: sequence, "sequences", cause)
  }

  mutating func alterSequence(_ node: TreeNode, _ cause: SchemaCause) {
    guard let sequence = relation(node["sequence"], cause, as: .sequence) else { return }
    setOwnedBy(sequence, node, cause)
    note(sequence, .alter, cause)
  }

  private mutating func setOwnedBy(_ sequence: Int, _ node: TreeNode, _ cause: SchemaCause) {
    for option in node["options"].list.map({ $0["DefElem"] }) where option["defname"].string == "owned_by" {
      let names = option["arg"]["List"]["items"].list.compactMap(\.sval)
      guard names.count > 1, let last = names.last else {
        own(sequence, by: nil)
        continue
      }
      if let table = relation(Array(names.dropLast()), cause) { own(sequence, by: column(last, of: table)) }
    }
  }

  // MARK: Members

  mutating func createTrigger(_ node: TreeNode, _ cause: SchemaCause) {
    guard let table = relation(node["relation"], cause), let name = node["trigname"].string else { return }
    let function = functions(named: node["funcname"].list.compactMap(\.sval), cause)
    if node["replace"].bool, let old = member(.trigger, name, of: table) {
      items[old].properties = describeTrigger(node, of: table, cause)
      return note(old, .alter, cause, "replaced")
    }
    var item = SchemaItem(kind: .trigger, name: name, owner: table)
    item.properties = describeTrigger(node, of: table, cause)
    item.needs = Set(function.prefix(1))
    // Those for each row are on partitions too.
    item.isPartitioned = node["row"].bool
    guard let trigger = make(item, .create, cause) else { return }
    for heir in items[table].heirs where items[heir].isPartition { cloneTrigger(trigger, to: heir, cause, 0) }
  }

  /// What a trigger says. The events are bits of `pg_trigger.tgtype`.
  mutating func describeTrigger(_ node: TreeNode, of table: Int, _ cause: SchemaCause) -> [String: Definition] {
    let events = node["events"].integer ?? 0
    let names = [(4, "insert"), (8, "delete"), (16, "update"), (32, "truncate")].filter { events & $0.0 != 0 }.map(\.1)
    let timing = node["timing"].integer ?? 0
    var text = Definition(timing == 2 ? "before " : timing == 64 ? "instead of " : "after ")
    text.write(names.joined(separator: " or "))
    let columns = node["columns"].list.compactMap(\.sval).compactMap { column($0, of: table) }
    if !columns.isEmpty {
      text.write(" of ")
      text.write(list(columns))
    }
    text.write(node["row"].bool ? " for each row" : " for each statement")
    if let name = node["funcname"].list.last?.sval { text.write(" execute \(name)") }
    return ["definition": text]
  }

  mutating func createPolicy(_ node: TreeNode, _ cause: SchemaCause) {
    guard let table = relation(node["table"], cause), let name = node["policy_name"].string else { return }
    var item = SchemaItem(kind: .policy, name: name, owner: table)
    item.properties = describePolicy(node, of: table, cause)
    make(item, .create, cause)
  }

  mutating func describePolicy(_ node: TreeNode, of table: Int, _ cause: SchemaCause) -> [String: Definition] {
    let roles = node["roles"].list.compactMap { role($0["RoleSpec"], cause) }.sorted()
    var properties = [
      "command": Definition(node["cmd_name"].string ?? "all"),
      "roles": Definition(roles.isEmpty ? "PUBLIC" : roles.joined(separator: ", ")),
      "permissive": Definition(node["permissive"].bool ? "yes" : "no"),
    ]
    if node["qual"].isPresent { properties["using"] = expression(node["qual"], of: table, cause) }
    if node["with_check"].isPresent { properties["with check"] = expression(node["with_check"], of: table, cause) }
    return properties
  }

  mutating func alterPolicy(_ node: TreeNode, _ cause: SchemaCause) {
    guard let table = relation(node["table"], cause), let name = node["policy_name"].string else { return }
    let policy = member(.policy, name, of: table) ?? insert(SchemaItem(kind: .policy, name: name, owner: table))
    guard let policy else { return }
    let new = describePolicy(node, of: table, cause)
    var details: [String] = []
    for (key, isGiven) in [
      ("roles", node["roles"].isPresent), ("using", node["qual"].isPresent),
      ("with check", node["with_check"].isPresent),
    ]
    where isGiven {
      let old = items[policy].properties[key].map { text($0) }
      items[policy].properties[key] = new[key]
      let now = new[key].map { text($0) } ?? "…"
      details.append(old.map { "\(key) \($0) → \(now)" } ?? "\(key) \(now)")
    }
    note(policy, .alter, cause, details.joined(separator: ", "))
  }

  mutating func createRule(_ node: TreeNode, _ cause: SchemaCause) {
    guard let table = relation(node["relation"], cause), let name = node["rulename"].string else { return }
    if node["replace"].bool, let old = member(.rule, name, of: table) { return note(old, .alter, cause, "replaced") }
    make(SchemaItem(kind: .rule, name: name, owner: table), .create, cause)
  }

  mutating func createStatistics(_ node: TreeNode, _ cause: SchemaCause) {
    guard let table = node["relations"].list.first.flatMap({ relation($0["RangeVar"], cause) }) else { return }
    let names = node["defnames"].list.compactMap(\.sval)
    let elements = node["exprs"].list.map { $0["StatsElem"] }
    let schema =
      names.count > 1 ? names[names.count - 2] : names.isEmpty ? schema(of: table) ?? "public" : creationSchema(cause)
    let addition = SchemaNaming.addition(elements.map { $0["name"].string ?? "expr" })
    let name =
      names.last
      ?? SchemaNaming.choose(items[table].name, addition, "stat") {
        others[.statistics]?[Place(schema: schema, name: $0)] != nil
      }
    if node["if_not_exists"].bool, others[.statistics]?[Place(schema: schema, name: name)] != nil || cause.found(name) {
      return
    }
    var item = SchemaItem(kind: .statistics, schema: schema, name: name)
    item.properties["owner"] = cause.role.map { Definition($0) }
    guard let made = make(item, .create, cause, "of \(title(of: table))") else { return }
    let columns = elements.compactMap { $0["name"].string }.compactMap { column($0, of: table) }
    statistics[table, default: []].append(made)
    depend(made, on: columns)
  }

  // MARK: Functions and types

  /// Functions of any kind: `total(integer, text)`.
  mutating func createFunction(_ names: [String], _ signature: String, isReplacing: Bool, _ cause: SchemaCause) {
    guard let last = names.last else { return }
    let schema = names.count > 1 ? names[names.count - 2] : creationSchema(cause)
    let name = "\(last)(\(signature))"
    if isReplacing, let old = others[.function]?[Place(schema: schema, name: name)] {
      return note(old, .alter, cause, "replaced")
    }
    var item = SchemaItem(kind: .function, schema: schema, name: name)
    item.properties["owner"] = cause.role.map { Definition($0) }
    guard let made = make(item, .create, cause) else { return }
    applyDefaultPrivileges(to: made, "functions", cause)
  }

  /// Types of the arguments that a call gives.
  func signature(_ parameters: [TreeNode], _ cause: SchemaCause) -> String {
    parameters.compactMap { parameter -> String? in
      let content = parameter["FunctionParameter"]
      let mode = content["mode"].string ?? ""
      if mode == "FUNC_PARAM_OUT" || mode == "FUNC_PARAM_TABLE" { return nil }
      return typeText(content.isPresent ? content["argType"] : parameter["TypeName"], cause)
    }.joined(separator: ", ")
  }

  private func typeText(_ node: TreeNode, _ cause: SchemaCause) -> String {
    var plain = node.dictionary ?? [:]
    // A function knows no lengths.
    plain["typmods"] = nil
    return TypeText.text(TreeNode(plain)) { self.other(.type, [$0], cause).flatMap { self.items[$0].schema } } ?? "?"
  }

  /// The function that an ObjectWithArgs names; one that no statement made is from before.
  mutating func function(_ node: TreeNode, _ cause: SchemaCause) -> Int? {
    let object = node["ObjectWithArgs"].isPresent ? node["ObjectWithArgs"] : node
    let names = object["objname"].list.compactMap(\.sval)
    guard let last = names.last else { return nil }
    if object["args_unspecified"].bool { return functions(named: names, cause).first }
    let parameters = object["objfuncargs"].list.isEmpty ? object["objargs"].list : object["objfuncargs"].list
    let full = "\(last)(\(signature(parameters, cause)))"
    let path = Array(names.dropLast()) + [full]
    if let found = other(.function, path, cause) { return found }
    let schema = names.count > 1 ? names[names.count - 2] : creationSchema(cause)
    return insert(SchemaItem(kind: .function, schema: schema, name: full))
  }

  func functions(named names: [String], _ cause: SchemaCause) -> [Int] {
    guard let last = names.last else { return [] }
    let schemas = names.count > 1 ? [names[names.count - 2]] : path(cause)
    for schema in schemas {
      if let found = overloads[Place(schema: schema, name: last)], !found.isEmpty { return found.sorted() }
    }
    return []
  }

  mutating func createType(_ names: [String], _ cause: SchemaCause) {
    guard let last = names.last else { return }
    let schema = names.count > 1 ? names[names.count - 2] : creationSchema(cause)
    var item = SchemaItem(kind: .type, schema: schema, name: last)
    item.properties["owner"] = cause.role.map { Definition($0) }
    make(item, .create, cause)
  }
}
