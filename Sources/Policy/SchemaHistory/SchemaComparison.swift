public import Model

/// Holds what a catalog has against what the captures explain.
public struct SchemaComparison: Sendable {
  public enum Verdict: String, Sendable, CaseIterable {
    /// A captured action made it, and it is as that left it.
    case explained
    /// It was there before; a captured action changed it since.
    case changed
    /// No captured action made it.
    case unexplained = "not explained"
    /// It is not what the captured actions made of it.
    case different
    /// A captured action made it; the database has not got it.
    case missing
    /// A captured action dropped it; the database has it.
    case back = "dropped, yet there"

    /// Something that the captures do not account for.
    public var isOpen: Bool { self != .explained && self != .changed }
  }

  public struct Line: Sendable, Hashable {
    /// As the catalog has it; as the captures left it where the catalog has not got it.
    public var object: SchemaObject
    public var verdict: Verdict
    /// What the captures tell of it; nil where nothing.
    public var entry: SchemaEntry?
    /// The change that explains it, or the last that they tell of.
    public var change: SchemaChange?
    /// What differs: `type: integer, made as bigint`.
    public var differences: [String]
  }

  public private(set) var lines: [Line] = []

  /// - Parameters:
  ///   - catalog: objects as a catalog or a script has them.
  ///   - history: what the captures tell; it is finished.
  public init(catalog: [SchemaObject], history: SchemaHistory) {
    let lifted = CatalogState.objects(catalog)
    let entries = history.entries
    var live: [SchemaObject.Key: SchemaEntry] = [:]
    var ended: [SchemaObject.Key: SchemaEntry] = [:]
    for entry in entries {
      if entry.isDropped {
        ended[entry.object.key] = entry
      } else {
        live[entry.object.key] = entry
      }
    }
    let present = Set(lifted.map(\.key))
    for object in lifted {
      if let entry = live[object.key] {
        lines.append(SchemaComparison.line(object, entry))
      } else if let change = SchemaComparison.sweep(object, history.state) {
        lines.append(Line(object: object, verdict: .explained, entry: nil, change: change, differences: []))
      } else if let change = SchemaComparison.open(object, live) {
        lines.append(Line(object: object, verdict: .explained, entry: nil, change: change, differences: []))
      } else if let entry = ended[object.key] {
        lines.append(Line(object: object, verdict: .back, entry: entry, change: entry.last, differences: []))
      } else {
        lines.append(Line(object: object, verdict: .unexplained, entry: nil, change: nil, differences: []))
      }
    }
    for entry in entries where !entry.isDropped && !present.contains(entry.object.key) {
      lines.append(Line(object: entry.object, verdict: .missing, entry: entry, change: entry.last, differences: []))
    }
    lines = SchemaComparison.sorted(lines)
  }

  /// By place and kind; columns as they stand, the rest by name.
  private static func sorted(_ lines: [Line]) -> [Line] {
    let order = Dictionary(
      uniqueKeysWithValues: SchemaObject.Kind.allCases.enumerated().map { ($0.element, $0.offset) })
    func words(_ line: Line) -> [String] {
      let object = line.object
      return [object.schema ?? "", object.owner ?? (object.kind == .schema ? "" : object.name)]
    }
    return lines.enumerated().map { (line: $0.element, words: words($0.element), at: $0.offset) }.sorted {
      left, right in
      if left.words != right.words { return left.words.lexicographicallyPrecedes(right.words) }
      let kinds = (order[left.line.object.kind] ?? 0, order[right.line.object.kind] ?? 0)
      if kinds.0 != kinds.1 { return kinds.0 < kinds.1 }
      let names = (left.line.object.name, right.line.object.name)
      return left.line.object.kind == .column || names.0 == names.1 ? left.at < right.at : names.0 < names.1
    }.map(\.line)
  }

  private static func line(_ object: SchemaObject, _ entry: SchemaEntry) -> Line {
    var differences: [String] = []
    for key in Set(object.properties.keys).union(entry.object.properties.keys).sorted() {
      guard let text = difference(key, object.properties[key], entry) else { continue }
      differences.append(text)
    }
    let verdict: Verdict = !differences.isEmpty ? .different : entry.isMade ? .explained : .changed
    return Line(object: object, verdict: verdict, entry: entry, change: entry.last, differences: differences)
  }

  /// Properties of which the absence says something too.
  private static let telling: Set<String> = [
    "not null", "default", "identity", "generated", "grantable", "row security", "enabled", "where", "include",
    "not valid", "deferrable", "using", "with check",
  ]
  /// What only one side knows, or says in its own way.
  private static let untold: Set<String> = ["grantor", "privilege", "grantee"]

  private static func difference(_ key: String, _ found: String?, _ entry: SchemaEntry) -> String? {
    let told = entry.object.properties[key]
    guard found != told, !untold.contains(key) else { return nil }
    // What was there before has all that nobody captured.
    guard entry.isMade || told != nil else { return nil }
    if found == nil || told == nil, !telling.contains(key) { return nil }
    // What is not understood is not compared.
    if found == "…" || told == "…" || (found ?? "").contains("'jsonb'") { return nil }
    if let found, let told, key == "type" || key == "default" || key == "definition" {
      // A name with its schema and one without are the same.
      let last = { (text: String) in text.split(separator: ".").last.map(String.init) ?? text }
      if last(found) == last(told) { return nil }
    }
    if key == "default", let found, let told, SchemaComparison.isSameConstant(found, told) { return nil }
    return "\(key): \(found ?? "none"), made as \(told ?? "none")"
  }

  /// `'1'` and `1`, `0` and `0.0`; times in another spelling are believed.
  private static func isSameConstant(_ left: String, _ right: String) -> Bool {
    let bare = { (text: String) in text.replacing("'", with: "") }
    if bare(left) == bare(right) { return true }
    if let a = Double(bare(left)), let b = Double(bare(right)) { return a == b }
    let times: Set<String> = ["'interval'", "'date'", "'timestamp'", "'timestamptz'", "'time'", "'timetz'", "'jsonb'"]
    return times.contains(left) || times.contains(right)
  }

  /// A grant on something from before the captures, by `GRANT … ON ALL TABLES IN SCHEMA`.
  private static func sweep(_ object: SchemaObject, _ state: SchemaState) -> SchemaChange? {
    guard object.kind == .grant else { return nil }
    return state.sweeps.last {
      $0.schema == object.schema && "\($0.privilege) to \($0.grantee)" == object.name
        && (object.properties["on"] ?? "table") == $0.kind.rawValue
    }?.change
  }

  /// A column of a table whose columns came of a query that does not name them.
  private static func open(_ object: SchemaObject, _ live: [SchemaObject.Key: SchemaEntry]) -> SchemaChange? {
    guard object.kind == .column, let owner = object.owner else { return nil }
    let key = SchemaObject(.table, schema: object.schema, name: owner).key
    guard let table = live[key], table.isMade, table.object.properties["columns"] == "open" else { return nil }
    return table.changes.first
  }
}
