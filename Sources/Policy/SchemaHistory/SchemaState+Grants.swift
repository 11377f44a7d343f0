import Model

/// Privileges: each is an item of what it is on, `SELECT to reporting`.
extension SchemaState {
  /// What ALL means.
  func all(_ kind: SchemaObject.Kind) -> [String] {
    switch kind {
    case .table, .view:
      ["DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"]
        + (majorVersion >= 17 ? ["MAINTAIN"] : [])
    case .sequence: ["SELECT", "UPDATE", "USAGE"]
    case .column: ["INSERT", "REFERENCES", "SELECT", "UPDATE"]
    case .function: ["EXECUTE"]
    case .schema: ["CREATE", "USAGE"]
    case .type: ["USAGE"]
    default: []
    }
  }

  func grantee(of grant: Int) -> String? { items[grant].properties["grantee"].map { text($0) } }

  /// `SELECT (email) to support`.
  func grantName(_ grant: Int) -> String {
    let item = items[grant]
    let column = item.columns.first.map { " (\(items[$0].name))" } ?? ""
    return "\(item.properties["privilege"].map { text($0) } ?? "?")\(column) to \(grantee(of: grant) ?? "?")"
  }

  mutating func grant(_ node: TreeNode, _ cause: SchemaCause) {
    let object = node["objtype"].string ?? "OBJECT_TABLE"
    var targets: [Int] = []
    let isSweep = node["targtype"].string == "ACL_TARGET_ALL_IN_SCHEMA"
    if isSweep {
      for schema in node["objects"].list.compactMap(\.sval) {
        targets += contents(of: schema, object)
        if object == "OBJECT_TABLE" || object == "OBJECT_SEQUENCE" { sweep(schema, object, node, cause) }
      }
    } else {
      targets = node["objects"].list.compactMap { item in
        switch object {
        case "OBJECT_TABLE": relation(item["RangeVar"], cause)
        case "OBJECT_SEQUENCE": relation(item["RangeVar"], cause, as: .sequence)
        case "OBJECT_SCHEMA": root(.schema, item.sval)
        case "OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE": function(item, cause)
        default: nil
        }
      }
    }
    for target in targets { grant(node, on: target, cause) }
  }

  private func contents(of schema: String, _ object: String) -> [Int] {
    let found: [Int]
    switch object {
    case "OBJECT_TABLE":
      found = relations.filter { $0.key.schema == schema && [.table, .view].contains(items[$0.value].kind) }.map(
        \.value)
    case "OBJECT_SEQUENCE":
      found = relations.filter { $0.key.schema == schema && items[$0.value].kind == .sequence }.map(\.value)
    default: found = (others[.function] ?? [:]).filter { $0.key.schema == schema }.map(\.value)
    }
    return found.sorted()
  }

  private mutating func sweep(_ schema: String, _ object: String, _ node: TreeNode, _ cause: SchemaCause) {
    let kind: SchemaObject.Kind = object == "OBJECT_TABLE" ? .table : .sequence
    for grantee in grantees(node, cause) {
      for privilege in privileges(node, kind).map(\.name) {
        sweeps.removeAll { ($0.schema, $0.kind, $0.privilege, $0.grantee) == (schema, kind, privilege, grantee) }
        guard node["is_grant"].bool else { continue }
        sweeps.append(
          Sweep(
            schema: schema, kind: kind, privilege: privilege, grantee: grantee,
            change: SchemaChange(
              kind: .grant, detail: "on all of \(schema)", actionID: cause.actionID, at: cause.at,
              isUndecided: cause.isUndecided)))
      }
    }
  }

  func role(_ node: TreeNode, _ cause: SchemaCause) -> String? {
    switch node["roletype"].string {
    case "ROLESPEC_PUBLIC": "PUBLIC"
    case "ROLESPEC_CSTRING": node["rolename"].string
    default: cause.role
    }
  }

