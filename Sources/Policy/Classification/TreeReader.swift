import Foundation
import Model

/// Reads what a parse tree does.
///
/// Effects add up: a query that writes anywhere (in a CTE, by SELECT INTO, by a function that writes) is a write, one that
/// calls a function of unknown effect is unknown, and only what is neither is a read.
struct TreeReader {
  /// Resources kept of a statement.
  static let resourceLimit = 200

  var verb = "UNKNOWN"
  var effect = Effect.unknown
  var resources: [Resource] = []
  var isUnfiltered = false
  var note: String?
  var transactionControl: TransactionControl?
  /// The effect depends on constants, so that it holds for this text only.
  var dependsOnConstants = false
  var known: Set<Resource> = []
  var commonTables: Set<String> = []
  /// What it runs that is not PostgreSQL's own, as a note has it.
  var unknownNames: [String] = []
  var queryEffect = Effect.read
  /// It sets a path in which a schema comes before pg_catalog.
  var shadows = false
  let context: SQLContext
  /// How deep in texts that functions run.
  let depth: Int

  /// Reads nothing yet.
  init(_ context: SQLContext, depth: Int = 0) {
    self.context = context
    self.depth = depth
  }

  /// Reads one statement: a node with one member.
  ///
  /// - Parameters:
  ///   - node: the statement.
  ///   - context: what came before it.
  ///   - arguments: the types of its parameters, to which values are cast.
  ///   - depth: how deep in texts that functions run it stands.
  init(_ node: TreeNode, _ context: SQLContext, arguments: TreeNode = TreeNode(nil), depth: Int = 0) {
    self.init(context, depth: depth)
    walk(arguments)
    guard let (type, content) = node.typed else {
      note = "an empty parse tree"
      return
    }
    statement(type, content)
    if !unknownNames.isEmpty {
      let names = unknownNames.prefix(5).joined(separator: ", ")
      let more = unknownNames.count > 5 ? " and \(unknownNames.count - 5) more" : ""
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

  mutating func set(_ verb: String, _ effect: Effect) {
    self.verb = verb
    self.effect = effect
  }

  // MARK: Statements

  mutating func statement(_ type: String, _ node: TreeNode) {
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
    case "ExecuteStmt": execute(node)
    case "DeclareCursorStmt":
      if let (inner, content) = node["query"].typed { query(inner, content) }
      set("DECLARE CURSOR", queryEffect)
      dependsOnConstants = true
    case "FetchStmt": fetch(node)
    case "ConstraintsSetStmt":
      set("SET CONSTRAINTS", node["deferred"].bool ? .session : .unknown)
      if effect == .unknown { note = "triggers that were put off run now" }
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
      dependsOnConstants = true
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
      objects(type, node)
      if effect == .unknown { note = "a statement that is not judged: \(verb)" }
    }
  }

  static func queryVerb(_ type: String, _ node: TreeNode) -> String {
    switch type {
    case "InsertStmt": "INSERT"
    case "UpdateStmt": "UPDATE"
    case "DeleteStmt": "DELETE"
    case "MergeStmt": "MERGE"
    default: node["intoClause"].isPresent ? "SELECT INTO" : node["valuesLists"].isPresent ? "VALUES" : "SELECT"
    }
  }

  mutating func raise(_ new: Effect) {
    // The order in which one effect outweighs another within a query.
    let order: [Effect] = [.read, .session, .unknown, .transfer, .execute, .write, .schema, .privilege]
    let old = order.firstIndex(of: queryEffect) ?? 0
    if (order.firstIndex(of: new) ?? 0) > old { queryEffect = new }
  }
}
