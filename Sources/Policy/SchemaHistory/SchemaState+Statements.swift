import Model

/// Which statement does what.
extension SchemaState {
  /// Depth of statements in statements: CREATE SCHEMA with its elements, EXPLAIN ANALYZE.
  static let statementDepthLimit = 3

  /// Applies a statement that took effect: a node with one member.
  mutating func apply(_ node: TreeNode, _ cause: SchemaCause, depth: Int = 0) {
    guard depth < SchemaState.statementDepthLimit, let (type, content) = node.typed else { return }
    switch type {
    case "CreateStmt": createTable(content, cause)
    case "CreateForeignTableStmt": createTable(content["base"], cause)
    case "AlterTableStmt": alterTable(content, cause)
    case "IndexStmt": createIndex(content, cause)
    case "RenameStmt": rename(content, cause)
    case "AlterObjectSchemaStmt": setSchema(content, cause)
    case "AlterOwnerStmt": alterOwner(content, cause)
    case "ReassignOwnedStmt": reassign(content, cause)
    case "DropOwnedStmt": dropOwned(content, cause)
    case "DropStmt": drop(content, cause)
    case "GrantStmt": grant(content, cause)
    case "AlterDefaultPrivilegesStmt": alterDefaults(content, cause)
    case "ViewStmt": createView(content, cause)
    case "CreateTableAsStmt":
      createTableAs(
        into: content["into"], query: content["query"], isView: content["objtype"].string == "OBJECT_MATVIEW",
        ifNotExists: content["if_not_exists"].bool, cause)
    case "SelectStmt" where content["intoClause"].isPresent:
      createTableAs(into: content["intoClause"], query: node, isView: false, ifNotExists: false, cause)
    case "ExplainStmt": apply(content["query"], cause, depth: depth + 1)
    case "CreateSeqStmt": createSequence(content, cause)
    case "AlterSeqStmt": alterSequence(content, cause)
    case "CreateTrigStmt": createTrigger(content, cause)
    case "CreatePolicyStmt": createPolicy(content, cause)
    case "AlterPolicyStmt": alterPolicy(content, cause)
    case "RuleStmt": createRule(content, cause)
    case "CreateStatsStmt": createStatistics(content, cause)
    case "CreateFunctionStmt":
      createFunction(
        content["funcname"].list.compactMap(\.sval), signature(content["parameters"].list, cause),
        isReplacing: content["replace"].bool, cause)
    case "DefineStmt":
      let names = content["defnames"].list.compactMap(\.sval)
      if content["kind"].string == "OBJECT_TYPE" { createType(names, cause) }
      if content["kind"].string == "OBJECT_AGGREGATE" {
        let parameters = content["args"].list.first?["List"]["items"].list ?? []
        createFunction(names, signature(parameters, cause), isReplacing: content["replace"].bool, cause)
      }
    case "CompositeTypeStmt":
      let name = content["typevar"]
      createType([name["schemaname"].string, name["relname"].string].compactMap { $0 }, cause)
    case "CreateEnumStmt", "CreateRangeStmt": createType(content["typeName"].list.compactMap(\.sval), cause)
    case "CreateDomainStmt": createType(content["domainname"].list.compactMap(\.sval), cause)
    case "AlterEnumStmt", "AlterDomainStmt":
      if let type = other(.type, content["typeName"].list.compactMap(\.sval), cause) { note(type, .alter, cause) }
    case "CreateSchemaStmt": createSchema(content, cause, depth)
    case "CreateExtensionStmt":
      guard let name = content["extname"].string else { return }
      if content["if_not_exists"].bool, root(.extension, among: name) != nil || cause.found(name) { return }
      make(SchemaItem(kind: .extension, name: name), .create, cause)
    case "AlterExtensionStmt":
      if let number = root(.extension, content["extname"].string) { note(number, .alter, cause) }
    default: return
    }
  }

  private func root(_ kind: SchemaObject.Kind, among name: String) -> Int? {
    roots[SchemaItem.MemberKey(kind: kind, name: name)]
  }

  private mutating func createSchema(_ node: TreeNode, _ cause: SchemaCause, _ depth: Int) {
    let authorized = role(node["authrole"], cause)
    guard let name = node["schemaname"].string ?? (node["authrole"].isPresent ? authorized : nil) else { return }
    if node["if_not_exists"].bool, root(.schema, among: name) != nil || cause.found(name) { return }
    var item = SchemaItem(kind: .schema, name: name)
    let owner = node["authrole"].isPresent ? authorized : cause.role
    item.properties["owner"] = owner.map { Definition($0) }
    guard let schema = make(item, .create, cause) else { return }
    applyDefaultPrivileges(to: schema, "schemas", cause)
    var within = cause
    within.path = [name] + cause.path
    within.role = owner
    for element in node["schemaElts"].list { apply(element, within, depth: depth + 1) }
  }
}