  private func grantees(_ node: TreeNode, _ cause: SchemaCause) -> [String] {
    node["grantees"].list.compactMap { role($0["RoleSpec"], cause) }
  }

  /// What is granted on something of a kind, with the columns where it is on those.
  private func privileges(_ node: TreeNode, _ kind: SchemaObject.Kind) -> [(
    name: String, columns: [String], isAll: Bool
  )] {
    let list = node["privileges"].list.map { $0["AccessPriv"] }
    guard !list.isEmpty else { return all(kind).map { ($0, [], true) } }
    return list.flatMap { privilege -> [(name: String, columns: [String], isAll: Bool)] in
      let columns = privilege["cols"].list.compactMap(\.sval)
      guard let name = privilege["priv_name"].string?.uppercased() else {
        return all(columns.isEmpty ? kind : .column).map { ($0, columns, true) }
      }
      return [(name, columns, false)]
    }
  }

  private mutating func grant(_ node: TreeNode, on target: Int, _ cause: SchemaCause) {
    let isGrant = node["is_grant"].bool
    let isOption = node["grant_option"].bool
    for grantee in grantees(node, cause) {
      for privilege in privileges(node, items[target].kind) {
        let columns: [Int?] = privilege.columns.isEmpty ? [nil] : privilege.columns.map { column($0, of: target) }
        for column in columns {
          if isGrant {
            give(privilege.name, on: target, column: column, to: grantee, isOption: isOption, cause)
          } else {
            take(
              privilege.name, on: target, column: column, from: grantee, isOption: isOption, isNamed: !privilege.isAll,
              isCascading: node["behavior"].string == "DROP_CASCADE", cause)
          }
        }
      }
    }
  }

  mutating func give(
    _ privilege: String, on target: Int, column: Int?, to grantee: String, isOption: Bool, _ cause: SchemaCause,
    _ detail: String? = nil
  ) {
    // What an owner has on his own is no grant.
    if let owner = items[target].properties["owner"], text(owner) == grantee { return }
    let name = privilege + (column.map { " (\(items[$0].name))" } ?? "") + " to \(grantee)"
    if let own = member(.grant, name, of: target) {
      let isNews = isOption && items[own].properties["grantable"] == nil
      if isOption { items[own].properties["grantable"] = Definition("yes") }
      // It was there; the one who gave it first is the one who gave it, unless nobody saw him.
      if isNews || items[own].changes.isEmpty { note(own, .grant, cause, isNews ? "with grant option" : detail) }
      return
    }
    var item = SchemaItem(kind: .grant, name: name, owner: target)
    item.properties = ["privilege": Definition(privilege), "grantee": Definition(grantee)]
    if isOption { item.properties["grantable"] = Definition("yes") }
    if let column { (item.columns, item.needs) = ([column], [column]) }
    item.properties["grantor"] = cause.role.map { Definition($0) }
    make(item, .grant, cause, isOption ? "with grant option" : detail)
  }

  private mutating func take(
    _ privilege: String, on target: Int, column: Int?, from grantee: String, isOption: Bool, isNamed: Bool,
    isCascading: Bool, _ cause: SchemaCause
  ) {
    let name = privilege + (column.map { " (\(items[$0].name))" } ?? "") + " to \(grantee)"
    // What is revoked on a table is revoked on its columns.
    let onColumns =
      column == nil && items[target].kind == .table
      ? members(.grant, of: target).filter { grant in
        !items[grant].columns.isEmpty && self.grantee(of: grant) == grantee
          && items[grant].properties["privilege"].map { text($0) } == privilege
      } : []
    var found = onColumns
    if let own = member(.grant, name, of: target) { found.append(own) }
    if found.isEmpty, isNamed, !items[target].isMade {
      var item = SchemaItem(kind: .grant, name: name, owner: target)
      item.properties = ["privilege": Definition(privilege), "grantee": Definition(grantee)]
      if let column { item.columns = [column] }
      if let own = insert(item) { found.append(own) }
    }
    for own in found {
      if isOption {
        items[own].properties["grantable"] = nil
        note(own, .revoke, cause, "grant option")
      } else {
        end(own, cause)
      }
    }
    guard isCascading else { return }
    for own in members(.grant, of: target)
    where items[own].properties["grantor"].map({ text($0) }) == grantee
      && items[own].properties["privilege"].map({ text($0) }) == privilege
    {
      end(own, cause, "with that of \(grantee)")
    }
  }

