import Model

/// What came of a prompt, in a line: `14 reads (312 rows), 2 writes, 1 schema change`.
enum EffectsText {
  static func of(_ effects: PromptEffects) -> String {
    var parts: [String] = []
    for effect in Effect.allCases {
      guard let count = effects.counts[effect], effect != .session else { continue }
      var part = "\(Quantity.count(count)) \(noun(effect))\(count == 1 ? "" : "s")"
      if effect == .read, effects.rowCount > 0 { part += " (\(Quantity.of(effects.rowCount, "row")))" }
      parts.append(part)
    }
    if effects.ambiguousCount > 0 { parts.append("\(Quantity.count(effects.ambiguousCount)) ambiguous") }
    return parts.joined(separator: ", ")
  }

  private static func noun(_ effect: Effect) -> String {
    switch effect {
    case .read: "read"
    case .write: "write"
    case .schema: "schema change"
    case .privilege: "privilege change"
    case .execute: "execution"
    case .transfer: "transfer"
    case .session: "session statement"
    case .unknown: "unknown effect"
    }
  }
}
