import Foundation
import Model

/// Reads what a parse tree does.
///
/// Effects add up: a query that writes anywhere (in a CTE, by SELECT INTO, by a function that writes) is a write, one that
/// calls a function of unknown effect is unknown, and only what is neither is a read.
struct TreeReader {
  /// Resources kept of a statement.
  static let resourceLimit = 200

  private(set) var verb = "UNKNOWN"
  private(set) var effect = Effect.unknown
  private(set) var resources: [Resource] = []
  private(set) var isUnfiltered = false
  private(set) var note: String?
  private(set) var transactionControl: TransactionControl?
  /// The effect depends on constants, so that it holds for this text only.
  private(set) var dependsOnConstants = false
  private var known: Set<Resource> = []
  private var commonTables: Set<String> = []
  private var unknownFunctions: [String] = []
  private var queryEffect = Effect.read
  private let prepared: [String: Classification]

  /// Reads one statement: a node with one member.
  init(_ node: TreeNode, prepared: [String: Classification]) {
    self.prepared = prepared
    guard let (type, content) = node.typed else {
      note = "an empty parse tree"
      return
    }
    statement(type, content)
    if !unknownFunctions.isEmpty {
      let names = unknownFunctions.prefix(5).joined(separator: ", ")
      let more = unknownFunctions.count > 5 ? " and \(unknownFunctions.count - 5) more" : ""
      note = "calls \(names)\(more), whose effect is not known"
    }
  }

  var classification: Classification {
    Classification(
      verb: verb, effect: effect, resources: resources, isUnfiltered: isUnfiltered, note: note,
      transactionControl: transactionControl)
  }

  mutating func add(_ access: String, _ kind: String, _ name: String?) {
    guard let name, !name.isEmpty, resources.count < TreeReader.resourceLimit else { return }
    let resource = Resource(access, kind, name)
    if known.insert(resource).inserted { resources.append(resource) }
  }

  private mutating func set(_ verb: String, _ effect: Effect) {
    self.verb = verb
    self.effect = effect
  }

  // MARK: Statements

  private mutating func statement(_ type: String, _ node: TreeNode) {
    switch type {
    case "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "ReturnStmt", "PLAssignStmt":
      query(type, node)
      verb = TreeReader.queryVerb(type, node)
      effect = queryEffect
    case "TransactionStmt": transaction(node)
    case "ExplainStmt": explain(node)
    case "CopyStmt": copy(node)
    case "PrepareStmt":
      set("PREPARE", .session)
      dependsOnConstants = true
    case "ExecuteStmt":
      dependsOnConstants = true
      let name = node["name"].string ?? ""
      let known = prepared[name]
      set("EXECUTE", known?.effect ?? .unknown)
      resources = known?.resources ?? []
      isUnfiltered = known?.isUnfiltered ?? false
      if known == nil { note = "the statement \(name) was prepared before what was captured" }
    case "DeclareCursorStmt":
      if let (inner, content) = node["query"].typed { query(inner, content) }
      set("DECLARE CURSOR", queryEffect)
    case "CreateTableAsStmt": createTableAs(node)
    case "CreateStmt", "CreateForeignTableStmt":
      let base = type == "CreateStmt" ? node : node["base"]
      let table = base["relation"].relation
      set(type == "CreateStmt" ? "CREATE TABLE" : "CREATE FOREIGN TABLE", .schema)
      add("create", "table", table)
      for element in base["tableElts"].list {
        if let column = element["ColumnDef"]["colname"].string { add("add", "column", table.map { "\($0).\(column)" }) }
      }
    case "AlterTableStmt": alterTable(node)
    case "RenameStmt": rename(node)
    case "IndexStmt":
      set("CREATE INDEX", .schema)
      add("create", "index", node["idxname"].string ?? "on \(node["relation"].relation ?? "?")")
      add("alter", "table", node["relation"].relation)
    case "ViewStmt":
      set("CREATE VIEW", .schema)
      add("create", "view", node["view"].relation)
    case "DropStmt": drop(node)
    case "TruncateStmt":
      set("TRUNCATE TABLE", .write)
      for relation in node["relations"].list { add("truncate", "table", relation["RangeVar"].relation) }
    case "GrantStmt": grant(node)
    case "GrantRoleStmt":
      set(node["is_grant"].bool ? "GRANT ROLE" : "REVOKE ROLE", .privilege)
      for role in node["granted_roles"].list {
        add(node["is_grant"].bool ? "grant" : "revoke", "role", role["AccessPriv"]["priv_name"].string)
      }
      for role in node["grantee_roles"].list { add("alter", "role", role["RoleSpec"]["rolename"].string) }
    case "CreateRoleStmt", "AlterRoleStmt", "AlterRoleSetStmt", "DropRoleStmt": role(type, node)
    case "VariableSetStmt": variable(node)
    case "AlterSystemStmt":
      set("ALTER SYSTEM", .privilege)
      add("alter", "setting", node["setstmt"]["name"].string)
    case "DoStmt":
      set("DO", .unknown)
      note = "a DO block: what it does cannot be told"
      dependsOnConstants = true
    case "CallStmt":
      set("CALL", .unknown)
      add("execute", "procedure", node["funccall"]["funcname"].dotted)
      note = "a procedure: what it does cannot be told"
    case "CreateFunctionStmt":
      set(node["is_procedure"].bool ? "CREATE PROCEDURE" : "CREATE FUNCTION", .schema)
      add("create", "function", node["funcname"].dotted)
      dependsOnConstants = true
    case "CreateSchemaStmt":
      set("CREATE SCHEMA", .schema)
      add("create", "schema", node["schemaname"].string)
    case "CreateExtensionStmt", "AlterExtensionStmt", "AlterExtensionContentsStmt":
      set(type == "CreateExtensionStmt" ? "CREATE EXTENSION" : "ALTER EXTENSION", .schema)
      add(type == "CreateExtensionStmt" ? "create" : "alter", "extension", node["extname"].string)
    case "CreateTrigStmt":
      set("CREATE TRIGGER", .schema)
      add("create", "trigger", node["trigname"].string)
      add("alter", "table", node["relation"].relation)
    case "CreateSeqStmt":
      set("CREATE SEQUENCE", .schema)
      add("create", "sequence", node["sequence"].relation)
    case "CreatedbStmt", "DropdbStmt":
      set(type == "CreatedbStmt" ? "CREATE DATABASE" : "DROP DATABASE", .schema)
      add(type == "CreatedbStmt" ? "create" : "drop", "database", node["dbname"].string)
    case "VacuumStmt":
      set(node["is_vacuumcmd"].bool ? "VACUUM" : "ANALYZE", .execute)
      for relation in node["rels"].list { add("use", "table", relation["VacuumRelation"]["relation"].relation) }
    case "LockStmt":
      set("LOCK TABLE", .session)
      for relation in node["relations"].list { add("lock", "table", relation["RangeVar"].relation) }
    case "ListenStmt", "NotifyStmt", "UnlistenStmt":
      set(StatementNames.table[type]?.verb ?? "NOTIFY", .session)
      add("use", "channel", node["conditionname"].string)
    case "RefreshMatViewStmt":
      set("REFRESH MATERIALIZED VIEW", .write)
      add("write", "view", node["relation"].relation)
    case "ReindexStmt", "ClusterStmt":
      set(type == "ReindexStmt" ? "REINDEX" : "CLUSTER", .schema)
      add("alter", "table", node["relation"].relation)
    default:
      let (verb, effect) = StatementNames.table[type] ?? StatementNames.guess(type)
      set(verb, effect)
      if effect == .unknown { note = "a statement that is not judged: \(verb)" }
    }
  }

