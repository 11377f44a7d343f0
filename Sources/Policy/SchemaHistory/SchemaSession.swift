import Model

/// The settings of one session that decide what its names mean: `search_path` and the role.
struct SchemaSession {
  /// `search_path` of a server that nobody has configured.
  static let standardPath = ["$user", "public"]

  private(set) var path: [String]
  private(set) var role: String?
  private let startPath: [String]
  private let login: String?
  /// What SET LOCAL put in their place until the transaction ends.
  private var before: (path: [String], role: String?)?

  init(path: [String]?, login: String?) {
    startPath = path ?? SchemaSession.standardPath
    self.path = startPath
    role = login
    self.login = login
  }

  /// Takes a statement of effect `session` or `privilege`; others change nothing.
  mutating func receive(_ type: String, _ node: TreeNode) {
    switch type {
    case "TransactionStmt": endTransaction(node["kind"].string ?? "")
    case "VariableSetStmt": set(node)
    case "DiscardStmt" where node["target"].string == "DISCARD_ALL": reset()
    case "SelectStmt":
      // `SELECT pg_catalog.set_config('search_path', '', false)`, as pg_dump begins.
      for target in node["targetList"].list {
        let call = target["ResTarget"]["val"]["FuncCall"]
        let arguments = call["args"].list
        guard call["funcname"].list.last?.sval == "set_config", arguments.count == 3,
          arguments[0].constant?.lowercased() == "search_path", let value = arguments[1].constant
        else { continue }
        if arguments[2]["A_Const"]["boolval"]["boolval"].bool { keep() }
        path = SQLContext.path(value).filter { !$0.isEmpty }
      }
    default: return
    }
  }

  private mutating func reset() {
    path = startPath
    role = login
    before = nil
  }

  private mutating func keep() { if before == nil { before = (path, role) } }

  private mutating func endTransaction(_ kind: String) {
    guard ["TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK", "TRANS_STMT_PREPARE"].contains(kind), let old = before else {
      return
    }
    (path, role) = old
    before = nil
  }

  private mutating func set(_ node: TreeNode) {
    let isReset = node["kind"].string?.hasPrefix("VAR_RESET") ?? false || node["kind"].string == "VAR_SET_DEFAULT"
    if node["kind"].string == "VAR_RESET_ALL" { path = startPath }
    if node["is_local"].bool { keep() }
    switch node["name"].string?.lowercased() ?? "" {
    case "search_path":
      path = isReset ? startPath : node["args"].list.compactMap(\.constant).filter { !$0.isEmpty }
    case "role", "session_authorization":
      let name = node["args"].list.first?.constant
      role = isReset || name == nil || name == "none" ? login : name
    default: return
    }
  }
}
