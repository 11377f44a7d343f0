/// Writes an expression in one way, whatever way it was written in: what was sent and what PostgreSQL gives back of it
/// come out the same.
///
/// Casts are left out, as PostgreSQL adds them to constants; names of pg_catalog lose it; operators are always in
/// parentheses. What it does not know makes the whole unknown: two such expressions are not compared.
struct ExpressionWriter {
  /// Depth to which an expression is read.
  static let depthLimit = 200

  private(set) var definition = Definition()
  /// Something in it is not written: it says less than the expression does.
  private(set) var isPartial = false
  /// The text that it stands in: the tree leaves out zeros and the minus of numbers.
  private let source: [UInt8]
  private let column: ([String]) -> Definition.Piece
  private var depth = 0

  /// Writes an expression of the statement `source`; `column` gives what stands for a column's name, which comes with what it
  /// is qualified by.
  init(_ node: TreeNode, source: [UInt8], column: @escaping ([String]) -> Definition.Piece) {
    self.source = source
    self.column = column
    write(node)
  }

  /// Nil where it is not known as a whole.
  static func text(
    _ node: TreeNode, source: [UInt8], column: @escaping ([String]) -> Definition.Piece
  ) -> Definition? {
    let writer = ExpressionWriter(node, source: source, column: column)
    return writer.isPartial ? nil : writer.definition
  }

  private mutating func put(_ text: String) { definition.write(text) }

  private mutating func giveUp() {
    isPartial = true
    put("…")
  }

  private mutating func list(_ nodes: [TreeNode], separator: String = ", ") {
    for (index, node) in nodes.enumerated() {
      if index > 0 { put(separator) }
      write(node)
    }
  }

  private mutating func write(_ node: TreeNode) {
    guard depth < ExpressionWriter.depthLimit, let (type, content) = node.typed else { return giveUp() }
    depth += 1
    defer { depth -= 1 }
    switch type {
    case "A_Const": constant(content)
    case "ColumnRef":
      let names = content["fields"].list.compactMap(\.sval)
      guard !names.isEmpty, names.count == content["fields"].list.count else { return put("*") }
      definition.write(column(names))
    case "TypeCast": cast(content)
    case "CollateClause": write(content["arg"])
    case "A_Expr": operation(content)
    case "BoolExpr":
      switch content["boolop"].string {
      case "NOT_EXPR":
        put("(not ")
        list(content["args"].list)
      case let kind:
        put("(")
        list(flat(node, kind, 0), separator: kind == "AND_EXPR" ? " and " : " or ")
      }
      put(")")
    case "NullTest":
      put("(")
      write(content["arg"])
      put(content["nulltesttype"].string == "IS_NULL" ? " is null)" : " is not null)")
    case "BooleanTest":
      put("(")
      write(content["arg"])
      put(" \(content["booltesttype"].string?.lowercased().replacing("_", with: " ") ?? ""))")
    case "FuncCall": call(content)
    case "SQLValueFunction":
      put(content["op"].string?.replacing("SVFOP_", with: "").replacing("_N", with: "").lowercased() ?? "")
    case "CoalesceExpr": function("coalesce", content["args"].list)
    case "MinMaxExpr": function(content["op"].string == "IS_LEAST" ? "least" : "greatest", content["args"].list)
    case "A_ArrayExpr":
      put("array[")
      list(content["elements"].list)
      put("]")
    case "RowExpr": function("row", content["args"].list)
    case "CaseExpr":
      put("case ")
      if content["arg"].isPresent { write(content["arg"]) }
      for part in content["args"].list {
        put(" when ")
        write(part["CaseWhen"]["expr"])
        put(" then ")
        write(part["CaseWhen"]["result"])
      }
      if content["defresult"].isPresent {
        put(" else ")
        write(content["defresult"])
      }
      put(" end")
    case "A_Indirection":
      write(content["arg"])
      for part in content["indirection"].list {
        if let name = part.sval { put(".\(name)") } else { giveUp() }
      }
    default: giveUp()
    }
  }

  /// The arguments of AND within AND are one list, as PostgreSQL keeps them.
  private func flat(_ node: TreeNode, _ kind: String?, _ depth: Int) -> [TreeNode] {
    let content = node["BoolExpr"]
    guard depth < ExpressionWriter.depthLimit, content["boolop"].string == kind else { return [node] }
    return content["args"].list.flatMap { flat($0, kind, depth + 1) }
  }

  private mutating func function(_ name: String, _ arguments: [TreeNode]) {
    put("\(name)(")
    list(arguments)
    put(")")
  }

