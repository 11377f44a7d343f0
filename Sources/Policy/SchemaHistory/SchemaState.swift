import Model

/// What a database's schema is, as statements made it: a catalog that is built from DDL.
///
/// It knows what the statements told. What was there before them is an item that nobody made, as soon as it is named.
struct SchemaState {
  /// Where a name of a relation or a type stands.
  struct Place: Hashable {
    var schema: String
    var name: String
  }

  /// A privilege on everything of a schema, for what was there before the captures.
  struct Sweep {
    var schema: String
    var kind: SchemaObject.Kind
    var privilege: String
    var grantee: String
    var change: SchemaChange
  }

  /// Items that are kept; what comes then is counted only.
  static let itemLimit = 2_000_000

  var items: [SchemaItem] = []
  /// Tables, views, sequences and indexes share their names.
  var relations: [Place: Int] = [:]
  /// Types, functions and statistics, by kind.
  var others: [SchemaObject.Kind: [Place: Int]] = [:]
  /// Schemas and extensions.
  var roots: [SchemaItem.MemberKey: Int] = [:]
  /// How many constraints of a schema have a name, which the names of others avoid.
  var constraintNames: [Place: Int] = [:]
  /// What names an item: those that it cannot go without.
  var dependents: [Int: [Int]] = [:]
  /// Sequences that go where their column goes, by the column.
  var ownedSequences: [Int: [Int]] = [:]
  /// Functions by their names without arguments.
  var overloads: [Place: [Int]] = [:]
  /// Extended statistics by their table.
  var statistics: [Int: [Int]] = [:]
  /// Foreign keys by the table that they name.
  var foreignKeys: [Int: [Int]] = [:]
  var defaultPrivileges: [DefaultPrivilege] = []
  var sweeps: [Sweep] = []
  /// What is there now, where it is known: for names without a schema.
  let known: KnownPlaces
  /// PostgreSQL's, where the captures tell: what ALL means depends on it.
  var majorVersion = 15
  /// There were more items than are kept.
  var hasReachedLimit = false

  init(known: KnownPlaces = KnownPlaces([])) { self.known = known }

  // MARK: Finding

  func schema(of item: Int) -> String? {
    var item = item
    // A trigger of a table, a grant on its column: two steps at the most.
    for _ in 0..<4 {
      if let schema = items[item].schema { return schema }
      guard let owner = items[item].owner else { return nil }
      item = owner
    }
    return nil
  }

  func member(_ kind: SchemaObject.Kind, _ name: String, of owner: Int) -> Int? {
    items[owner].members[SchemaItem.MemberKey(kind: kind, name: name)]
  }

  /// Those of a kind that are there, in the order in which they came.
  func members(_ kind: SchemaObject.Kind, of owner: Int) -> [Int] {
    items[owner].allMembers.filter { items[$0].kind == kind && !items[$0].isDropped && items[$0].owner == owner }
  }

  func relation(_ schema: String, _ name: String) -> Int? { relations[Place(schema: schema, name: name)] }

  /// The schema in which a name without one is made.
  func creationSchema(_ cause: SchemaCause) -> String {
    path(cause).dropFirst().first { $0 != "pg_catalog" } ?? "public"
  }

  /// The schemas in which names without one are looked for; `$user` counts only where there is such a schema.
  func path(_ cause: SchemaCause) -> [String] {
    var path = [cause.temporary]
    for schema in cause.path {
      guard schema == "$user" else {
        path.append(schema)
        continue
      }
      guard let role = cause.role else { continue }
      if roots[SchemaItem.MemberKey(kind: .schema, name: role)] != nil || known.schemas.contains(role) {
        path.append(role)
      }
    }
    return path
  }

  /// The relation of a RangeVar; one that no statement made is from before.
  mutating func relation(_ node: TreeNode, _ cause: SchemaCause, as kind: SchemaObject.Kind = .table) -> Int? {
    guard let name = node["relname"].string else { return nil }
    return relation(node["schemaname"].string, name, cause, as: kind)
  }

