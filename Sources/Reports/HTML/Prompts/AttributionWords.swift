import Model

/// The words for what an action goes back to: the same facts as `exhibit why`, in a line.
enum AttributionWords {
  static let unknown = "not from any known prompt"

  /// `very likely (96.7 %)`; ambiguous evidence has no word of its own.
  static func sure(_ confidence: Double) -> String {
    let word =
      switch confidence {
      case 0.99...: "nearly certain"
      case 0.95...: "very likely"
      case 0.88...: "likely"
      default: "possible"
      }
    return "\(word) (\(Attribution.percent(confidence)))"
  }

  /// By what kind of evidence, at best.
  static func method(_ method: Attribution.Method) -> String {
    switch method {
    case .explicitID: "by an id on the wire"
    case .content: "by the exact text"
    case .fingerprint: "by the statement, with other values"
    case .response: "by an answer that the call's result repeats"
    case .connection: "by the connection"
    case .order: "by its turn"
    case .time: "by the time alone"
    }
  }

  static func kind(_ kind: Prompt.Kind) -> String {
    switch kind {
    case .human: "typed by a person"
    case .queued: "typed while the agent was at work"
    case .command: "a command to the agent"
    case .system: "instructions of the program"
    case .delegated: "given by an agent to its sub-agent"
    case .notification: "a report of the program"
    case .summary: "a summary of what was said before"
    }
  }

  static func witness(_ verdict: CallVerdict.Verdict) -> String {
    switch verdict {
    case .corroborated: "seen"
    case .unwitnessed: "not seen"
    case .mismatched: "something else was seen"
    case .silent: "nothing to see"
    }
  }

  /// `14 reads (312 rows), 2 writes, 1 schema change`.
  static func effects(_ effects: PromptEffects) -> String {
    var parts: [String] = []
    for effect in Effect.allCases {
      guard let count = effects.counts[effect], effect != .session else { continue }
      var part = Figures.count(count, effect.noun)
      if effect == .read, effects.rowCount > 0 { part += " (\(Figures.count(effects.rowCount, "row")))" }
      parts.append(part)
    }
    if effects.ambiguousCount > 0 { parts.append("\(Figures.count(effects.ambiguousCount)) ambiguous") }
    return parts.joined(separator: ", ")
  }

  /// The same, or that there is none.
  static func cameOf(_ effects: PromptEffects) -> String {
    let words = self.effects(effects)
    return words.isEmpty ? "nothing that the captures show" : words
  }

  /// The reasons one after another, as `exhibit why` has them in lines.
  static func reasons(_ reason: String) -> String { String(Excerpt(reason, limit: 600).text) }
}

extension PromptEntry {
  /// `dana`, or that the transcript names nobody.
  var asker: String {
    if let human { return human }
    return kind.isTyped ? "not named" : "nobody: " + AttributionWords.kind(kind)
  }

  /// `claude-code, claude-opus-4-6`.
  var program: String {
    let names = [agent, model].compactMap(\.self).filter { !$0.isEmpty }
    return names.isEmpty ? "unknown agent" : names.joined(separator: ", ")
  }

  /// `prompt 3 of 4`, where it was typed and is one of several.
  var turn: String {
    guard number > 0 else { return "prompt" }
    return siblings > 1 ? "prompt \(Figures.count(number)) of \(Figures.count(siblings))" : "the only prompt"
  }

  /// Its beginning.
  func excerpt(_ limit: Int) -> String {
    let cut = Excerpt(text, limit: limit)
    return cut.text + (cut.isCut || cut.text.utf8.count < byteCount ? "…" : "")
  }
}
