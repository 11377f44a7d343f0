import Model

/// New names, new schemas, new owners: the history goes on.
extension SchemaState {
  mutating func rename(_ node: TreeNode, _ cause: SchemaCause) {
    guard let new = node["newname"].string else { return }
    let kind = node["renameType"].string ?? ""
    let old = node["subname"].string ?? ""
    switch kind {
    case "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_INDEX", "OBJECT_SEQUENCE", "OBJECT_VIEW", "OBJECT_MATVIEW":
      if node["missing_ok"].bool, existing(node["relation"], cause) == nil { return }
      let target: SchemaObject.Kind =
        switch kind {
        case "OBJECT_INDEX": .index
        case "OBJECT_SEQUENCE": .sequence
        case "OBJECT_VIEW", "OBJECT_MATVIEW": .view
        default: .table
        }
      guard let number = relation(node["relation"], cause, as: target) else { return }
      rename(number, to: new, cause)
      if let twin = items[number].twin { rename(twin, to: new, cause) }
    case "OBJECT_COLUMN", "OBJECT_ATTRIBUTE":
      guard kind == "OBJECT_COLUMN", let table = relation(node["relation"], cause), items[table].kind == .table else {
        return
      }
      renameColumn(old, of: table, to: new, cause, 0)
    case "OBJECT_TABCONSTRAINT":
      guard let table = relation(node["relation"], cause) else { return }
      renameConstraint(old, of: table, to: new, cause, 0)
    case "OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE":
      guard let table = relation(node["relation"], cause) else { return }
      let member: SchemaObject.Kind = kind == "OBJECT_TRIGGER" ? .trigger : kind == "OBJECT_POLICY" ? .policy : .rule
      let number = self.member(member, old, of: table) ?? insert(SchemaItem(kind: member, name: old, owner: table))
      guard let number else { return }
      rename(number, to: new, cause)
      for heir in items[number].heirs where member == .trigger { rename(heir, to: new, cause) }
    case "OBJECT_SCHEMA":
      guard let schema = root(.schema, old) else { return }
      rename(schema, to: new, cause)
      let contents =
        relations.filter { $0.key.schema == old }.map(\.value)
        + others.values.flatMap { $0.filter { $0.key.schema == old }.map(\.value) }
      for number in contents.sorted() where items[number].owner == nil { move(number, schema: new) }
    case "OBJECT_TYPE", "OBJECT_DOMAIN":
      if let type = other(.type, node["object"]["List"]["items"].list.compactMap(\.sval), cause) {
        rename(type, to: new, cause)
      }
    case "OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_AGGREGATE", "OBJECT_ROUTINE":
      guard let number = function(node["object"], cause) else { return }
      let arguments = items[number].name.drop { $0 != "(" }
      rename(number, to: new + arguments, cause)
    case "OBJECT_ROLE": renameRole(old, to: new, cause)
    case "OBJECT_STATISTIC_EXT":
      if let number = other(.statistics, node["object"]["List"]["items"].list.compactMap(\.sval), cause) {
        rename(number, to: new, cause)
      }
    default: return
    }
  }

  mutating func rename(_ number: Int, to new: String, _ cause: SchemaCause) {
    let old = items[number].name
    guard old != new else { return }
    move(number, name: new)
    note(number, .rename, cause, "was \(old)")
  }

  private mutating func renameColumn(
    _ old: String, of table: Int, to new: String, _ cause: SchemaCause, _ depth: Int
  ) {
    guard depth < 50, let column = column(old, of: table) else { return }
    rename(column, to: new, cause)
    for grant in members(.grant, of: table) where items[grant].columns == [column] {
      move(grant, name: grantName(grant))
    }
    for heir in items[table].heirs { renameColumn(old, of: heir, to: new, cause, depth + 1) }
  }

  private mutating func renameConstraint(
    _ old: String, of table: Int, to new: String, _ cause: SchemaCause, _ depth: Int
  ) {
    let found = member(.constraint, old, of: table) ?? insert(SchemaItem(kind: .constraint, name: old, owner: table))
    guard depth < 50, let number = found else { return }
    rename(number, to: new, cause)
    if let twin = items[number].twin { rename(twin, to: new, cause) }
    guard items[number].form == .check, !items[number].isOwnOnly else { return }
    for heir in items[number].heirs {
      if let owner = items[heir].owner { renameConstraint(old, of: owner, to: new, cause, depth + 1) }
    }
  }

  // MARK: SET SCHEMA

