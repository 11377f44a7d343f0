import Model

/// Where the relations of a database stand, where somebody else knows: for names without a schema, of things that no
/// captured statement made.
struct KnownPlaces: Sendable {
  let schemas: Set<String>
  private let places: [String: [String]]

  init(_ objects: [SchemaObject]) {
    var schemas: Set<String> = []
    var places: [String: [String]] = [:]
    for object in objects {
      if object.kind == .schema { schemas.insert(object.name) }
      guard let schema = object.schema else { continue }
      schemas.insert(schema)
      switch object.kind {
      case .table, .view, .sequence, .index: places[object.name, default: []].append(schema)
      default: continue
      }
    }
    (self.schemas, self.places) = (schemas, places)
  }

  /// The first schema of the path that has the name; else the only one that has it.
  func schema(of name: String, _ path: [String]) -> String? {
    guard let found = places[name] else { return nil }
    return path.first { found.contains($0) } ?? (found.count == 1 ? found.first : nil)
  }
}
