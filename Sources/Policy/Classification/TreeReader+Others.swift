import Model

/// Transactions, COPY, EXPLAIN, and what changes the schema or privileges.
extension TreeReader {
  mutating func transaction(_ node: TreeNode) {
    let savepoint = node["savepoint_name"].string ?? ""
    let (verb, control): (String, TransactionControl?) =
      switch node["kind"].string {
      case "TRANS_STMT_BEGIN", "TRANS_STMT_START": ("BEGIN", .begin)
      case "TRANS_STMT_COMMIT": ("COMMIT", .commit)
      case "TRANS_STMT_ROLLBACK": ("ROLLBACK", .rollback)
      case "TRANS_STMT_SAVEPOINT": ("SAVEPOINT", .savepoint(savepoint))
      case "TRANS_STMT_RELEASE": ("RELEASE", .release(savepoint))
      case "TRANS_STMT_ROLLBACK_TO": ("ROLLBACK TO", .rollbackTo(savepoint))
      case "TRANS_STMT_PREPARE": ("PREPARE TRANSACTION", .prepare)
      case "TRANS_STMT_COMMIT_PREPARED": ("COMMIT PREPARED", nil)
      case "TRANS_STMT_ROLLBACK_PREPARED": ("ROLLBACK PREPARED", nil)
      default: ("TRANSACTION", nil)
      }
    // What was prepared in another session takes effect here. PREPARE TRANSACTION leaves it, with its locks, on the server.
    set(verb, verb.hasSuffix(" PREPARED") ? .unknown : verb == "PREPARE TRANSACTION" ? .execute : .session)
    if effect == .unknown { note = "what was prepared in an earlier transaction takes effect, or is undone" }
    transactionControl = control
  }

  mutating func explain(_ node: TreeNode) {
    let analyses = node["options"].list.contains { option in
      guard option["DefElem"]["defname"].string == "analyze" else { return false }
      let argument = option["DefElem"]["arg"]
      guard argument.isPresent else { return true }
      // A zero is left out of the tree.
      if argument["Integer"].isPresent { return argument["Integer"]["ival"].integer ?? 0 != 0 }
      let word = argument.sval?.lowercased() ?? argument["Boolean"]["boolval"].value.map { "\($0)" }
      return !["false", "off", "0"].contains(word ?? "")
    }
    guard let (type, content) = node["query"].typed else { return set("EXPLAIN", .unknown) }
    statement(type, content)
    let inner = effect
    verb = analyses ? "EXPLAIN ANALYZE" : "EXPLAIN"
    if !analyses {
      // It plans and does not run; only the names stay. But planning asks stable and immutable functions for their
      // values, those of somebody's own among them, and EXPLAIN EXECUTE works the arguments out.
      effect = unknownNames.isEmpty ? .read : .unknown
      if type == "ExecuteStmt" {
        var arguments = TreeReader(context, depth: depth)
        arguments.walk(content["params"])
        let known = context.prepared[content["name"].string ?? ""]
        let isOpen = known?.callsUnknown ?? true || context.isShadowed
        effect = isOpen && !arguments.queryEffect.isChange ? .unknown : arguments.queryEffect
        if effect == .unknown { note = "planning calls what is not known" }
        dependsOnConstants = true
      }
      isUnfiltered = false
      if effect != .unknown { note = nil }
      resources = resources.map { Resource("read", $0.kind, $0.name) }
    } else {
      effect = inner
      dependsOnConstants = true
    }
  }

  mutating func copy(_ node: TreeNode) {
    dependsOnConstants = true
    let isFrom = node["is_from"].bool
    let file = node["filename"].string
    verb = "COPY"
    walk(node["whereClause"])
    if let (type, content) = node["query"].typed { query(type, content) }
    add(isFrom ? "write" : "read", "table", node["relation"].relation)
    if node["is_program"].bool {
      raise(.execute)
      add("execute", "program", file)
    } else if let file {
      raise(isFrom ? .write : .transfer)
      add(isFrom ? "read" : "write", "file", file)
    } else if isFrom {
      raise(.write)
    }
    effect = node["is_program"].bool ? .execute : queryEffect
  }

