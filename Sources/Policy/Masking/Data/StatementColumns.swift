/// Which columns the constants and parameters of a statement are held against or written to, and which columns its results
/// come from: what the grammar tells without the catalogue.
///
/// It errs to one side: a constant anywhere in a comparison belongs to every column of that comparison, and a result that
/// is made of a column is that column, under whatever name.
struct StatementColumns: Sendable {
  /// The names of columns by the offset of each constant.
  private(set) var constants: [Int: [String]] = [:]
  /// The names of columns by the number of each parameter, from 1.
  private(set) var parameters: [Int: [String]] = [:]
  /// Columns that each result is made of, in order; nil when the statement does not say (`*`).
  private(set) var outputs: [[String]]?
  /// Columns behind each name that the statement gives to something.
  private(set) var aliases: [String: [String]] = [:]
  /// Columns within results that have no name of their own.
  private(set) var unnamed: [String] = []
  /// Tables that it names.
  private(set) var tables: [String] = []
  private(set) var copy: CopyTarget?
  /// Names that one expression, and that all names given to something, lead to; with more the statement is not followed.
  private static let nameLimit = 256
  private static let aliasLimit = 2_000
  private var aliasCount = 0
  private var isOverfull = false
  /// Rows are written whose columns are not named.
  private(set) var hasUnnamedRows = false
  /// It makes values of whole rows (`SELECT s FROM staff AS s`, `row(s.*)`), whose columns are not named.
  var hasWholeRows: Bool { starCount > plainStarCount || !rowNames.isDisjoint(with: soleNames) }
  /// It gives other names to columns that it does not name (`staff AS s (a, b)`), or joins results whose columns it does not
  /// name (`… UNION TABLE staff`).
  private(set) var hidesNames = false
  /// What was prepared, or the cursor that was declared, before, and is run or fetched from now.
  private(set) var earlierName: String?
  /// What it prepares or declares itself.
  private(set) var madeNames: [String] = []
  private var starCount = 0
  private var plainStarCount = 0
  /// Names of tables and those that stand for them.
  private var rowNames: Set<String> = []
  /// Columns that are named anywhere.
  private var soleNames: Set<String> = []

  struct CopyTarget: Sendable {
    var table: String?
    var columns: [String]?
    var form = CopyForm()
  }

  /// Nil when the grammar refuses the text, it is too long to be asked about, or it names too much.
  init?(_ text: String) {
    guard text.utf8.count <= SQLGrammar.textLimit, case .tree(let json) = SQLGrammar.parse(text),
      let statements = TreeNode.statements(json)
    else { return nil }
    for (node, _) in statements {
      var node = node
      if let (type, content) = node.typed, type == "ExplainStmt" || type == "PrepareStmt" || type == "DeclareCursorStmt"
      {
        if let name = content["name"].string ?? content["portalname"].string { madeNames.append(name) }
        node = content["query"]
      }
      read(node, isTied: false)
      if let (type, content) = node.typed, statements.count == 1 { outputs = targets(type, content) }
    }
    if isOverfull { return nil }
  }

  /// The columns behind a name: itself, and what it was given to.
  func origins(of name: String) -> [String] {
    var found = [name]
    var index = 0
    var seen: Set<String> = [name]
    while index < found.count {
      for next in aliases[found[index]] ?? [] where seen.insert(next).inserted { found.append(next) }
      index += 1
    }
    return found
  }

  // MARK: The walk

