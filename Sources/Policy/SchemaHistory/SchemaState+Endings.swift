import Model

/// What goes, and what goes with it.
extension SchemaState {
  /// Ends an item, what belongs to it and what cannot be without it.
  ///
  /// The detail says with what it went, where the statement does not name it. Cascading, what is somebody else's goes too;
  /// without it PostgreSQL would have refused.
  mutating func end(_ number: Int, _ cause: SchemaCause, _ detail: String? = nil, isCascading: Bool = false) {
    guard !items[number].isDropped else { return }
    // Marked first, so that a circle ends.
    items[number].isDropped = true
    let because = "with \(title(of: number))"
    let kind = items[number].kind
    for heir in items[number].heirs where !items[heir].isDropped {
      endHeir(heir, of: number, cause, because, isCascading)
    }
    // Columns last: what is on them goes with the table.
    let members = items[number].members.values.sorted {
      let isColumn = (items[$0].kind == .column, items[$1].kind == .column)
      return isColumn.0 == isColumn.1 ? $0 < $1 : isColumn.1
    }
    for member in members where !items[member].isDropped {
      end(member, cause, because, isCascading: isCascading)
    }
    for own in statistics[number] ?? [] { end(own, cause, because, isCascading: isCascading) }
    for sequence in ownedSequences[number] ?? [] { end(sequence, cause, because, isCascading: isCascading) }
    for dependent in dependents[number] ?? [] where !items[dependent].isDropped {
      let other = items[dependent]
      let isAutomatic =
        kind == .column && [.index, .constraint, .statistics].contains(other.kind) && other.needs.contains(number)
        && (other.owner == items[number].owner || other.kind == .statistics)
      if kind == .sequence, other.kind == .column {
        guard isCascading || detail != nil, other.properties["default"]?.items.contains(number) == true else {
          continue
        }
        items[dependent].properties["default"] = nil
        if isCascading { note(dependent, .alter, cause, "default dropped \(because)") }
      } else if isAutomatic || isCascading {
        end(dependent, cause, because, isCascading: isCascading)
      }
    }
    note(number, kind == .grant ? .revoke : .drop, cause, detail)
    forget(number)
    for parent in items[number].parents { items[parent].heirs.removeAll { $0 == number } }
    if let twin = items[number].twin { end(twin, cause, because, isCascading: isCascading) }
  }

  /// What inherits from an item that goes.
  private mutating func endHeir(
    _ heir: Int, of number: Int, _ cause: SchemaCause, _ because: String, _ isCascading: Bool
  ) {
    switch items[number].kind {
    case .table: if items[heir].isPartition || isCascading { end(heir, cause, because, isCascading: isCascading) }
    case .constraint where items[heir].form == .check:
      items[heir].parents.removeAll { $0 == number }
      guard items[heir].isInherited, items[heir].parents.isEmpty else { return }
      end(heir, cause, because, isCascading: isCascading)
    default: end(heir, cause, because, isCascading: isCascading)
    }
  }

  /// DROP of anything that is no role or database.
  mutating func drop(_ node: TreeNode, _ cause: SchemaCause) {
    let isCascading = node["behavior"].string == "DROP_CASCADE"
    for object in node["objects"].list {
      guard let number = dropped(node["removeType"].string ?? "", object, cause) else { continue }
      if items[number].kind == .schema { endContents(of: items[number].name, cause) }
      end(number, cause, isCascading: isCascading)
    }
  }

  private mutating func dropped(_ kind: String, _ node: TreeNode, _ cause: SchemaCause) -> Int? {
    let names = node["List"]["items"].list.compactMap(\.sval)
    switch kind {
    case "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE": return relation(names, cause)
    case "OBJECT_VIEW", "OBJECT_MATVIEW": return relation(names, cause, as: .view)
    case "OBJECT_SEQUENCE": return relation(names, cause, as: .sequence)
    // An index that nobody saw made: its table is not known.
    case "OBJECT_INDEX": return relation(names, cause, as: .index)
    case "OBJECT_SCHEMA": return root(.schema, node.sval)
    case "OBJECT_EXTENSION": return root(.extension, node.sval)
    case "OBJECT_TYPE", "OBJECT_DOMAIN":
      return other(.type, node["TypeName"]["names"].list.compactMap(\.sval), cause)
    case "OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_AGGREGATE", "OBJECT_ROUTINE": return function(node, cause)
    case "OBJECT_STATISTIC_EXT": return other(.statistics, names, cause)
    case "OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE":
      guard let name = names.last, let table = relation(Array(names.dropLast()), cause) else { return nil }
      let member: SchemaObject.Kind = kind == "OBJECT_TRIGGER" ? .trigger : kind == "OBJECT_POLICY" ? .policy : .rule
      return self.member(member, name, of: table) ?? insert(SchemaItem(kind: member, name: name, owner: table))
    default: return nil
    }
  }

  /// A schema or an extension; one that no statement made is from before.
  mutating func root(_ kind: SchemaObject.Kind, _ name: String?) -> Int? {
    guard let name else { return nil }
    return roots[SchemaItem.MemberKey(kind: kind, name: name)] ?? insert(SchemaItem(kind: kind, name: name))
  }

  /// DROP SCHEMA … CASCADE takes all that stands in it.
  mutating func endContents(of schema: String, _ cause: SchemaCause) {
    let because = "with schema \(schema)"
    let found =
      relations.filter { $0.key.schema == schema }.map(\.value)
      + others.values.flatMap { $0.filter { $0.key.schema == schema }.map(\.value) }
    for number in found.sorted() { end(number, cause, because, isCascading: true) }
  }
}
