import Model

/// Inheritance and partitions: what a table has from others.
extension SchemaState {
  /// Makes a table inherit. One that is new gets the columns; another has them.
  mutating func adopt(_ table: Int, by parent: Int, _ cause: SchemaCause, isNew: Bool) {
    guard !items[table].parents.contains(parent) else { return }
    link(table, to: parent)
    if items[parent].hasOpenColumns { items[table].hasOpenColumns = true }
    if isNew {
      for column in members(.column, of: parent) where member(.column, items[column].name, of: table) == nil {
        var copy = SchemaItem(kind: .column, name: items[column].name, owner: table)
        copy.properties = items[column].properties
        copy.properties["identity"] = nil
        copy.isInherited = true
        guard let made = make(copy, .add, cause, "inherited") else { return }
        // The default names the same sequence and goes with it.
        depend(made, on: (copy.properties["default"]?.items ?? []) + (copy.properties["type"]?.items ?? []))
      }
    }
    for constraint in members(.constraint, of: parent) where items[constraint].form == .check {
      if !items[constraint].isOwnOnly { inherit(constraint, to: table, cause, 0) }
    }
  }

  /// What a partition gets besides columns and checks: indexes, triggers, foreign keys.
  mutating func cloneMembers(of parent: Int, to table: Int, _ cause: SchemaCause) {
    for index in members(.index, of: parent) { cloneIndex(index, to: table, cause, depth: 0) }
    for trigger in members(.trigger, of: parent) { cloneTrigger(trigger, to: table, cause, 0) }
    for key in foreignKeys[parent] ?? [] where !items[key].isDropped && items[key].referenced == parent {
      guard let owner = items[key].owner else { continue }
      addHidden(key, of: owner, forPartition: table, cause, 0)
    }
    for constraint in members(.constraint, of: parent)
    where items[constraint].form == .foreign && !items[constraint].isHidden {
      cloneForeign(constraint, to: table, cause, 0)
    }
  }

  mutating func cloneTrigger(_ trigger: Int, to table: Int, _ cause: SchemaCause, _ depth: Int) {
    guard depth < 50, items[trigger].isPartitioned else { return }
    var copy = SchemaItem(kind: .trigger, name: items[trigger].name, owner: table)
    copy.properties = items[trigger].properties
    copy.isPartitioned = true
    copy.isInherited = true
    copy.needs = items[trigger].needs.filter { items[$0].kind == .function }
    guard let made = make(copy, .create, cause, "of \(title(of: items[trigger].owner ?? trigger))") else { return }
    link(made, to: trigger)
    for heir in items[table].heirs where items[heir].isPartition { cloneTrigger(made, to: heir, cause, depth + 1) }
  }

  mutating func attach(_ partition: Int, to table: Int, _ cause: SchemaCause) {
    items[table].isPartitioned = true
    items[partition].isPartition = true
    adopt(partition, by: table, cause, isNew: false)
    // Columns that nobody saw made are there on both sides.
    for column in members(.column, of: table) {
      _ = self.column(items[column].name, of: partition)
    }
    cloneMembers(of: table, to: partition, cause)
    note(partition, .alter, cause, "attached to \(title(of: table))")
  }

  /// DETACH PARTITION and NO INHERIT: what it had from its parent is its own now.
  mutating func detach(_ table: Int, from parent: Int, _ cause: SchemaCause) {
    let wasPartition = items[table].isPartition
    items[table].isPartition = false
    items[table].parents.removeAll { $0 == parent }
    items[parent].heirs.removeAll { $0 == table }
    for member in items[table].members.values.sorted() where !items[member].isDropped {
      let inherited = items[member].parents.filter { items[$0].owner == parent }
      if items[member].kind == .column {
        items[member].isInherited = items[table].parents.contains {
          self.member(.column, items[member].name, of: $0) != nil
        }
        continue
      }
      guard !inherited.isEmpty else { continue }
      items[member].parents.removeAll { inherited.contains($0) }
      for old in inherited { items[old].heirs.removeAll { $0 == member } }
      if wasPartition, items[member].kind == .trigger {
        end(member, cause, "detached from \(title(of: parent))")
      } else if items[member].parents.isEmpty {
        items[member].isInherited = false
      }
    }
    // The keys that name the parent name this table no more.
    for key in foreignKeys[table] ?? [] where items[key].isHidden && !items[key].isDropped {
      end(key, cause, "detached")
    }
    note(table, .alter, cause, "detached from \(title(of: parent))")
  }

  // MARK: LIKE

  /// The columns of LIKE; defaults and the rest only where they are asked for (`TableLikeOption` of PostgreSQL).
  mutating func copyColumns(_ node: TreeNode, to table: Int, _ cause: SchemaCause) {
    guard let source = relation(node["relation"], cause) else { return }
    let options = node["options"].integer ?? 0
    if items[source].hasOpenColumns || !items[source].isMade { items[table].hasOpenColumns = true }
    for column in members(.column, of: source) {
      let original = items[column]
      var copy = SchemaItem(kind: .column, name: original.name, owner: table)
      copy.properties = original.properties.filter { ["type", "not null"].contains($0.key) }
      if options & 8 != 0 { copy.properties["default"] = original.properties["default"] }
      if options & 16 != 0 { copy.properties["generated"] = original.properties["generated"] }
      if options & 32 != 0 { copy.properties["identity"] = original.properties["identity"] }
      copy.needs = Set(
        (copy.properties["type"]?.items ?? []) + (copy.properties["default"]?.items ?? []))
      guard let made = make(copy, .add, cause, "like \(title(of: source))") else { return }
      if copy.properties["identity"] != nil {
        let schema = schema(of: table) ?? "public"
        let name = SchemaNaming.choose(items[table].name, original.name, "seq") { relation(schema, $0) != nil }
        if let sequence = make(SchemaItem(kind: .sequence, schema: schema, name: name), .create, cause) {
          own(sequence, by: made)
        }
      }
    }
  }

  /// Checks and indexes of LIKE … INCLUDING.
  mutating func copyMembers(_ node: TreeNode, to table: Int, _ cause: SchemaCause) {
    guard let source = relation(node["relation"], cause) else { return }
    let options = node["options"].integer ?? 0
    if options & 4 != 0 {
      for constraint in members(.constraint, of: source) where items[constraint].form == .check {
        var copy = SchemaItem(kind: .constraint, name: items[constraint].name, owner: table)
        copy.form = .check
        copy.properties = items[constraint].properties.mapValues { transfer($0, to: table) }
        copy.columns = items[constraint].columns.compactMap { column(items[$0].name, of: table) }
        copy.needs = Set(copy.columns)
        make(copy, .add, cause, "like \(title(of: source))")
      }
    }
    if options & 64 != 0 {
      let indexes = members(.index, of: source)
      let first = indexes.filter { items[$0].twin.map { items[$0].form == .primary } ?? false }
      for index in first + indexes.filter({ !first.contains($0) }) {
        cloneIndex(index, to: table, cause, depth: 0, takesEqual: false)
        // It is like the other, and no part of it.
        for made in members(.index, of: table) where items[made].parents.contains(index) {
          items[made].parents.removeAll { $0 == index }
          items[index].heirs.removeAll { $0 == made }
          if let twin = items[made].twin {
            items[twin].isInherited = false
            let parents = items[twin].parents
            items[twin].parents = []
            for parent in parents { items[parent].heirs.removeAll { $0 == twin } }
          }
        }
      }
    }
  }
}