  /// Within what is `isTied` all constants belong to the columns of the whole already.
  private mutating func read(_ node: TreeNode, isTied: Bool) {
    if let list = node.value as? [Any] {
      for element in list { read(TreeNode(element), isTied: isTied) }
      return
    }
    guard let dictionary = node.dictionary else { return }
    for (type, value) in dictionary {
      let content = TreeNode(value)
      switch type {
      case "InsertStmt": insert(content)
      case "ResTarget": target(content)
      case "A_Expr", "FuncCall": if !isTied { tie(content, to: columns(content)) }
      case "ColumnRef": note(column: content["fields"].list)
      case "ExecuteStmt": earlierName = content["name"].string ?? ""
      case "FetchStmt": earlierName = content["portalname"].string ?? ""
      case "RangeVar":
        note(rows: content)
        if let name = content.relation { add(table: name) }
        if !content["alias"]["colnames"].list.isEmpty { hidesNames = true }
      case "relation":
        note(rows: content)
        if let name = content.relation { add(table: name) }
      case "CopyStmt": copy = CopyTarget(content)
      case "Alias": alias(content)
      case "SelectStmt": if content["larg"].isPresent { join(content) }
      case "JoinExpr":
        note(rows: content)
        if !content["alias"]["colnames"].list.isEmpty { hidesNames = true }
      case "CommonTableExpr":
        let names = content["aliascolnames"].list.compactMap(\.sval)
        if !names.isEmpty { rename(names, content["ctequery"]) }
      case "RangeSubselect":
        note(rows: content)
        let names = content["alias"]["colnames"].list.compactMap(\.sval)
        if !names.isEmpty { rename(names, content["subquery"]) }
      default: break
      }
      read(content, isTied: isTied || type == "A_Expr" || type == "FuncCall")
    }
  }

  /// What stands for rows: values of a function need not be any.
  private mutating func note(rows content: TreeNode) {
    if let name = content["alias"]["aliasname"].string { rowNames.insert(name) }
  }

  private mutating func note(column fields: [TreeNode]) {
    if fields.last?["A_Star"].isPresent ?? false {
      starCount += 1
    } else if let name = fields.last?.sval, soleNames.count < Self.aliasLimit {
      soleNames.insert(name)
    }
  }

  private mutating func alias(_ content: TreeNode) {
    // `staff AS s (a, b)`: which of its columns they are, the catalogue knows.
    for name in content["colnames"].list.compactMap(\.sval) where aliases[name] == nil { aliases[name] = [] }
  }

  private mutating func rename(_ names: [String], _ query: TreeNode) {
    if hasStar(query) { hidesNames = true }
    let columns = columns(query)
    for name in names { give(name, to: columns) }
  }

  private func hasStar(_ node: TreeNode) -> Bool {
    var found = false
    collect(node) { type, _ in if type == "A_Star" { found = true } }
    return found
  }

  /// `SELECT … UNION SELECT …`: a column has the name that the first gives it, and values of all of them.
  private mutating func join(_ content: TreeNode) {
    var leaves: [TreeNode] = []
    var rest = [content]
    while let next = rest.popLast(), leaves.count <= Self.nameLimit {
      if next["larg"].isPresent {
        // The first of them is taken first.
        rest += [next["rarg"], next["larg"]]
      } else {
        leaves.append(next)
      }
    }
    guard let first = leaves.first, leaves.count <= Self.nameLimit else { return hidesNames = true }
    let firstTargets = first["targetList"].list.map { $0["ResTarget"] }
    for leaf in leaves {
      let targets = leaf["targetList"].list.map { $0["ResTarget"]["val"] }
      if targets.contains(where: { hasStar($0) }) { return hidesNames = true }
      for (index, value) in targets.enumerated() where index < firstTargets.count {
        let target = firstTargets[index]
        let fields = target["val"]["ColumnRef"]["fields"].list
        if let name = target["name"].string ?? fields.last?.sval {
          give(name, to: columns(value))
        }
        // A column without a name.
        else {
          unnamed += columns(value)
        }
      }
    }
    if unnamed.count > Self.aliasLimit { (isOverfull, unnamed) = (true, []) }
  }

  /// `expression AS name` and `SET name = expression`.
  private mutating func target(_ content: TreeNode) {
    if content["val"]["ColumnRef"]["fields"].list.last?["A_Star"].isPresent ?? false { plainStarCount += 1 }
    guard let name = content["name"].string else {
      guard !content["val"]["ColumnRef"].isPresent else { return }
      unnamed += columns(content["val"])
      if unnamed.count > Self.aliasLimit { (isOverfull, unnamed) = (true, []) }
      return
    }
    let columns = columns(content["val"])
    give(name, to: columns)
    tie(content["val"], to: [name])
  }

  private mutating func give(_ name: String, to columns: [String]) {
    aliasCount += columns.count
    guard aliasCount <= Self.aliasLimit else {
      isOverfull = true
      return
    }
    aliases[name, default: []] += columns
  }

