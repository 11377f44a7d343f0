import Model

/// An action, as far as what it does to a schema depends on it.
struct SchemaCause: Sendable {
  var actionID: String
  var sessionID: String
  var at: Timestamp
  var isUndecided: Bool
  /// The text, for what the tree leaves out.
  var source: [UInt8]
  /// Whose objects these are, as far as it is known.
  var role: String?
  /// Where names without a schema are looked for, in order.
  var path: [String]
  /// What the server remarked on it.
  var notice: String?

  /// The server said that a name was there already, so that an `IF NOT EXISTS` made nothing.
  func found(_ name: String) -> Bool {
    guard let notice else { return false }
    let codes = ["42P07", "42701", "42710", "42P06", "42723"]
    return notice.contains("\"\(name)\"")
      && (codes.contains { notice.contains($0) } || notice.contains("already exists"))
  }

  /// The schema of the session's own temporary things.
  var temporary: String { "pg_temp:\(sessionID)" }
}
