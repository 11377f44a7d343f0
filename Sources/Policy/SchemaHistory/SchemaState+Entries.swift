import Model

/// What the state is asked for in the end.
extension SchemaState {
  /// Each item that a statement made or changed, as it is now; by place, kind and order of making.
  func entries() -> [SchemaEntry] {
    let order = Dictionary(
      uniqueKeysWithValues: SchemaObject.Kind.allCases.enumerated().map { ($0.element, $0.offset) })
    let found = items.indices.filter { number in
      !items[number].changes.isEmpty && !items[number].isHidden && !(schema(of: number) ?? "").hasPrefix("pg_temp:")
    }
    let sorted = found.map { number in (number, entry(number)) }.sorted { left, right in
      let places = [left.1.object, right.1.object].map { object in
        [object.schema ?? "", object.owner ?? (object.kind == .schema ? "" : object.name)]
      }
      if places[0] != places[1] { return places[0].lexicographicallyPrecedes(places[1]) }
      let kinds = (order[left.1.object.kind] ?? 0, order[right.1.object.kind] ?? 0)
      return kinds.0 != kinds.1 ? kinds.0 < kinds.1 : left.0 < right.0
    }
    return sorted.map(\.1)
  }

  private func entry(_ number: Int) -> SchemaEntry {
    SchemaEntry(
      object: object(number), changes: items[number].changes,
      columns: items[number].needs.union(items[number].columns).sorted()
        .filter { items[$0].kind == .column && items[$0].owner == items[number].owner }.map { items[$0].name },
      isMade: items[number].isMade,
      isDropped: items[number].isDropped)
  }

  func object(_ number: Int) -> SchemaObject {
    let item = items[number]
    return SchemaObject(
      item.kind, schema: schema(of: number), owner: item.owner.map { items[$0].name }, name: item.name,
      properties: item.properties.mapValues { text($0) }
        .merging(item.hasOpenColumns ? ["columns": "open"] : [:]) { $1 })
  }
}
