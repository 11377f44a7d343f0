import Model

/// Collects the events of a session and puts them in order.
struct TimelineBuilder {
  private var events: [Timeline.Event] = []
  private var block = TransactionBlock()
  private var hasCall = false
  private(set) var messages: [RecordPlace] = []

  mutating func add(_ event: Timeline.Event) { events.append(event) }

  mutating func add(_ action: Action) {
    let number = Int32(clamping: action.sequence)
    let at = action.startedAt
    guard Self.isStatement(action) || action.isCall else {
      return add(Timeline.Event(at: at, kind: .note, marks: Self.marks(of: action), number: number))
    }
    var sent: Timeline.Marks = action.isChange ? .change : []
    switch block.state {
    case .none: break
    case .open: sent.insert(.inBlock)
    case .failed: sent.insert(.inFailedBlock)
    }
    if action.isCall {
      sent.subtract([.inBlock, .inFailedBlock])
      if !hasCall { sent.insert(.firstCall) }
      hasCall = true
    } else {
      block.take(action)
    }
    if action.isTyped {
      // Whether it failed is all that a shell tells of it.
      sent.formUnion(Self.marks(of: action))
      add(Timeline.Event(at: at, kind: .statement, marks: sent, number: number))
      if action.code == nil, action.message == nil { return }
    } else {
      add(Timeline.Event(at: at, kind: .statement, marks: sent, number: number))
    }
    // What a stream brings comes after its head; other answers are there when they are whole.
    let isHead = action.hasRecords && action.hasHead
    let end = isHead ? action.firstResponseAt ?? at : action.endedAt ?? action.firstResponseAt ?? at
    // A clock that was set back must not put the answer before the question.
    let answered = max(at, end)
    add(Timeline.Event(at: answered, kind: .result, marks: Self.marks(of: action), number: number))
  }

  /// Adds the messages of an action.
  mutating func add(_ places: [RecordPlace], of action: Action) {
    var at = action.startedAt
    for place in places {
      // How a program ended is the answer, where no head answered first.
      if place.kind == .exit, !action.hasHead, action.code != nil { continue }
      at = max(at, place.at)
      let marks: Timeline.Marks = place.isFailure ? .error : []
      add(
        Timeline.Event(
          at: at, kind: .message, marks: marks, number: Int32(clamping: action.sequence),
          message: Int32(clamping: messages.count)))
      messages.append(place)
    }
  }

  private static func marks(of action: Action) -> Timeline.Marks {
    var marks: Timeline.Marks = action.isChange ? .change : []
    switch action.status {
    case .ok: break
    case .error, .denied: marks.insert(.error)
    case .incomplete: marks.insert(.incomplete)
    }
    return marks
  }

  /// Whether it is SQL, and has an answer worth an event of its own.
  static func isStatement(_ action: Action) -> Bool { action.kind == "sql" || action.kind == "copy" }

  /// The events in order of time; at the same time the session opens first and closes last, a gap comes before what
  /// follows it, and actions keep their sequence.
  mutating func finish(endedAt: Timestamp) -> [Timeline.Event] {
    events.sort { Self.place($0) < Self.place($1) }
    // Packets may be stamped before the connection's first; it opened by then.
    if let open = events.firstIndex(where: { $0.kind == .opened }), open > 0 {
      events.insert(events.remove(at: open), at: 0)
      events[0].at = events[1].at
    }
    let last = events.last?.at ?? endedAt
    events.append(Timeline.Event(at: max(last, endedAt), kind: .closed, marks: [], number: 0))
    for index in events.indices.dropFirst() where events[index].kind == .result || events[index].kind == .message {
      let before = events[index - 1]
      let isSame = before.number == events[index].number && Self.isOfAction(before)
      let follows = events[index].kind == .message ? isSame : isSame && before.kind == .statement
      if !follows { events[index].marks.insert(.detached) }
    }
    return events
  }

  private static func isOfAction(_ event: Timeline.Event) -> Bool {
    switch event.kind {
    case .statement, .result, .note, .message: true
    case .opened, .gap, .opaque, .closed: false
    }
  }

  private static func place(_ event: Timeline.Event) -> (Timestamp, Int, Int32, Int) {
    switch event.kind {
    case .opened: (event.at, 0, 0, 0)
    case .opaque: (event.at, 0, 0, 1)
    case .gap: (event.at, 1, event.number, 0)
    case .statement, .note: (event.at, 2, event.number, 0)
    case .result: (event.at, 2, event.number, 1)
    case .message: (event.at, 2, event.number, 2 + Int(event.message))
    case .closed: (event.at, 3, 0, 0)
    }
  }
}
