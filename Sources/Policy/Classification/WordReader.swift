import Model

/// Judges a statement by its words alone, for what the grammar does not know. It never says `read`.
enum WordReader {
  private static let writes: Set<String> = ["insert", "update", "delete", "merge", "truncate", "copy"]

  static func classification(_ words: [String], _ reason: String) -> Classification {
    let first = words.first ?? ""
    let second = words.dropFirst().first ?? ""
    var effect = Effect.unknown
    var verb = first.uppercased()
    switch first {
    case "insert", "update", "delete", "merge", "truncate": effect = .write
    case "copy": effect = .unknown
    case "grant", "revoke": effect = .privilege
    case "create", "alter", "drop", "comment":
      effect = ["role", "user", "group", "policy"].contains(second) ? .privilege : .schema
      verb += " " + second.uppercased()
    case "": verb = "UNKNOWN"
    default: effect = words.contains { writes.contains($0) } ? .write : .unknown
    }
    return Classification(
      verb: verb.isEmpty ? "UNKNOWN" : verb, effect: effect, resources: tables(words), note: reason)
  }

  /// The word after INTO, UPDATE, FROM, JOIN or TABLE, as far as that is a name.
  private static func tables(_ words: [String]) -> [Resource] {
    var resources: [Resource] = []
    for (word, next) in zip(words, words.dropFirst()) where resources.count < 20 {
      let access =
        switch word {
        case "into", "update", "table": "write"
        case "from", "join": "read"
        default: ""
        }
      let isKeyword = ["select", "only", "if", "set", "lateral", "values"].contains(next)
      if !access.isEmpty, !isKeyword { resources.append(Resource(access, "table", next)) }
    }
    return resources
  }
}
