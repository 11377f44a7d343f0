/// The names that PostgreSQL gives to what a statement leaves without one
/// (`makeObjectName`, `ChooseIndexName`, `ChooseConstraintName`, `FigureColname` of its source).
enum SchemaNaming {
  /// Bytes of a name: NAMEDATALEN less its end.
  static let limit = 63
  /// Names that are tried before the last one is taken as it is.
  static let attemptLimit = 10_000

  /// `first_second_label`, where the longer of the two parts is cut until all fits.
  static func name(_ first: String, _ second: String?, _ label: String) -> String {
    let overhead = label.utf8.count + 1 + (second == nil ? 0 : 1)
    var counts = (first.utf8.count, second?.utf8.count ?? 0)
    while counts.0 + counts.1 > max(0, limit - overhead) {
      if counts.0 > counts.1 { counts.0 -= 1 } else { counts.1 -= 1 }
    }
    return [cut(first, counts.0), second.map { cut($0, counts.1) }, label].compactMap { $0 }.joined(separator: "_")
  }

  /// The first of `…_label`, `…_label1`, `…_label2` that is not taken.
  static func choose(_ first: String, _ second: String?, _ label: String, isTaken: (String) -> Bool) -> String {
    var chosen = name(first, second, label)
    var attempt = 0
    while isTaken(chosen), attempt < attemptLimit {
      attempt += 1
      chosen = name(first, second, "\(label)\(attempt)")
    }
    return chosen
  }

  /// Columns' names with `_` between, as they stand in the name of an index or a foreign key.
  static func addition(_ columns: [String]) -> String {
    var out = ""
    for column in columns {
      if !out.isEmpty { out += "_" }
      out += cut(column, limit)
      if out.utf8.count > limit { break }
    }
    return out
  }

  /// The names of an index's own columns: of two that are the same the second gets a number.
  static func indexColumns(_ names: [String?]) -> [String] {
    var out: [String] = []
    var seen: Set<String> = []
    for name in names {
      let first = name ?? "expr"
      var current = first
      var number = 0
      while seen.contains(current), number < attemptLimit {
        number += 1
        current = cut(first, limit - "\(number)".utf8.count) + "\(number)"
      }
      seen.insert(current)
      out.append(current)
    }
    return out
  }

  /// The name that an expression gives its column; nil where it gives none.
  static func column(of expression: TreeNode) -> String? { figure(expression, 0).name }

  /// The strength says whether a cast around it has a better name.
  private static func figure(_ node: TreeNode, _ depth: Int) -> (strength: Int, name: String?) {
    guard depth < 100, let (type, content) = node.typed else { return (0, nil) }
    switch type {
    case "ColumnRef": return content["fields"].list.last { $0.sval != nil }.map { (2, $0.sval) } ?? (0, nil)
    case "A_Indirection":
      if let name = content["indirection"].list.last(where: { $0.sval != nil })?.sval { return (2, name) }
      return figure(content["arg"], depth + 1)
    case "FuncCall": return (2, content["funcname"].list.last?.sval)
    case "A_Expr": return content["kind"].string == "AEXPR_NULLIF" ? (2, "nullif") : (0, nil)
    case "TypeCast":
      let inner = figure(content["arg"], depth + 1)
      if inner.strength > 1 { return inner }
      return content["typeName"]["names"].list.last?.sval.map { (1, $0) } ?? inner
    case "CollateClause": return figure(content["arg"], depth + 1)
    case "GroupingFunc": return (2, "grouping")
    case "SubLink":
      switch content["subLinkType"].string {
      case "EXISTS_SUBLINK": return (2, "exists")
      case "ARRAY_SUBLINK": return (2, "array")
      case "EXPR_SUBLINK":
        let target = content["subselect"]["SelectStmt"]["targetList"].list.first?["ResTarget"] ?? TreeNode(nil)
        if let name = target["name"].string { return (2, name) }
        return figure(target["val"], depth + 1)
      default: return (0, nil)
      }
    case "CaseExpr":
      let inner = figure(content["defresult"], depth + 1)
      return inner.strength > 1 ? inner : (1, "case")
    case "A_ArrayExpr": return (2, "array")
    case "RowExpr": return (2, "row")
    case "CoalesceExpr": return (2, "coalesce")
    case "MinMaxExpr": return (2, content["op"].string == "IS_LEAST" ? "least" : "greatest")
    case "SQLValueFunction":
      let name = content["op"].string?.replacing("SVFOP_", with: "").replacing("_N", with: "").lowercased()
      return (2, name)
    case "XmlExpr":
      return (2, content["op"].string?.replacing("IS_", with: "").lowercased())
    case "XmlSerialize": return (2, "xmlserialize")
    default: return (0, nil)
    }
  }

  /// The first bytes of a name, never half of a character.
  static func cut(_ name: String, _ count: Int) -> String {
    guard name.utf8.count > count else { return name }
    var out = ""
    var used = 0
    for scalar in name.unicodeScalars {
      used += UTF8.width(scalar)
      if used > count { break }
      out.unicodeScalars.append(scalar)
    }
    return out
  }
}
