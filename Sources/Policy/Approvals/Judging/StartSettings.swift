/// Settings that a connection began with, other than every client has, as a request lists them: `search_path=app`.
enum StartSettings {
  /// - Parameters:
  ///   - facts: the session's facts, start-up parameters and ParameterStatus among them.
  ///   - meaning: what its statements set since.
  /// - Returns: `name=value`, sorted.
  static func found(in facts: [(name: String, value: String)], meaning: SessionMeaning) -> [String] {
    var found: [String] = []
    for fact in facts {
      let name = fact.name.lowercased()
      let isUnusual =
        switch name {
        case "options": !fact.value.isEmpty
        // PostgreSQL 18 reports it for every connection.
        case "search_path": fact.value != "\"$user\", public" && !meaning.sets(name)
        case "standard_conforming_strings": fact.value != "on" && !meaning.sets(name)
        case "role", "session_replication_role", "row_security", "transform_null_equals", "check_function_bodies":
          !meaning.sets(name)
        default: false
        }
      if isUnusual { found.append("\(fact.name)=\(fact.value)") }
    }
    return found.sorted()
  }
}
