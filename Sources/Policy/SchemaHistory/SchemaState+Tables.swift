import Model

/// CREATE TABLE, with all that it makes besides.
extension SchemaState {
  /// CREATE TABLE and CREATE FOREIGN TABLE.
  mutating func createTable(_ node: TreeNode, _ cause: SchemaCause) {
    let relation = node["relation"]
    guard let name = relation["relname"].string else { return }
    let schema = place(ofNew: relation, cause)
    if node["if_not_exists"].bool, self.relation(schema, name) != nil || cause.found(name) { return }
    let parents = node["inhRelations"].list.compactMap { self.relation($0["RangeVar"], cause) }
    guard let table = make(SchemaItem(kind: .table, schema: schema, name: name), .create, cause) else { return }
    items[table].properties["owner"] = cause.role.map { Definition($0) }
    items[table].isPartitioned = node["partspec"].isPresent
    items[table].isPartition = node["partbound"].isPresent
    for parent in parents {
      // A table that others are partitions of is partitioned, also where nobody saw it made.
      if items[table].isPartition { items[parent].isPartitioned = true }
      adopt(table, by: parent, cause, isNew: true)
    }
    if items[table].isPartition { for parent in parents { cloneMembers(of: parent, to: table, cause) } }

    var constraints: [(node: TreeNode, column: Int?)] = []
    var likes: [TreeNode] = []
    for element in node["tableElts"].list {
      if element["ColumnDef"].isPresent {
        addColumn(element["ColumnDef"], to: table, cause, &constraints)
      } else if element["Constraint"].isPresent {
        constraints.append((element["Constraint"], nil))
      } else if element["TableLikeClause"].isPresent {
        likes.append(element["TableLikeClause"])
        copyColumns(element["TableLikeClause"], to: table, cause)
      }
    }
    constraints += node["constraints"].list.map { ($0["Constraint"], nil) }
    if node["ofTypename"].isPresent { items[table].hasOpenColumns = true }
    add(constraints, to: table, cause) { state in
      for like in likes { state.copyMembers(like, to: table, cause) }
    }
    applyDefaultPrivileges(to: table, "tables", cause)
  }

  /// Where a relation is made that a RangeVar names.
  func place(ofNew relation: TreeNode, _ cause: SchemaCause) -> String {
    if relation["relpersistence"].string == "t" || relation["schemaname"].string == "pg_temp" { return cause.temporary }
    return relation["schemaname"].string ?? creationSchema(cause)
  }

  /// Adds a column as a ColumnDef tells it; its constraints that have names of their own are put off.
  mutating func addColumn(
    _ node: TreeNode, to table: Int, _ cause: SchemaCause, _ constraints: inout [(node: TreeNode, column: Int?)]
  ) {
    guard let name = node["colname"].string else { return }
    let column: Int
    if let inherited = member(.column, name, of: table) {
      // It merges with the parent's.
      items[inherited].isInherited = false
      column = inherited
    } else {
      guard let made = make(SchemaItem(kind: .column, name: name, owner: table), .add, cause) else { return }
      column = made
    }
    let type = node["typeName"]
    if type.isPresent { setType(column, type, cause) }
    let last = type["names"].list.last?.sval ?? ""
    if type["names"].list.count == 1, TypeText.serials[last] != nil {
      let sequence = makeSequence(for: column, of: table, named: nil, cause)
      if let sequence {
        var text = Definition("nextval('")
        text.write(.item(sequence, isQualified: false))
        text.write("')")
        items[column].properties["default"] = text
        depend(column, on: [sequence])
      }
      items[column].properties["not null"] = Definition("yes")
    }
    if node["raw_default"].isPresent { setDefault(column, node["raw_default"], cause) }
    if node["is_not_null"].bool { items[column].properties["not null"] = Definition("yes") }
    for constraint in node["constraints"].list { take(constraint["Constraint"], of: column, cause, &constraints) }
  }

