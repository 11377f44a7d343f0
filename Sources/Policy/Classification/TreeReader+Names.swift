import Model

/// What a name in a query may run: functions, operators and types of PostgreSQL's own are known, others may do anything.
extension TreeReader {
  /// Texts within texts that are read: `query_to_xml('SELECT query_to_xml(…)')`.
  static let textDepthLimit = 3

  /// Of something that is not PostgreSQL's own.
  mutating func runsUnknown(_ name: String) {
    raise(.unknown)
    if !unknownNames.contains(name) { unknownNames.append(name) }
  }

  mutating func call(_ node: TreeNode) {
    let names = node["funcname"].list.compactMap(\.sval)
    let name = names.joined(separator: ".")
    let isShadowed = names.count == 1 && (context.isShadowed || context.planted.contains("function \(name)"))
    switch isShadowed ? FunctionEffects.Answer.unknown : FunctionEffects.answer(names) {
    case .harmless: return
    case .effect(let effect, let resource):
      raise(effect)
      add(resource.access, resource.kind, resource.name)
    case .runs(let argument, let count):
      let arguments = node["args"].list
      if count.contains(arguments.count) { runsText(arguments[argument], name) }
    case .fetches(let argument):
      dependsOnConstants = true
      let arguments = node["args"].list
      guard argument < arguments.count, let cursor = arguments[argument].constant, let effect = context.cursors[cursor]
      else { return runsUnknown(name) }
      raise(effect)
    case .sets:
      dependsOnConstants = true
      raise(.session)
      add("use", "setting", "set_config")
      let arguments = node["args"].list.map(\.constant)
      guard arguments.count == 3, let setting = arguments[0]?.lowercased() else { return }
      if setting == "role" || setting == "session_authorization" { raise(.privilege) }
      if setting == "search_path", let path = arguments[1], SQLContext.shadows(SQLContext.path(path)) { shadows = true }
    case .sends:
      add("execute", "function", name)
      // What it asks of another server is not known by the names here, but a change is one there too.
      dependsOnConstants = true
      for text in node["args"].list.compactMap(\.constant) {
        let effects = TreeReader.effects(of: text, context, depth: depth + 1)
        for effect in effects where effect.isChange { raise(effect) }
      }
      runsUnknown(name)
    case .unknown:
      add("execute", "function", name)
      runsUnknown(name)
    }
  }

  /// A function that runs its argument as a statement.
  private mutating func runsText(_ argument: TreeNode, _ name: String) {
    dependsOnConstants = true
    guard depth < TreeReader.textDepthLimit, let text = argument.constant,
      text.utf8.count <= SQLGrammar.textLimit, case .tree(let json) = SQLGrammar.parse(text),
      let statements = TreeNode.statements(json)
    else { return runsUnknown(name) }
    for statement in statements {
      let inner = TreeReader(statement.node, context, depth: depth + 1)
      raise(inner.effect)
      for resource in inner.resources { add(resource.access, resource.kind, resource.name) }
      for name in inner.unknownNames where !unknownNames.contains(name) { unknownNames.append(name) }
      if inner.effect == .unknown, inner.unknownNames.isEmpty { runsUnknown(name) }
    }
  }

  /// What the statements of a text do; none where it is no SQL.
  private static func effects(of text: String, _ context: SQLContext, depth: Int) -> [Effect] {
    guard depth <= textDepthLimit, text.utf8.count <= SQLGrammar.textLimit,
      case .tree(let json) = SQLGrammar.parse(text), let statements = TreeNode.statements(json)
    else { return [] }
    return statements.map { TreeReader($0.node, context, depth: depth).effect }
  }

  /// - Parameter names: schema and symbol, or the symbol alone; none where the grammar takes `=` as a matter of course.
  mutating func operate(_ names: [String]) {
    let symbol = names.last ?? "="
    // BETWEEN and its kin stand for `>=` and `<=`.
    let isSystems = SystemNames.operators.contains(symbol) || symbol.contains("BETWEEN")
    if names.count > 1 {
      if names[names.count - 2] == "pg_catalog", isSystems { return }
    } else if isSystems, !context.isShadowed, !context.planted.contains("operator \(symbol)") {
      return
    }
    runsUnknown("operator \(names.isEmpty ? symbol : names.joined(separator: "."))")
  }

  /// A cast runs the function of the cast, and the checks of a domain.
  mutating func cast(to type: TreeNode) {
    let names = type["names"].list.compactMap(\.sval)
    guard let name = names.last else { return }
    let element = name.hasPrefix("_") ? String(name.dropFirst()) : name
    if names.count > 1 {
      let schema = names[names.count - 2]
      if schema == "information_schema" || schema == "pg_catalog" && SystemNames.types.contains(element) { return }
    } else if SystemNames.types.contains(element), !context.isShadowed, !context.planted.contains("type \(name)") {
      return
    }
    runsUnknown("cast to \(names.joined(separator: "."))")
  }

  /// What a statement makes that lets later statements of the session mean something else.
  static func planted(by node: TreeNode, _ context: SQLContext) -> [String] {
    guard let (kind, content) = node.typed else { return [] }
    func function(_ name: String?) -> [String] {
      guard let name else { return [] }
      if case .unknown = FunctionEffects.answer([name]) { return [] }
      return ["function \(name)"]
    }
    func made(_ kind: String, _ name: String?, among known: Set<String>) -> [String] {
      guard let name, known.contains(name) else { return [] }
      return ["\(kind) \(name)"]
    }
    func type(_ name: String?) -> [String] { made("type", name, among: SystemNames.types) }
    /// A table or view that has more than a read behind it.
    func table(_ name: String?, _ parts: TreeNode...) -> [String] {
      guard let name else { return [] }
      let writes = parts.contains { part in
        var reader = TreeReader(context)
        reader.walk(part)
        return reader.queryEffect != .read
      }
      return writes ? ["table \(name)"] : []
    }
    switch kind {
    case "CreateFunctionStmt": return function(content["funcname"].list.last?.sval)
    case "DefineStmt":
      let name = content["defnames"].list.last?.sval
      switch content["kind"].string {
      case "OBJECT_AGGREGATE": return function(name)
      case "OBJECT_OPERATOR": return made("operator", name, among: SystemNames.operators)
      case "OBJECT_TYPE": return type(name)
      default: return []
      }
    case "CreateDomainStmt": return type(content["domainname"].list.last?.sval)
    case "CompositeTypeStmt": return type(content["typevar"]["relname"].string)
    case "CreateEnumStmt", "CreateRangeStmt": return type(content["typeName"].list.last?.sval)
    case "ViewStmt": return table(content["view"]["relname"].string, content["query"])
    case "CreatePolicyStmt", "AlterPolicyStmt":
      return table(content["table"]["relname"].string, content["qual"], content["with_check"])
    case "RenameStmt": return function(content["newname"].string)
    case "AlterObjectSchemaStmt":
      return function(content["object"]["ObjectWithArgs"]["objname"].list.last?.sval)
        + type(content["object"]["List"]["items"].list.last?.sval)
    default: return []
    }
  }
}

extension TreeNode {
  /// The text of a string constant, also of one that is cast to a type.
  var constant: String? {
    let inner = self["TypeCast"]["arg"]
    return (inner.isPresent ? inner : self)["A_Const"]["sval"]["sval"].string
  }
}
