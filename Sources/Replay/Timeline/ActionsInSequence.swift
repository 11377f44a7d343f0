import Model

extension CaseReading {
  /// Calls `body` for each action of a session in the order that the requests were sent.
  ///
  /// Actions come in order of time; those of the same time (a pipeline in one packet) are put in order of sequence.
  func forEachActionInSequence(of session: String, _ body: (Action) throws -> Void) throws {
    var sameTime: [Action] = []
    func flush() throws {
      if sameTime.count > 1 { sameTime.sort { $0.sequence < $1.sequence } }
      for action in sameTime { try body(action) }
      sameTime.removeAll(keepingCapacity: true)
    }
    try forEachAction(session: session) { action in
      if let first = sameTime.first, first.startedAt != action.startedAt { try flush() }
      sameTime.append(action)
    }
    try flush()
  }
}