  mutating func setSchema(_ node: TreeNode, _ cause: SchemaCause) {
    guard let new = node["newschema"].string else { return }
    let kind = node["objectType"].string ?? ""
    let names = node["object"]["List"]["items"].list.compactMap(\.sval)
    let number: Int?
    switch kind {
    case "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE": number = relation(node["relation"], cause)
    case "OBJECT_VIEW", "OBJECT_MATVIEW": number = relation(node["relation"], cause, as: .view)
    case "OBJECT_SEQUENCE": number = relation(node["relation"], cause, as: .sequence)
    case "OBJECT_TYPE", "OBJECT_DOMAIN": number = other(.type, names, cause)
    case "OBJECT_STATISTIC_EXT": number = other(.statistics, names, cause)
    default: number = function(node["object"], cause)
    }
    guard let number, let old = schema(of: number), old != new else { return }
    // Owned sequences go along.
    for column in members(.column, of: number) {
      for sequence in ownedSequences[column] ?? [] where schema(of: sequence) == old {
        move(sequence, schema: new)
        note(sequence, .move, cause, "was in \(old)")
      }
    }
    move(number, schema: new)
    note(number, .move, cause, "was in \(old)")
  }

  // MARK: Owners and roles

  mutating func alterOwner(_ node: TreeNode, _ cause: SchemaCause) {
    let new = node["newowner"]["rolename"].string ?? cause.role
    switch node["objectType"].string ?? "" {
    case "OBJECT_SCHEMA": if let number = root(.schema, node["object"].sval) { setOwner(number, new, cause) }
    case "OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_AGGREGATE", "OBJECT_ROUTINE":
      if let number = function(node["object"], cause) { setOwner(number, new, cause) }
    case "OBJECT_TYPE", "OBJECT_DOMAIN":
      if let number = other(.type, node["object"]["List"]["items"].list.compactMap(\.sval), cause) {
        setOwner(number, new, cause)
      }
    default: return
    }
  }

  /// The owner's own privileges go to the new one; what the new one was granted is his anyway.
  mutating func setOwner(_ number: Int, _ new: String?, _ cause: SchemaCause) {
    guard let new = new ?? cause.role else { return }
    let old = items[number].properties["owner"].map { text($0) }
    guard old != new else { return }
    items[number].properties["owner"] = Definition(new)
    note(number, .alter, cause, old.map { "owner \($0) → \(new)" } ?? "owner → \(new)")
    for grant in members(.grant, of: number) where grantee(of: grant) == new {
      end(grant, cause, "\(new) owns it")
    }
    for column in members(.column, of: number) {
      for sequence in ownedSequences[column] ?? [] { setOwner(sequence, new, cause) }
    }
  }

  private mutating func renameRole(_ old: String, to new: String, _ cause: SchemaCause) {
    for number in items.indices where !items[number].isDropped {
      if items[number].kind == .grant, grantee(of: number) == old {
        items[number].properties["grantee"] = Definition(new)
        move(number, name: grantName(number))
      } else if let owner = items[number].properties["owner"], text(owner) == old {
        items[number].properties["owner"] = Definition(new)
      }
    }
    for index in defaultPrivileges.indices {
      let key = SchemaItem.MemberKey(kind: .defaultPrivilege, name: defaultPrivileges[index].name)
      defaultPrivileges[index].rename(old, to: new)
      if let number = roots[key] { move(number, name: defaultPrivileges[index].name) }
    }
  }

  /// REASSIGN OWNED BY.
  mutating func reassign(_ node: TreeNode, _ cause: SchemaCause) {
    let old = Set(node["roles"].list.compactMap { $0["RoleSpec"]["rolename"].string })
    guard let new = node["newrole"]["rolename"].string ?? cause.role else { return }
    for number in items.indices where !items[number].isDropped {
      if let owner = items[number].properties["owner"], old.contains(text(owner)) { setOwner(number, new, cause) }
    }
  }

  /// DROP OWNED BY: his things, and what he was granted.
  mutating func dropOwned(_ node: TreeNode, _ cause: SchemaCause) {
    let roles = Set(node["roles"].list.compactMap { $0["RoleSpec"]["rolename"].string })
    for number in items.indices where !items[number].isDropped {
      if let owner = items[number].properties["owner"], roles.contains(text(owner)) {
        end(number, cause, "its owner's things were dropped", isCascading: true)
      } else if items[number].kind == .grant, let grantee = grantee(of: number), roles.contains(grantee) {
        end(number, cause, "its grantee's things were dropped")
      }
    }
    defaultPrivileges.removeAll { $0.role.map { roles.contains($0) } ?? false || roles.contains($0.grantee) }
  }
}
