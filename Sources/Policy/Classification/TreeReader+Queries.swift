import Model

/// What is read and written by queries, and by what stands inside them.
extension TreeReader {
  mutating func query(_ type: String, _ node: TreeNode) {
    for table in node["withClause"]["ctes"].list {
      if let name = table["CommonTableExpr"]["ctename"].string { commonTables.insert(name) }
    }
    switch type {
    case "InsertStmt": write(node, "write")
    case "UpdateStmt", "DeleteStmt":
      write(node, "write")
      // A rule sets what is written to it.
      if node["relation"]["relname"].string == "pg_settings" { shadows = true }
      if !TreeReader.hasFilter(node["whereClause"]) { isUnfiltered = true }
    case "MergeStmt": write(node, "write")
    default:
      if let into = node["intoClause"]["rel"].relation {
        raise(.schema)
        add("create", "table", into)
      }
      if !node["lockingClause"].list.isEmpty { lockedTables(node) }
    }
    for (name, value) in (node.dictionary ?? [:]).sorted(by: { $0.key < $1.key }) where name != "relation" {
      walk(name, TreeNode(value))
    }
    if type == "UpdateStmt" || type == "InsertStmt" {
      let columns = type == "UpdateStmt" ? node["targetList"].list : node["cols"].list
      guard let table = node["relation"].relation else { return }
      for column in columns { add("write", "column", column["ResTarget"]["name"].string.map { "\(table).\($0)" }) }
    }
  }

  mutating func write(_ node: TreeNode, _ access: String) {
    raise(.write)
    add(access, "table", node["relation"].relation)
  }

  mutating func lockedTables(_ node: TreeNode) {
    for table in node["fromClause"].list { add("lock", "table", table["RangeVar"].relation) }
  }

  /// A WHERE that names no column holds for all rows or for none: it is no filter.
  static func hasFilter(_ node: TreeNode) -> Bool {
    guard node.isPresent else { return false }
    return holds(node) { $0 == "ColumnRef" || $0 == "SubLink" || $0 == "CurrentOfExpr" }
  }

  static func holds(_ node: TreeNode, _ wanted: (String) -> Bool) -> Bool {
    if let dictionary = node.dictionary {
      return dictionary.contains { wanted($0.key) || holds(TreeNode($0.value), wanted) }
    }
    return node.list.contains { holds($0, wanted) }
  }

  mutating func walk(_ node: TreeNode) {
    if let dictionary = node.dictionary {
      for (name, value) in dictionary.sorted(by: { $0.key < $1.key }) { walk(name, TreeNode(value)) }
    } else {
      for element in node.list { walk(element) }
    }
  }

  mutating func walk(_ name: String, _ node: TreeNode) {
    switch name {
    case "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt": query(name, node)
    case "larg", "rarg": query("SelectStmt", node)
    case "RangeVar":
      if let relation = node.relation, node["schemaname"].isPresent || !commonTables.contains(relation) {
        add("read", "table", relation)
        let name = node["relname"].string ?? ""
        if context.planted.contains("table \(name)") { runsUnknown("what is behind \(name)") }
      }
    case "FuncCall":
      call(node)
      walk(node)
    case "A_Expr":
      operate(node["name"].list.compactMap(\.sval))
      walk(node)
    case "SubLink":
      if node["testexpr"].isPresent { operate(node["operName"].list.compactMap(\.sval)) }
      walk(node)
    case "useOp": operate(node.list.compactMap(\.sval))
    case "CaseExpr":
      if node["arg"].isPresent { operate([]) }
      walk(node)
    case "JoinExpr":
      if node["isNatural"].bool || node["usingClause"].isPresent { operate([]) }
      walk(node)
    case "typeName", "TypeName": cast(to: node)
    default: walk(node)
    }
  }
}
