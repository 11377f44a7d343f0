import Model

/// What ALTER DEFAULT PRIVILEGES gives to what a role will make.
struct DefaultPrivilege: Hashable, Sendable {
  /// Who makes it; nil where it is not known who that is.
  var role: String?
  /// Nil for all schemas.
  var schema: String?
  /// `tables`, `sequences`, `functions`, `types`, `schemas`.
  var objects: String
  var privilege: String
  var grantee: String
  var isGrantable = false
  /// It takes away what everybody has otherwise: EXECUTE of functions.
  var isTaken = false
  var actionID: String

  /// What people and the catalog call it.
  var name: String {
    let place = schema.map { " in \($0)" } ?? ""
    return "\(privilege) on \(objects)\(place) to \(grantee), by \(role ?? "?")"
  }

  mutating func rename(_ old: String, to new: String) {
    if role == old { role = new }
    if grantee == old { grantee = new }
  }

  func isSame(_ other: DefaultPrivilege) -> Bool {
    (role, schema, objects) == (other.role, other.schema, other.objects)
      && (privilege, grantee) == (other.privilege, other.grantee)
  }
}