  /// A constraint that stands with its column.
  private mutating func take(
    _ node: TreeNode, of column: Int, _ cause: SchemaCause, _ constraints: inout [(node: TreeNode, column: Int?)]
  ) {
    guard let table = items[column].owner else { return }
    switch node["contype"].string ?? "" {
    case "CONSTR_NOTNULL": items[column].properties["not null"] = Definition("yes")
    case "CONSTR_NULL": items[column].properties["not null"] = nil
    case "CONSTR_DEFAULT": setDefault(column, node["raw_expr"], cause)
    case "CONSTR_IDENTITY":
      items[column].properties["identity"] = Definition(node["generated_when"].string == "a" ? "always" : "by default")
      items[column].properties["not null"] = Definition("yes")
      let named = node["options"].list.first { $0["DefElem"]["defname"].string == "sequence_name" }
      _ = makeSequence(for: column, of: table, named: named?["DefElem"]["arg"]["List"]["items"].list.last?.sval, cause)
    case "CONSTR_GENERATED":
      items[column].properties["generated"] =
        expression(node["raw_expr"], of: table, cause) ?? Definition("…")
      let used = columns(in: node["raw_expr"], of: table)
      depend(column, on: used)
    case "CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_CHECK", "CONSTR_FOREIGN": constraints.append((node, column))
    case "CONSTR_ATTR_DEFERRABLE", "CONSTR_ATTR_NOT_DEFERRABLE", "CONSTR_ATTR_DEFERRED", "CONSTR_ATTR_IMMEDIATE": return
    default: return
    }
  }

  mutating func setType(_ column: Int, _ node: TreeNode, _ cause: SchemaCause) {
    let names = node["names"].list.compactMap(\.sval)
    let text = TypeText.text(node) { name in
      self.other(.type, [name], cause).flatMap { self.items[$0].schema }
    }
    // A type that was made here is named as the thing itself.
    if let own = other(.type, names, cause) {
      var definition = Definition()
      definition.write(.item(own, isQualified: true))
      if !node["arrayBounds"].list.isEmpty { definition.write("[]") }
      items[column].properties["type"] = definition
      depend(column, on: [own])
    } else {
      items[column].properties["type"] = text.map { Definition($0) }
    }
  }

  mutating func setDefault(_ column: Int, _ node: TreeNode, _ cause: SchemaCause) {
    guard let table = items[column].owner else { return }
    guard node.isPresent, !node["A_Const"]["isnull"].bool else {
      items[column].properties["default"] = nil
      return
    }
    // A default that is not understood says that there is one.
    items[column].properties["default"] = expression(node, of: table, cause) ?? Definition("…")
    let call = node["FuncCall"]
    if call["funcname"].list.last?.sval == "nextval", let text = call["args"].list.first?.constant {
      let names = text.split(separator: ".").map { String($0.replacing("\"", with: "")) }
      if let name = names.last, let sequence = existing(names.count > 1 ? names[0] : nil, name, cause) {
        var definition = Definition("nextval('")
        definition.write(.item(sequence, isQualified: false))
        definition.write("')")
        items[column].properties["default"] = definition
        depend(column, on: [sequence])
      }
    }
  }

  /// A sequence of a column's own: of `serial`, or of an identity.
  private mutating func makeSequence(for column: Int, of table: Int, named: String?, _ cause: SchemaCause) -> Int? {
    let schema = schema(of: table) ?? "public"
    let name =
      named
      ?? SchemaNaming.choose(items[table].name, items[column].name, "seq") { relation(schema, $0) != nil }
    let number = make(
      SchemaItem(kind: .sequence, schema: schema, name: name), .create, cause, "for \(items[column].name)")
    guard let number else { return nil }
    own(number, by: column)
    items[number].properties["owner"] = items[table].properties["owner"]
    applyDefaultPrivileges(to: number, "sequences", cause)
    return number
  }

  // MARK: Expressions

  func expression(_ node: TreeNode, of table: Int, _ cause: SchemaCause) -> Definition? {
    ExpressionWriter.text(node, source: cause.source) { names in
      guard let name = names.last, let column = self.member(.column, name, of: table) else {
        return .text(names.last ?? "")
      }
      return .item(column, isQualified: false)
    }
  }

  /// The table's columns that an expression names, each once, in order; those that nobody saw made are made up.
  mutating func columns(in node: TreeNode, of table: Int) -> [Int] {
    var names: [String] = []
    SchemaState.columnNames(in: node, &names, 0)
    var found: [Int] = []
    for name in names where name != items[table].name || member(.column, name, of: table) != nil {
      guard let column = column(name, of: table), !found.contains(column) else { continue }
      found.append(column)
    }
    return found
  }

  /// Names at the end of column references, in the order of the tree.
  static func columnNames(in node: TreeNode, _ names: inout [String], _ depth: Int) {
    guard depth < 400, names.count < 1_000 else { return }
    if let dictionary = node.dictionary {
      if let fields = dictionary["ColumnRef"] {
        if let name = TreeNode(fields)["fields"].list.last?.sval { names.append(name) }
        return
      }
      for (_, value) in dictionary.sorted(by: { $0.key < $1.key }) {
        columnNames(in: TreeNode(value), &names, depth + 1)
      }
    } else {
      for element in node.list { columnNames(in: element, &names, depth + 1) }
    }
  }
}