  private mutating func add(table: String) {
    rowNames.insert(table.split(separator: ".").last.map(String.init) ?? table)
    if tables.count < Self.nameLimit { tables.append(table) } else { isOverfull = true }
  }

  private mutating func insert(_ content: TreeNode) {
    let names = content["cols"].list.compactMap { $0["ResTarget"]["name"].string }
    let select = content["selectStmt"]["SelectStmt"]
    if names.isEmpty, select.isPresent { hasUnnamedRows = true }
    for row in select["valuesLists"].list {
      for (index, value) in row["List"]["items"].list.enumerated() where index < names.count {
        tie(value, to: [names[index]])
      }
    }
    for (index, value) in select["targetList"].list.enumerated() where index < names.count {
      tie(value, to: [names[index]])
    }
  }

  private mutating func targets(_ type: String, _ content: TreeNode) -> [[String]]? {
    let list: [TreeNode]
    switch type {
    case "SelectStmt": list = content["targetList"].list
    case "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt": list = content["returningList"].list
    default: return nil
    }
    var found: [[String]] = []
    for target in list {
      let value = target["ResTarget"]["val"]
      if value["ColumnRef"]["fields"].list.contains(where: { $0["A_Star"].isPresent }) { return nil }
      found.append(columns(value))
    }
    return found.isEmpty ? nil : found
  }

  /// The columns that an expression names, each once.
  private mutating func columns(_ node: TreeNode) -> [String] {
    var found: [String] = []
    var seen: Set<String> = []
    collect(node) { type, content in
      guard type == "ColumnRef", let name = content["fields"].list.last?.sval, seen.insert(name).inserted else {
        return
      }
      found.append(name)
    }
    if found.count > Self.nameLimit { (isOverfull, found) = (true, []) }
    return found
  }

  /// Takes note of all constants and parameters of an expression as of columns.
  private mutating func tie(_ node: TreeNode, to columns: [String]) {
    guard !columns.isEmpty else { return }
    var own = self
    collect(node) { type, content in
      if type == "A_Const" { own.constants[content["location"].integer ?? 0, default: []] += columns }
      if type == "ParamRef", let number = content["number"].integer { own.parameters[number, default: []] += columns }
    }
    self = own
  }

  private func collect(_ node: TreeNode, _ take: (String, TreeNode) -> Void) {
    if let list = node.value as? [Any] {
      for element in list { collect(TreeNode(element), take) }
    } else if let dictionary = node.dictionary {
      for (type, value) in dictionary {
        take(type, TreeNode(value))
        collect(TreeNode(value), take)
      }
    }
  }
}

extension StatementColumns.CopyTarget {
  fileprivate init(_ content: TreeNode) {
    table = content["relation"].relation
    let names = content["attlist"].list.compactMap(\.sval)
    columns = names.isEmpty ? nil : names
    var isCSV = false
    for option in content["options"].list where option["DefElem"]["defname"].string == "format" {
      isCSV = option["DefElem"]["arg"].sval == "csv"
      form.isBinary = option["DefElem"]["arg"].sval == "binary"
    }
    if isCSV { form = CopyForm(isCSV: true) }
    for option in content["options"].list {
      let element = option["DefElem"]
      let text = Array((element["arg"].sval ?? "").utf8)
      switch element["defname"].string {
      case "delimiter": form.delimiter = text.first ?? form.delimiter
      case "quote":
        form.quote = text.first ?? form.quote
        if form.escape == UInt8(ascii: "\"") { form.escape = form.quote }
      case "escape": form.escape = text.first ?? form.escape
      case "null": form.null = text
      case "header":
        form.hasHeader = !element["arg"].isPresent || !["false", "off", "0"].contains(element["arg"].sval ?? "")
      default: break
      }
    }
    let query = content["query"]
    guard let (type, select) = query.typed, type == "SelectStmt" else { return }
    var names2: [String] = []
    for target in select["targetList"].list {
      let value = target["ResTarget"]
      let fields = value["val"]["ColumnRef"]["fields"].list
      if fields.contains(where: { $0["A_Star"].isPresent }) { return }
      names2.append(fields.last?.sval ?? value["name"].string ?? "?")
    }
    columns = names2.isEmpty ? nil : names2
  }
}