  // MARK: Default privileges

  mutating func alterDefaults(_ node: TreeNode, _ cause: SchemaCause) {
    var roles: [String?] = [cause.role]
    var schemas: [String?] = [nil]
    for option in node["options"].list.map({ $0["DefElem"] }) {
      let list = option["arg"]["List"]["items"].list
      switch option["defname"].string {
      case "roles": roles = list.map { role($0["RoleSpec"], cause) }
      case "schemas": schemas = list.map(\.sval)
      default: continue
      }
    }
    let action = node["action"]
    let kinds: [String: (String, SchemaObject.Kind)] = [
      "OBJECT_TABLE": ("tables", .table), "OBJECT_SEQUENCE": ("sequences", .sequence),
      "OBJECT_FUNCTION": ("functions", .function), "OBJECT_TYPE": ("types", .type),
      "OBJECT_SCHEMA": ("schemas", .schema),
    ]
    guard let (objects, kind) = kinds[action["objtype"].string ?? ""] else { return }
    for role in roles {
      for schema in schemas {
        for grantee in grantees(action, cause) where grantee != role {
          for privilege in privileges(action, kind) {
            let wanted = DefaultPrivilege(
              role: role, schema: schema, objects: objects, privilege: privilege.name, grantee: grantee,
              isGrantable: action["grant_option"].bool, actionID: cause.actionID)
            set(wanted, isGrant: action["is_grant"].bool, cause)
          }
        }
      }
    }
  }

  private mutating func set(_ wanted: DefaultPrivilege, isGrant: Bool, _ cause: SchemaCause) {
    let isBuiltIn =
      wanted.schema == nil && wanted.grantee == "PUBLIC"
      && (wanted.objects == "functions" || wanted.objects == "types")
    let old = defaultPrivileges.filter { $0.isSame(wanted) }
    defaultPrivileges.removeAll { $0.isSame(wanted) }
    if isBuiltIn {
      // Everybody has it unless it was taken away.
      var taken = wanted
      taken.isTaken = true
      if !isGrant { defaultPrivileges.append(taken) }
      return
    }
    let key = SchemaItem.MemberKey(kind: .defaultPrivilege, name: wanted.name)
    if isGrant {
      defaultPrivileges.append(wanted)
      if old.isEmpty || roots[key] == nil {
        make(SchemaItem(kind: .defaultPrivilege, name: wanted.name), .grant, cause)
      }
    } else if let number = roots[key] {
      end(number, cause)
    }
  }

  /// What a new object has from its maker's default privileges.
  mutating func applyDefaultPrivileges(to number: Int, _ objects: String, _ cause: SchemaCause) {
    let schema = items[number].schema
    for privilege in defaultPrivileges
    where privilege.objects == objects && privilege.role == cause.role && !privilege.isTaken
      && (privilege.schema == nil || privilege.schema == schema)
    {
      give(
        privilege.privilege, on: number, column: nil, to: privilege.grantee, isOption: privilege.isGrantable, cause,
        "by the default privileges of \(privilege.actionID)")
    }
    guard objects == "functions" else { return }
    let isTaken = defaultPrivileges.contains { $0.isTaken && $0.objects == "functions" && $0.role == cause.role }
    if !isTaken { give("EXECUTE", on: number, column: nil, to: "PUBLIC", isOption: false, cause, "as any function") }
  }
}
