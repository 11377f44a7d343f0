import Model

/// What earlier statements of a session did to the meaning of later ones: a statement that was approved word for word does
/// something else under another `search_path`.
struct SessionMeaning {
  /// Settings that decide what a statement does or to what (PostgreSQL documentation, chapter 20).
  static let settings: Set<String> = [
    "search_path", "role", "session_authorization", "session authorization", "session_replication_role", "row_security",
    "standard_conforming_strings", "backslash_quote", "timezone", "time zone", "datestyle", "intervalstyle",
    "check_function_bodies", "default_tablespace", "default_table_access_method", "transform_null_equals",
    "default_transaction_read_only", "array_nulls", "bytea_output", "client_encoding", "names",
  ]
  /// Statements prepared by SQL that are remembered of one session.
  static let statementLimit = 1_000

  /// The statement that set each, by the setting's name.
  private var inForce: [String: String] = [:]
  /// Of those, until the end of the transaction.
  private var local: Set<String> = []
  /// Statements prepared by SQL, by name.
  private var prepared: [String: String] = [:]

  /// Takes the next action of the session.
  mutating func add(_ action: Action) {
    guard action.kind == "sql", action.status != .error else { return }
    let words = SQLShape.words(of: action.text).first ?? []
    switch words.first {
    case "prepare": if let name = words.dropFirst().first { prepare(name, Self.text(of: action)) }
    case "deallocate":
      if let name = words.last, name != "all" { prepared[name] = nil } else { prepared = [:] }
    case "discard" where words.contains("all"): (inForce, local, prepared) = ([:], [], [:])
    case "commit", "rollback", "end", "abort": endTransaction()
    case "reset" where words.contains("all"): (inForce, local) = ([:], [])
    default:
      for resource in action.resources where resource.kind == "setting" {
        set(resource.name, words, Self.text(of: action))
      }
    }
  }

  /// What was set for the transaction alone is over.
  mutating func endTransaction() {
    for name in local { inForce[name] = nil }
    local = []
  }

  /// The statement as approvals have it; what was masked is none that they could have.
  private static func text(of action: Action) -> String {
    let text = ApprovalChange.normalised(action.text, kind: "sql")
    return action.maskedSubject.map { "\(text) (masked: \($0))" } ?? text
  }

  private mutating func set(_ name: String, _ words: [String], _ text: String) {
    let name = name.lowercased()
    guard SessionMeaning.settings.contains(name) || name.isEmpty else { return }
    if words.first == "reset" || words.first == "set" && words.last == "default" {
      inForce[name] = nil
      return
    }
    if words.dropFirst().first == "local" || words.contains("set_config") && words.last == "true" { local.insert(name) }
    // There are as many as there are names of settings.
    inForce[name] = text
  }

  private mutating func prepare(_ name: String, _ text: String) {
    guard prepared.count < SessionMeaning.statementLimit || prepared[name] != nil else { return }
    prepared[name] = text
  }

  /// What stands before a statement and decides what it means: statements, each without blanks and semicolon at its ends.
  func before(_ action: Action) -> [String] {
    var statements = inForce.sorted { $0.key < $1.key }.map(\.value)
    let words = SQLShape.words(of: action.text).first ?? []
    if words.first == "execute" {
      // Quoted names are not followed.
      let name = action.text.contains("\"") ? "" : words.dropFirst().first ?? ""
      statements.append(prepared[name] ?? "a PREPARE that was not seen")
    }
    return statements
  }

  /// Whether a statement set it.
  func sets(_ name: String) -> Bool { inForce[name] != nil }
}
