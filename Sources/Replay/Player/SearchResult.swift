import Model

/// Where words are found in the statements, parameters, messages and resources of a session.
struct SearchResult {
  let words: String
  /// Indices of the events that begin the actions, in order of time.
  let events: [Int]

  init(_ words: String, in timeline: Timeline, from reading: any CaseReading) throws {
    self.words = words
    let wanted = words.lowercased()
    var found: Set<Int32> = []
    try reading.forEachAction(session: timeline.session.id) { action in
      if Self.texts(of: action).contains(where: { $0.lowercased().contains(wanted) }) {
        found.insert(Int32(clamping: action.sequence))
      }
    }
    events = timeline.events.indices.filter { index in
      let event = timeline.events[index]
      return (event.kind == .statement || event.kind == .note) && found.contains(event.number)
    }
  }

  private static func texts(of action: Action) -> [String] {
    [action.text, action.verb] + [action.parameters, action.message, action.code].compactMap(\.self)
      + action.resources.map(\.description)
  }
}