  private mutating func call(_ node: TreeNode) {
    let names = node["funcname"].list.compactMap(\.sval)
    guard !node["agg_filter"].isPresent, !node["over"].isPresent, let name = names.last else {
      return giveUp()
    }
    let arguments = node["args"].list
    // A sequence is named by a text that says its schema or does not.
    if ["nextval", "currval"].contains(name), let text = arguments.first.flatMap({ plain($0) }) {
      let last = text.split(separator: ".").last.map(String.init) ?? text
      return put("\(name)('\(last.replacing("\"", with: ""))')")
    }
    // A function that is found by the path comes back with its schema.
    function(name, arguments)
  }

  private mutating func cast(_ node: TreeNode) {
    let type = node["typeName"]["names"].list.last?.sval ?? ""
    let numbers: Set<String> = ["int2", "int4", "int8", "numeric", "float4", "float8"]
    if let text = plain(node["arg"]) {
      if numbers.contains(type) { return put(text) }
      if type == "bool" { return put(["t", "true", "on", "yes", "1"].contains(text.lowercased()) ? "true" : "false") }
      // Such constants come back in PostgreSQL's own spelling.
      if ["interval", "date", "timestamp", "timestamptz", "time", "timetz", "jsonb", "inet", "bytea"].contains(type) {
        return put("'\(type)'")
      }
    }
    write(node["arg"])
  }

  /// The text of a string constant.
  private func plain(_ node: TreeNode) -> String? { node.constant }

  private mutating func constant(_ node: TreeNode) {
    if node["isnull"].bool { return put("null") }
    if let text = node["sval"]["sval"].string { return put("'\(text)'") }
    if node["sval"].isPresent { return put("''") }
    if let number = node["fval"]["fval"].string { return put(number) }
    if node["boolval"].isPresent { return put(node["boolval"]["boolval"].bool ? "true" : "false") }
    if let number = node["ival"]["ival"].integer { return put("\(number)") }
    if node["ival"].isPresent { return put(written(at: node["location"].integer ?? 0)) }
    giveUp()
  }

  /// The number as it stands in the text.
  private func written(at offset: Int) -> String {
    var index = max(0, offset)
    var out = ""
    while index < source.count, out.count < 20 {
      let byte = source[index]
      let isSign = out.isEmpty && byte == UInt8(ascii: "-")
      let isBlank = out == "-" && byte == 0x20
      guard isSign || isBlank || (0x30...0x39).contains(byte) else { break }
      if !isBlank { out.unicodeScalars.append(Unicode.Scalar(byte)) }
      index += 1
    }
    return out.isEmpty ? "0" : out
  }

  private mutating func operation(_ node: TreeNode) {
    let symbol = node["name"].list.last?.sval ?? "="
    let left = node["lexpr"]
    let right = node["rexpr"]
    put("(")
    defer { put(")") }
    switch node["kind"].string {
    case "AEXPR_IN":
      // `x IN (…)` comes back as `x = ANY (ARRAY[…])`.
      write(left)
      put(symbol == "=" ? " = any(array[" : " <> all(array[")
      list(right["List"]["items"].list)
      put("])")
    case "AEXPR_OP_ANY", "AEXPR_OP_ALL":
      write(left)
      put(" \(symbol) \(node["kind"].string == "AEXPR_OP_ANY" ? "any" : "all")(")
      write(right)
      put(")")
    case "AEXPR_BETWEEN", "AEXPR_NOT_BETWEEN":
      let bounds = right["List"]["items"].list
      guard bounds.count == 2 else { return giveUp() }
      let isNegated = node["kind"].string == "AEXPR_NOT_BETWEEN"
      put("(")
      write(left)
      put(isNegated ? " < " : " >= ")
      write(bounds[0])
      put(isNegated ? ") or (" : ") and (")
      write(left)
      put(isNegated ? " > " : " <= ")
      write(bounds[1])
      put(")")
    case "AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT":
      write(left)
      put(node["kind"].string == "AEXPR_DISTINCT" ? " is distinct from " : " is not distinct from ")
      write(right)
    case "AEXPR_OP", "AEXPR_LIKE", "AEXPR_ILIKE":
      if left.isPresent {
        write(left)
        put(" ")
      }
      put("\(symbol == "!=" ? "<>" : symbol) ")
      write(right)
    case "AEXPR_NULLIF":
      put("nullif ")
      write(left)
      put(" ")
      write(right)
    default: giveUp()
    }
  }
}
