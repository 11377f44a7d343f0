import Bytes
import Policy

/// Asks for names in PostgreSQL's catalogue (documentation, chapter "System Catalogs").
enum CatalogQuery {
  /// The type's name; of a domain that of the type beneath, of an array that of its elements with brackets.
  private static let type = """
    CASE WHEN b.typlen = -1 AND b.typelem <> 0 THEN e.typname || '[]' ELSE b.typname END
    """
  private static let types = """
    JOIN pg_catalog.pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END \
    LEFT JOIN pg_catalog.pg_type e ON e.oid = b.typelem
    """
  private static let columns = """
    SELECT c.oid, n.nspname, c.relname, a.attnum, a.attname, \(type), a.attnum < 0 OR a.attgenerated <> '' \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \(types) \
    WHERE NOT a.attisdropped AND
    """

  static func text(_ question: TargetCatalog.Question) -> String {
    var parts = ["SET search_path = pg_catalog; SET statement_timeout = '5s'"]
    parts.append("\(columns) c.oid IN (\(list(question.tables))) ORDER BY c.oid, a.attnum")
    parts.append("SELECT t.oid, \(type) FROM pg_catalog.pg_type t \(types) WHERE t.oid IN (\(list(question.types)))")
    if let name = question.named {
      let words = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      var condition = "c.relname = \(literal(words.last ?? name))"
      if words.count > 1 { condition += " AND n.nspname = \(literal(words[words.count - 2]))" }
      parts.append("\(columns) \(condition) ORDER BY c.oid, a.attnum")
    }
    return parts.joined(separator: "; ")
  }

  private static func list(_ oids: Set<UInt32>) -> String {
    oids.isEmpty ? "0" : oids.sorted().map(String.init).joined(separator: ",")
  }

  /// A text by its bytes, so that nothing in it is read as SQL.
  private static func literal(_ text: String) -> String {
    "pg_catalog.convert_from(pg_catalog.decode('\(Array(text.utf8).hex)', 'hex'), 'UTF8')"
  }

  /// What an answer tells. The first two of its results are those of SET.
  static func names(_ answer: CatalogSide.Answer, _ question: TargetCatalog.Question) -> KnownNames {
    var names = KnownNames()
    guard answer.count >= 4 else { return names }
    names.tables = tables(answer[2])
    for row in answer[3] where row.count == 2 {
      if let oid = row[0].flatMap({ UInt32($0) }), let name = row[1] { names.types[oid] = name }
    }
    if let name = question.named, answer.count > 4 {
      names.named[name] = tables(answer[4]).sorted { $0.key < $1.key }.map(\.value)
    }
    return names
  }

  private static func tables(_ rows: [[String?]]) -> [UInt32: KnownTable] {
    var tables: [UInt32: KnownTable] = [:]
    for row in rows where row.count == 7 {
      guard let oid = row[0].flatMap({ UInt32($0) }), let schema = row[1], let table = row[2],
        let number = row[3].flatMap({ Int16($0) }), let name = row[4], let type = row[5]
      else { continue }
      tables[oid, default: KnownTable(name: "\(schema).\(table)", columns: [])].columns.append(
        KnownTable.Column(number: number, name: name, type: type, isLeftOut: row[6] == "t"))
    }
    return tables
  }
}