  mutating func relation(
    _ schema: String?, _ name: String, _ cause: SchemaCause, as kind: SchemaObject.Kind = .table
  ) -> Int? {
    if let found = existing(schema, name, cause) { return found }
    let place = schema.map { $0 == "pg_temp" ? cause.temporary : $0 } ?? known.schema(of: name, path(cause))
    return insert(SchemaItem(kind: kind, schema: place ?? creationSchema(cause), name: name))
  }

  func existing(_ schema: String?, _ name: String, _ cause: SchemaCause) -> Int? {
    if let schema { return relation(schema == "pg_temp" ? cause.temporary : schema, name) }
    for schema in path(cause) { if let found = relation(schema, name) { return found } }
    // Nothing of the path has it: it may stand where the path led that nobody saw.
    return nil
  }

  func existing(_ node: TreeNode, _ cause: SchemaCause) -> Int? {
    node["relname"].string.flatMap { existing(node["schemaname"].string, $0, cause) }
  }

  /// A relation by a list of names: `schema.table`.
  mutating func relation(_ names: [String], _ cause: SchemaCause, as kind: SchemaObject.Kind = .table) -> Int? {
    guard let name = names.last else { return nil }
    return relation(names.count > 1 ? names[names.count - 2] : nil, name, cause, as: kind)
  }

  /// A column; one that no statement made is from before.
  mutating func column(_ name: String, of table: Int) -> Int? {
    member(.column, name, of: table) ?? insert(SchemaItem(kind: .column, name: name, owner: table))
  }

  /// Something by its schema and name among those of a kind that are no relations.
  func other(_ kind: SchemaObject.Kind, _ names: [String], _ cause: SchemaCause) -> Int? {
    guard let name = names.last else { return nil }
    if names.count > 1 { return others[kind]?[Place(schema: names[names.count - 2], name: name)] }
    for schema in path(cause) { if let found = others[kind]?[Place(schema: schema, name: name)] { return found } }
    return nil
  }

  // MARK: Making and ending

  /// Adds an item where it is found. One that is in its place already must have gone unseen.
  mutating func insert(_ item: SchemaItem) -> Int? {
    guard items.count < SchemaState.itemLimit else {
      hasReachedLimit = true
      return nil
    }
    let number = items.count
    if let old = place(of: item) { unlink(old) }
    items.append(item)
    if let owner = item.owner { items[owner].allMembers.append(number) }
    for need in item.needs { dependents[need, default: []].append(number) }
    link(number)
    return number
  }

  private func place(of item: SchemaItem) -> Int? {
    switch item.kind {
    case .table, .view, .sequence:
      return relations[Place(schema: item.schema ?? "", name: item.name)]
    case .index:
      return item.owner.flatMap { schema(of: $0) }.flatMap { relations[Place(schema: $0, name: item.name)] }
    case .type, .function, .statistics:
      return others[item.kind]?[Place(schema: item.schema ?? "", name: item.name)]
    case .schema, .extension, .defaultPrivilege: return roots[SchemaItem.MemberKey(kind: item.kind, name: item.name)]
    case .column, .constraint, .trigger, .policy, .rule, .grant:
      return item.owner.flatMap { member(item.kind, item.name, of: $0) }
        ?? (item.owner == nil ? roots[SchemaItem.MemberKey(kind: item.kind, name: item.name)] : nil)
    }
  }

  /// Makes it found by its name.
  private mutating func link(_ number: Int) {
    let item = items[number]
    let key = SchemaItem.MemberKey(kind: item.kind, name: item.name)
    if let owner = item.owner { items[owner].members[key] = number }
    switch item.kind {
    case .table, .view, .sequence, .index:
      relations[Place(schema: schema(of: number) ?? "", name: item.name)] = number
    case .type, .function, .statistics:
      others[item.kind, default: [:]][Place(schema: item.schema ?? "", name: item.name)] = number
      if item.kind == .function { overloads[bare(item), default: []].append(number) }
    case .constraint:
      constraintNames[Place(schema: schema(of: number) ?? "", name: item.name), default: 0] += 1
    case .schema, .extension, .defaultPrivilege: roots[key] = number
    default: if item.owner == nil { roots[key] = number }
    }
  }

