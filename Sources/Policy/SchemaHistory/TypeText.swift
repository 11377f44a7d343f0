/// A type as `format_type` of PostgreSQL writes it: `character varying(20)`, `timestamp with time zone`, `integer[]`.
enum TypeText {
  /// The names of pg_catalog's types that `format_type` writes in another way.
  private static let spelled = [
    "int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision",
    "bool": "boolean", "varchar": "character varying", "bpchar": "character", "varbit": "bit varying",
    "timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone",
    "time": "time without time zone", "timetz": "time with time zone", "decimal": "numeric",
  ]

  static let serials = [
    "serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint", "smallserial": "smallint",
    "serial2": "smallint",
  ]

  /// The text of a TypeName's content; `resolve` gives the schema of a type that has none in the text.
  static func text(_ node: TreeNode, resolve: (String) -> String?) -> String? {
    let names = node["names"].list.compactMap(\.sval)
    guard let last = names.last else { return nil }
    if node["pct_type"].bool { return nil }
    let isSystem = names.count > 1 ? names[names.count - 2] == "pg_catalog" : SystemNames.types.contains(last)
    let isSerial = names.count == 1 && serials[last] != nil
    var text: String
    if isSerial {
      text = serials[last] ?? last
    } else if isSystem {
      text = system(last, node)
    } else if names.count > 1 {
      text = names.suffix(2).joined(separator: ".")
    } else {
      text = resolve(last).map { "\($0).\(last)" } ?? last
    }
    // PostgreSQL keeps no count of dimensions.
    if !node["arrayBounds"].list.isEmpty { text += "[]" }
    return text
  }

  private static func system(_ name: String, _ node: TreeNode) -> String {
    var name = name
    var suffix = ""
    if name.hasPrefix("_"), SystemNames.types.contains(String(name.dropFirst())) {
      name = String(name.dropFirst())
      suffix = "[]"
    }
    let modifiers = node["typmods"].list.map { integer($0["A_Const"]) }
    if name == "interval" { return "interval" + fields(modifiers) + suffix }
    let inner = modifiers.isEmpty ? "" : "(\(modifiers.map { $0.map(String.init) ?? "?" }.joined(separator: ",")))"
    // `numeric(10)` is kept as `numeric(10,0)`; `char` is `character(1)`.
    if name == "numeric" || name == "decimal", modifiers.count == 1 {
      return "numeric(\(modifiers[0].map(String.init) ?? "?"),0)" + suffix
    }
    let base = spelled[name] ?? name
    guard let space = base.firstIndex(of: " "), name.hasPrefix("time") else { return base + inner + suffix }
    return base[..<space] + inner + base[space...] + suffix
  }

  /// A constant of the tree, in which a zero has no member.
  private static func integer(_ node: TreeNode) -> Int? {
    node["ival"].isPresent ? node["ival"]["ival"].integer ?? 0 : nil
  }

  /// The fields of an interval are a mask (`INTERVAL_MASK`).
  private static func fields(_ modifiers: [Int?]) -> String {
    guard let mask = modifiers.first ?? nil else { return "" }
    let names = [
      4: " year", 2: " month", 8: " day", 1024: " hour", 2048: " minute", 4096: " second", 6: " year to month",
      1032: " day to hour", 3080: " day to minute", 7176: " day to second", 3072: " hour to minute",
      7168: " hour to second", 6144: " minute to second",
    ]
    let precision = modifiers.count > 1 ? modifiers[1].map { "(\($0))" } ?? "" : ""
    return (names[mask] ?? "") + precision
  }
}
