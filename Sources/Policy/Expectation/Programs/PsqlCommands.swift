import Bytes

/// What psql's own commands send (describe.c, copy.c); the beginnings are the same since PostgreSQL 9.
enum PsqlCommands {
  private static let any = EffectText.hole

  static func statements(_ name: String, _ argument: String) -> [String] {
    if name == "copy" { return copy(argument).map { [$0] } ?? [] }
    // `+`, `S` and `x` change columns only.
    let short = String(name.prefix { $0 != "+" && $0 != "S" && $0 != "x" || $0 == "x" && name == "dx" })
    let pattern = argument.split(separator: " ").first.map(String.init) ?? ""
    switch short {
    case "d" where pattern.isEmpty, "dt", "di", "dv", "ds", "dm", "dE", "dts", "dtv", "dti":
      let name = pattern.isEmpty ? "" : condition(pattern)
      return [
        "SELECT n.nspname as \"Schema\",\n  c.relname as \"Name\",\n\(any)FROM pg_catalog.pg_class c\n\(any)\(name)ORDER BY 1,2;"
      ]
    case "d": return describe(pattern)
    case "l", "list": return ["SELECT d.datname as \"Name\",\n\(any)FROM pg_catalog.pg_database d\n\(any)ORDER BY 1;"]
    case "du", "dg": return ["SELECT r.rolname, r.rolsuper, r.rolinherit,\n\(any)FROM pg_catalog.pg_roles r\n\(any)"]
    case "dn": return ["SELECT n.nspname AS \"Name\",\n\(any)FROM pg_catalog.pg_namespace n\n\(any)"]
    case "df", "dfn", "dfp", "dft", "dfw", "dfa", "da":
      return ["SELECT n.nspname as \"Schema\",\n\(any)FROM pg_catalog.pg_proc p\n\(any)\(condition(pattern))"]
    case "dx":
      return ["SELECT e.extname AS \"Name\", e.extversion AS \"Version\"\(any)FROM pg_catalog.pg_extension e\(any)"]
    case "dp", "z":
      return [
        "SELECT n.nspname as \"Schema\",\n  c.relname as \"Name\",\n\(any)pg_catalog.array_to_string(c.relacl\(any)FROM pg_catalog.pg_class c\n\(any)\(condition(pattern))"
      ]
    case "dT":
      return ["SELECT n.nspname as \"Schema\",\n\(any)pg_catalog.format_type(t.oid, NULL) AS \"Name\",\n\(any)"]
    case "db": return ["SELECT spcname AS \"Name\",\n\(any)FROM pg_catalog.pg_tablespace\(any)"]
    case "dRp": return ["SELECT pubname AS \"Name\",\n\(any)FROM pg_catalog.pg_publication\(any)"]
    case "dconfig": return ["SELECT s.name AS \"Parameter\", pg_catalog.current_setting(s.name) AS \"Value\"\(any)"]
    case "drds": return ["SELECT rolname AS \"Role\", datname AS \"Database\",\n\(any)"]
    case "sf", "sf+":
      return ["SELECT '\(pattern)'::pg_catalog.\(any)::pg_catalog.oid", "SELECT pg_catalog.pg_get_functiondef(\(any))"]
    case "sv", "sv+":
      return [
        "SELECT '\(pattern)'::pg_catalog.regclass::pg_catalog.oid",
        "SELECT nspname, relname, relkind, pg_catalog.pg_get_viewdef\(any)",
      ]
    default:
      return name.hasPrefix("d") && name != "desc" && name.count < 8 ? ["SELECT \(any)FROM pg_catalog.\(any)"] : []
    }
  }

  /// `\d NAME` looks the name up and then asks about what it finds, by number.
  private static func describe(_ pattern: String) -> [String] {
    [
      "SELECT c.oid,\n  n.nspname,\n  c.relname\nFROM pg_catalog.pg_class c\n\(any)\(condition(pattern))ORDER BY 2, 3;",
      "SELECT c.relchecks, c.relkind, c.relhasindex, c.relhasrules, \(any)WHERE c.oid = '\(any)';",
      "SELECT a.attname,\n  pg_catalog.format_type(a.atttypid, a.atttypmod),\n\(any)ORDER BY a.attnum;",
    ]
  }

  /// The condition that a pattern becomes (processSQLNamePattern); anything where it is more than names.
  private static func condition(_ pattern: String) -> String {
    var parts = pattern.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.popLast(), !name.isEmpty, parts.count < 3 else { return any }
    let plain = name.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" || $0 == "*"
    }
    guard plain, name != "*" else { return any }
    return "\(any)'^(\(name.lowercased().replacing("*", with: ".*")))$'\(any)"
  }

  /// `\copy t from 'file' csv` is sent as `COPY  t FROM STDIN csv`; two blanks stand before the name.
  private static func copy(_ argument: String) -> String? {
    let bytes = Array(argument.utf8)
    var index = 0
    var depth = 0
    var start = 0
    // The word FROM or TO outside of parentheses and quotes.
    while index < bytes.count {
      if let end = SQLTokens.quoted(bytes, at: index) {
        index = end
      } else if SQLTokens.isWord(bytes[index]) {
        start = index
        while index < bytes.count, SQLTokens.isWord(bytes[index]) { index += 1 }
        let word = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
        guard depth == 0, word == "from" || word == "to" else { continue }
        var rest = index
        while rest < bytes.count, bytes[rest] == 0x20 { rest += 1 }
        if let end = SQLTokens.quoted(bytes, at: rest) {
          rest = end
        } else {
          while rest < bytes.count, bytes[rest] != 0x20 { rest += 1 }
        }
        let subject = String(decoding: bytes[..<start], as: UTF8.self)
        let options = String(decoding: bytes[rest...], as: UTF8.self).utf8Part(0..<Int.max)
        return "COPY  \(subject)\(word == "from" ? "FROM STDIN" : "TO STDOUT") \(options)".utf8Part(0..<Int.max)
      } else {
        if bytes[index] == Byte.open { depth += 1 }
        if bytes[index] == Byte.close { depth -= 1 }
        index += 1
      }
    }
    return nil
  }
}