  mutating func execute(_ node: TreeNode) {
    dependsOnConstants = true
    let name = node["name"].string ?? ""
    let known = context.prepared[name]
    if let known { raise(known.classification.effect) } else { raise(.unknown) }
    note = known?.classification.note
    resources = known?.classification.resources ?? []
    isUnfiltered = known?.classification.isUnfiltered ?? false
    if known == nil { note = "the statement \(name) was prepared before what was captured" }
    // It is planned anew, with what its names mean now.
    if context.isShadowed {
      raise(.unknown)
      note = "a schema is searched before pg_catalog"
    }
    // The arguments are worked out first.
    walk(node["params"])
    set("EXECUTE", queryEffect)
  }

  /// A cursor runs while it is fetched from, and while it is moved.
  mutating func fetch(_ node: TreeNode) {
    dependsOnConstants = true
    let name = node["portalname"].string ?? ""
    set(node["ismove"].bool ? "MOVE" : "FETCH", context.cursors[name] ?? .unknown)
    if effect == .unknown {
      note =
        context.cursors[name] == nil
        ? "the cursor \(name) was opened by a function, or before what was captured"
        : "the cursor \(name) calls what is not known"
    }
  }

  mutating func createTableAs(_ node: TreeNode) {
    let table = node["into"]["rel"].relation
    let isView = node["objtype"].string == "OBJECT_MATVIEW"
    if let (type, content) = node["query"].typed { query(type, content) }
    set(isView ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE AS", .schema)
    add("create", isView ? "view" : "table", table)
  }

  mutating func alterTable(_ node: TreeNode) {
    let object = StatementNames.object(node["objtype"].string ?? "OBJECT_TABLE")
    let table = node["relation"].relation
    set("ALTER \(object)", .schema)
    add("alter", object.lowercased(), table)
    for command in node["cmds"].list {
      let content = command["AlterTableCmd"]
      let column = content["def"]["ColumnDef"]["colname"].string ?? content["name"].string
      let name = table.flatMap { table in column.map { "\(table).\($0)" } }
      switch content["subtype"].string ?? "" {
      case "AT_AddColumn": add("add", "column", name)
      case "AT_DropColumn": add("drop", "column", name)
      case "AT_AlterColumnType", "AT_ColumnDefault", "AT_SetNotNull", "AT_DropNotNull", "AT_SetIdentity",
        "AT_AddIdentity", "AT_DropIdentity", "AT_SetStorage", "AT_SetCompression", "AT_DropExpression":
        add("alter", "column", name)
      case "AT_AddConstraint": add("add", "constraint", content["def"]["Constraint"]["conname"].string)
      case "AT_DropConstraint": add("drop", "constraint", content["name"].string)
      case "AT_ChangeOwner", "AT_EnableRowSecurity", "AT_DisableRowSecurity", "AT_ForceRowSecurity",
        "AT_NoForceRowSecurity":
        effect = .privilege
      default: continue
      }
    }
  }

  mutating func rename(_ node: TreeNode) {
    let kind = node["renameType"].string ?? ""
    let table = node["relation"].relation
    let new = node["newname"].string ?? "?"
    if kind == "OBJECT_COLUMN" || kind == "OBJECT_ATTRIBUTE" {
      set("ALTER TABLE", .schema)
      add("alter", "table", table)
      let old = node["subname"].string ?? "?"
      add("rename", "column", table.map { "\($0).\(old) -> \($0).\(new)" })
    } else {
      set("ALTER \(StatementNames.object(kind))", kind == "OBJECT_ROLE" ? .privilege : .schema)
      let old = table ?? node["subname"].string ?? node["object"]["List"]["items"].dotted
      add("rename", StatementNames.object(kind).lowercased(), "\(old) -> \(new)")
    }
  }

  mutating func drop(_ node: TreeNode) {
    let object = StatementNames.object(node["removeType"].string ?? "OBJECT_TABLE")
    set("DROP \(object)", object == "POLICY" ? .privilege : .schema)
    for item in node["objects"].list {
      let name: String
      if let list = item["List"]["items"].value {
        name = TreeNode(list).dotted
      } else if item["ObjectWithArgs"].isPresent {
        name = item["ObjectWithArgs"]["objname"].dotted
      } else if item["TypeName"].isPresent {
        name = item["TypeName"]["names"].dotted
      } else {
        name = item.sval ?? ""
      }
      add("drop", object.lowercased(), name)
    }
  }

  mutating func grant(_ node: TreeNode) {
    let access = node["is_grant"].bool ? "grant" : "revoke"
    set(access.uppercased(), .privilege)
    let object = StatementNames.object(node["objtype"].string ?? "OBJECT_TABLE").lowercased()
    for item in node["objects"].list {
      add(access, object, item["RangeVar"].relation ?? item.sval ?? item["List"]["items"].dotted)
    }
    // Privileges on columns.
    for privilege in node["privileges"].list.map({ $0["AccessPriv"] }) {
      for column in privilege["cols"].list.compactMap(\.sval) {
        for item in node["objects"].list { add(access, "column", member(column, of: item["RangeVar"].relation)) }
      }
    }
    for grantee in node["grantees"].list { add("alter", "role", grantee["RoleSpec"]["rolename"].string) }
  }

  /// What statements name of which the kind says the verb and the effect.
  mutating func objects(_ type: String, _ node: TreeNode) {
    switch type {
    case "CreatePolicyStmt", "AlterPolicyStmt":
      let table = node["table"].relation
      add(type == "CreatePolicyStmt" ? "create" : "alter", "policy", member(node["policy_name"].string, of: table))
      add("alter", "table", table)
    case "RuleStmt":
      add("create", "rule", member(node["rulename"].string, of: node["relation"].relation))
      add("alter", "table", node["relation"].relation)
    case "AlterSeqStmt": add("alter", "sequence", node["sequence"].relation)
    case "CreateStatsStmt":
      add("create", "statistics", node["defnames"].dotted)
      for table in node["relations"].list { add("alter", "table", table["RangeVar"].relation) }
    case "CompositeTypeStmt": add("create", "type", node["typevar"].relation)
    case "CreateEnumStmt", "CreateRangeStmt": add("create", "type", node["typeName"].dotted)
    case "AlterEnumStmt": add("alter", "type", node["typeName"].dotted)
    case "CreateDomainStmt": add("create", "type", node["domainname"].dotted)
    case "AlterDomainStmt": add("alter", "type", node["typeName"].dotted)
    case "AlterObjectSchemaStmt", "AlterOwnerStmt":
      let object = StatementNames.object(node["objectType"].string ?? "OBJECT_TABLE").lowercased()
      let content = node["object"]
      let name = [
        node["relation"].relation, content.sval, content["List"]["items"].dotted,
        content["ObjectWithArgs"]["objname"].dotted,
      ].compactMap { $0 }.first { !$0.isEmpty }
      add("alter", object, name)
      add("alter", "role", node["newowner"]["rolename"].string)
    case "AlterDefaultPrivilegesStmt":
      let action = node["action"]
      let object = StatementNames.object(action["objtype"].string ?? "OBJECT_TABLE").lowercased()
      let schemas = node["options"].list.filter { $0["DefElem"]["defname"].string == "schemas" }
        .flatMap { $0["DefElem"]["arg"]["List"]["items"].list.compactMap(\.sval) }
      for schema in schemas.isEmpty ? ["*"] : schemas {
        add(action["is_grant"].bool ? "grant" : "revoke", object, "\(schema).*")
      }
      for grantee in action["grantees"].list { add("alter", "role", grantee["RoleSpec"]["rolename"].string) }
    default: return
    }
  }

  private func member(_ name: String?, of table: String?) -> String? {
    name.map { name in table.map { "\($0).\(name)" } ?? name }
  }

  mutating func role(_ type: String, _ node: TreeNode) {
    let (verb, effect) = StatementNames.table[type] ?? ("ALTER ROLE", .privilege)
    set(verb, effect)
    let access = type == "CreateRoleStmt" ? "create" : type == "DropRoleStmt" ? "drop" : "alter"
    add(access, "role", node["role"].string ?? node["role"]["rolename"].string)
    for role in node["roles"].list { add(access, "role", role["RoleSpec"]["rolename"].string) }
  }

  mutating func variable(_ node: TreeNode) {
    let name = node["name"].string ?? "all"
    let isReset = node["kind"].string?.hasPrefix("VAR_RESET") ?? false
    // Another role has other rights.
    let isRole = name == "role" || name == "session_authorization"
    set(isReset ? "RESET" : "SET", isRole ? .privilege : .session)
    add("use", "setting", name)
    if name == "search_path" {
      // The names that shadow are constants.
      dependsOnConstants = true
      let path = node["args"].list.map { $0.constant ?? "" }
      if SQLContext.shadows(path) { shadows = true }
    }
  }
}
