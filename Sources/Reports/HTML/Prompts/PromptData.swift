import Model

/// Prompts for the script: what the picture and the boxes of actions tell of them.
struct PromptData {
  let survey: CaseSurvey
  let base: Timestamp

  /// Bytes of a prompt's text for the script.
  private static let textBytes = 600

  /// The members of the facts of a case.
  func write(to json: inout ScriptJSON) {
    let book = survey.prompts
    json.key("prompts")
    json.array { json in
      for place in book.listed { write(book.entries[place], to: &json) }
    }
    json.key("promptsOmitted")
    json.value(book.omittedCount)
    json.key("promptWords")
    json.value([AttributionWords.unknown, "a tool call whose prompt is not known"])
  }

  private func write(_ entry: PromptEntry, to json: inout ScriptJSON) {
    json.array { json in
      json.value(entry.id)
      if entry.isTimed {
        json.value(entry.time.nanoseconds(since: base))
      } else {
        json.null()
      }
      json.value(entry.excerpt(Self.textBytes))
      json.value(entry.isTimed && survey.timeline.scale.covers(entry.time) ? 1 : 0)
      json.value(entry.asker)
      json.value(entry.program)
      json.value(entry.turn + ", " + AttributionWords.kind(entry.kind))
      json.value(AttributionWords.cameOf(entry.effects))
      json.value(entry.refused)
      json.value(entry.claimCount)
      json.value(entry.isTimed ? survey.promptClock.time(entry.time, fractionDigits: 0) : "time not known")
      json.value(entry.actionCount + entry.effects.ambiguousCount)
    }
  }
}
