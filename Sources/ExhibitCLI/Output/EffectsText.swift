import Model

/// What came of a prompt, in a line: `14 reads (312 rows), 2 writes, 1 schema change`.
enum EffectsText {
  static func of(_ effects: PromptEffects) -> String {
    var parts: [String] = []
    for effect in Effect.allCases {
      guard let count = effects.counts[effect], effect != .session else { continue }
      var part = "\(Quantity.count(count)) \(effect.noun)\(count == 1 ? "" : "s")"
      if effect == .read, effects.rowCount > 0 { part += " (\(Quantity.of(effects.rowCount, "row")))" }
      parts.append(part)
    }
    if effects.ambiguousCount > 0 { parts.append("\(Quantity.count(effects.ambiguousCount)) ambiguous") }
    return parts.joined(separator: ", ")
  }
}