  private static func queryVerb(_ type: String, _ node: TreeNode) -> String {
    switch type {
    case "InsertStmt": "INSERT"
    case "UpdateStmt": "UPDATE"
    case "DeleteStmt": "DELETE"
    case "MergeStmt": "MERGE"
    default: node["intoClause"].isPresent ? "SELECT INTO" : node["valuesLists"].isPresent ? "VALUES" : "SELECT"
    }
  }

  private mutating func raise(_ new: Effect) {
    // The order in which one effect outweighs another within a query.
    let order: [Effect] = [.read, .session, .unknown, .transfer, .execute, .write, .schema, .privilege]
    let old = order.firstIndex(of: queryEffect) ?? 0
    if (order.firstIndex(of: new) ?? 0) > old { queryEffect = new }
  }

  // MARK: Queries

  private mutating func query(_ type: String, _ node: TreeNode) {
    for table in node["withClause"]["ctes"].list {
      if let name = table["CommonTableExpr"]["ctename"].string { commonTables.insert(name) }
    }
    switch type {
    case "InsertStmt": write(node, "write")
    case "UpdateStmt", "DeleteStmt":
      write(node, "write")
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
      walk(TreeNode(value))
    }
    if type == "UpdateStmt" || type == "InsertStmt" {
      let columns = type == "UpdateStmt" ? node["targetList"].list : node["cols"].list
      guard let table = node["relation"].relation else { return }
      for column in columns { add("write", "column", column["ResTarget"]["name"].string.map { "\(table).\($0)" }) }
    }
  }

  private mutating func write(_ node: TreeNode, _ access: String) {
    raise(.write)
    add(access, "table", node["relation"].relation)
  }

  private mutating func lockedTables(_ node: TreeNode) {
    for table in node["fromClause"].list { add("lock", "table", table["RangeVar"].relation) }
  }

  /// A WHERE that names no column holds for all rows or for none: it is no filter.
  private static func hasFilter(_ node: TreeNode) -> Bool {
    guard node.isPresent else { return false }
    return holds(node) { $0 == "ColumnRef" || $0 == "SubLink" || $0 == "CurrentOfExpr" }
  }

  private static func holds(_ node: TreeNode, _ wanted: (String) -> Bool) -> Bool {
    if let dictionary = node.dictionary {
      return dictionary.contains { wanted($0.key) || holds(TreeNode($0.value), wanted) }
    }
    return node.list.contains { holds($0, wanted) }
  }