  mutating func forget(_ number: Int) {
    let item = items[number]
    let key = SchemaItem.MemberKey(kind: item.kind, name: item.name)
    if let owner = item.owner, items[owner].members[key] == number { items[owner].members[key] = nil }
    let place = Place(schema: schema(of: number) ?? "", name: item.name)
    switch item.kind {
    case .table, .view, .sequence, .index: if relations[place] == number { relations[place] = nil }
    case .type, .function, .statistics:
      if item.kind == .function { overloads[bare(item)]?.removeAll { $0 == number } }
      if others[item.kind]?[place] == number { others[item.kind]?[place] = nil }
    case .constraint:
      let count = (constraintNames[place] ?? 1) - 1
      constraintNames[place] = count > 0 ? count : nil
    default: if roots[key] == number { roots[key] = nil }
    }
  }

  /// Where the functions of one name stand, whatever their arguments.
  private func bare(_ item: SchemaItem) -> Place {
    Place(schema: item.schema ?? "", name: String(item.name.prefix { $0 != "(" }))
  }

  private mutating func unlink(_ number: Int) {
    for member in items[number].members.values where !items[member].isDropped { unlink(member) }
    forget(number)
    items[number].isDropped = true
  }

  /// Gives it another name or another place, where it and what belongs to it are found from then on.
  mutating func move(_ number: Int, name: String? = nil, schema: String? = nil) {
    let members = schema == nil ? [] : items[number].members.values.sorted()
    for member in members { forget(member) }
    forget(number)
    if let name { items[number].name = name }
    if let schema { items[number].schema = schema }
    link(number)
    for member in members { link(member) }
  }

  /// Adds a change to what is told of it.
  mutating func note(_ number: Int, _ kind: SchemaChange.Kind, _ cause: SchemaCause, _ detail: String? = nil) {
    // One action that does two things to one object is one change.
    if let last = items[number].changes.last, last.actionID == cause.actionID, last.kind == kind {
      let details = [last.detail, detail].compactMap { $0 }
      items[number].changes[items[number].changes.count - 1].detail =
        details.isEmpty ? nil : details.joined(separator: ", ")
      return
    }
    items[number].changes.append(
      SchemaChange(
        kind: kind, detail: detail, actionID: cause.actionID, at: cause.at, isUndecided: cause.isUndecided))
  }

  /// Makes an item of a statement.
  @discardableResult
  mutating func make(
    _ item: SchemaItem, _ kind: SchemaChange.Kind, _ cause: SchemaCause, _ detail: String? = nil
  ) -> Int? {
    var item = item
    item.isMade = true
    guard let number = insert(item) else { return nil }
    note(number, kind, cause, detail)
    return number
  }

  /// Gives a sequence to a column, or to none.
  mutating func own(_ sequence: Int, by column: Int?) {
    if let old = items[sequence].columns.first { ownedSequences[old]?.removeAll { $0 == sequence } }
    items[sequence].columns = column.map { [$0] } ?? []
    if let column { ownedSequences[column, default: []].append(sequence) }
  }

  /// Says that one item cannot be without others.
  mutating func depend(_ number: Int, on others: some Sequence<Int>) {
    for other in others where other != number && items[number].needs.insert(other).inserted {
      dependents[other, default: []].append(number)
    }
  }

  // MARK: Words

  /// `table public.orders`, `column total`.
  func title(of number: Int) -> String {
    let item = items[number]
    let schema = item.owner == nil ? item.schema.map { "\($0)." } ?? "" : ""
    return "\(item.kind.rawValue) \(schema)\(item.name)"
  }

  func text(_ definition: Definition) -> String {
    definition.text { item, isQualified in
      let name = items[item].name
      return isQualified ? schema(of: item).map { "\($0).\(name)" } ?? name : name
    }
  }
}
