import Model

/// Statements that make PostgreSQL record less (Server Configuration, Error Reporting and Logging; pgaudit).
enum AuditStatements {
  private static let settings = [
    "log_", "pgaudit.", "logging_collector", "track_", "session_replication_role", "shared_preload_libraries",
    "pg_stat_statements.", "auto_explain.", "compute_query_id",
  ]
  /// Values that make it record more.
  private static let recording: Set<String> = ["on", "true", "yes", "1", "all", "origin", "local", "verbose", "auto"]
  private static let resets: Set<String> = ["pg_rotate_logfile", "pg_stat_statements_reset"]

  static func what(_ text: String) -> (what: String, severity: Finding.Severity)? {
    let words = SQLShape.words(of: text).first ?? []
    guard let first = words.first else { return nil }
    if let setting = setting(text, words), Self.settings.contains(where: setting.name.hasPrefix) {
      if recording.contains(setting.value) || setting.name.contains("_min_duration") && setting.value == "0" {
        return nil
      }
      return ("sets \(setting.name)", first == "alter" ? .critical : .high)
    }
    if let function = words.first(where: { $0.hasPrefix("pg_stat_reset") || resets.contains($0) }) {
      return ("calls \(function)", .high)
    }
    if first == "alter", words.contains("disable"), words.contains("trigger") { return ("disables a trigger", .high) }
    guard ["drop", "delete", "truncate", "update"].contains(first) else { return nil }
    if words.starts(with: ["drop", "trigger"]) || words.starts(with: ["drop", "event", "trigger"]) {
      return ("drops a trigger", .medium)
    }
    if words.starts(with: ["drop", "extension"]), words.contains("pgaudit") { return ("drops pgaudit", .critical) }
    // The table is named at the beginning; what a condition compares with is behind it.
    let head = words.prefix { !["where", "set", "using", "returning"].contains($0) }.dropFirst()
    guard let table = head.first(where: isAudit) else { return nil }
    return ("\(first == "drop" ? "drops" : first == "update" ? "rewrites" : "empties") \(table)", .high)
  }

  /// `audit_log`, `customers_audit`, `audit`: a word of the name, not a part of another (`auditorium`).
  private static func isAudit(_ word: String) -> Bool {
    word.split { $0 == "_" || $0 == "." }.contains { ["audit", "audits", "auditlog", "audittrail"].contains($0) }
  }

  /// The setting that a statement changes, and to what: SET, ALTER SYSTEM, ALTER ROLE and DATABASE … SET, set_config.
  private static func setting(_ text: String, _ words: [String]) -> (name: String, value: String)? {
    let text = text.lowercased()
    if words.contains("set_config"), let call = text.firstRange(of: "set_config") {
      let quoted = text[call.upperBound...].split(separator: "'", omittingEmptySubsequences: false)
      guard quoted.count > 3 else { return nil }
      return (String(quoted[1]), String(quoted[3]))
    }
    guard
      words.first == "set"
        || words.first == "alter" && ["system", "role", "user", "database"].contains(words.dropFirst().first ?? "")
    else { return nil }
    let isPart = { (character: Character) in character.isLetter || character.isNumber || "_.".contains(character) }
    let parts = text.split { !isPart($0) && $0 != "'" && $0 != "-" }.map(String.init)
    guard var at = parts.firstIndex(of: "set") else { return nil }
    at += 1
    while at < parts.count, ["session", "local"].contains(parts[at]) { at += 1 }
    guard at < parts.count else { return nil }
    let value = parts.dropFirst(at + 1).first { $0 != "to" } ?? ""
    return (parts[at], value.trimming { $0 == "'" })
  }
}