  private mutating func walk(_ node: TreeNode) {
    if let dictionary = node.dictionary {
      for (name, value) in dictionary.sorted(by: { $0.key < $1.key }) { walk(name, TreeNode(value)) }
    } else {
      for element in node.list { walk(element) }
    }
  }

  private mutating func walk(_ name: String, _ node: TreeNode) {
    switch name {
    case "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt": query(name, node)
    case "larg", "rarg": query("SelectStmt", node)
    case "RangeVar":
      if let relation = node.relation, node["schemaname"].isPresent || !commonTables.contains(relation) {
        add("read", "table", relation)
      }
    case "FuncCall":
      call(node)
      walk(node)
    default: walk(node)
    }
  }

  private mutating func call(_ node: TreeNode) {
    let names = node["funcname"].list.compactMap(\.sval)
    switch FunctionEffects.answer(names) {
    case .harmless: return
    case .effect(let effect, let resource):
      raise(effect)
      add(resource.access, resource.kind, resource.name)
    case .unknown:
      raise(.unknown)
      let name = names.joined(separator: ".")
      add("execute", "function", name)
      if !unknownFunctions.contains(name) { unknownFunctions.append(name) }
    }
  }

  // MARK: Others

  private mutating func transaction(_ node: TreeNode) {
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
    // What was prepared in another session takes effect here.
    set(verb, verb.hasSuffix(" PREPARED") ? .unknown : .session)
    if effect == .unknown { note = "what was prepared in an earlier transaction takes effect, or is undone" }
    transactionControl = control
  }

  private mutating func explain(_ node: TreeNode) {
    let analyses = node["options"].list.contains { option in
      guard option["DefElem"]["defname"].string == "analyze" else { return false }
      let argument = option["DefElem"]["arg"]
      guard argument.isPresent else { return true }
      let word = argument.sval?.lowercased() ?? argument["Boolean"]["boolval"].value.map { "\($0)" }
      return !["false", "off", "0"].contains(word ?? "") && argument["Integer"]["ival"].integer != 0
    }
    guard let (type, content) = node["query"].typed else { return set("EXPLAIN", .unknown) }
    statement(type, content)
    let inner = effect
    verb = analyses ? "EXPLAIN ANALYZE" : "EXPLAIN"
    if !analyses {
      // It plans and does not run; only the names stay.
      effect = .read
      isUnfiltered = false
      unknownFunctions = []
      note = nil
      resources = resources.map { Resource("read", $0.kind, $0.name) }
    } else {
      effect = inner
      dependsOnConstants = true
    }
  }

  private mutating func copy(_ node: TreeNode) {
    dependsOnConstants = true
    let isFrom = node["is_from"].bool
    let file = node["filename"].string
    verb = "COPY"
    if let (type, content) = node["query"].typed { query(type, content) }
    add(isFrom ? "write" : "read", "table", node["relation"].relation)
    if node["is_program"].bool {
      effect = .execute
      add("execute", "program", file)
    } else if let file {
      effect = isFrom ? .write : .transfer
      add(isFrom ? "read" : "write", "file", file)
    } else {
      effect = isFrom ? .write : queryEffect
    }
  }

  private mutating func createTableAs(_ node: TreeNode) {
    let table = node["into"]["rel"].relation
    let isView = node["objtype"].string == "OBJECT_MATVIEW"
    if let (type, content) = node["query"].typed { query(type, content) }
    set(isView ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE AS", .schema)
    add("create", isView ? "view" : "table", table)
  }

  private mutating func alterTable(_ node: TreeNode) {
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

  private mutating func rename(_ node: TreeNode) {
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

  private mutating func drop(_ node: TreeNode) {
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

  private mutating func grant(_ node: TreeNode) {
    let access = node["is_grant"].bool ? "grant" : "revoke"
    set(access.uppercased(), .privilege)
    let object = StatementNames.object(node["objtype"].string ?? "OBJECT_TABLE").lowercased()
    for item in node["objects"].list {
      add(access, object, item["RangeVar"].relation ?? item.sval ?? item["List"]["items"].dotted)
    }
    for grantee in node["grantees"].list { add("alter", "role", grantee["RoleSpec"]["rolename"].string) }
  }

  private mutating func role(_ type: String, _ node: TreeNode) {
    let (verb, effect) = StatementNames.table[type] ?? ("ALTER ROLE", .privilege)
    set(verb, effect)
    let access = type == "CreateRoleStmt" ? "create" : type == "DropRoleStmt" ? "drop" : "alter"
    add(access, "role", node["role"].string ?? node["role"]["rolename"].string)
    for role in node["roles"].list { add(access, "role", role["RoleSpec"]["rolename"].string) }
  }

  private mutating func variable(_ node: TreeNode) {
    let name = node["name"].string ?? "all"
    let isReset = node["kind"].string?.hasPrefix("VAR_RESET") ?? false
    // Another role has other rights.
    let isRole = name == "role" || name == "session_authorization"
    set(isReset ? "RESET" : "SET", isRole ? .privilege : .session)
    add("use", "setting", name)
  }
}
