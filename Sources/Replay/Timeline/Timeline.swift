public import Model

/// The events of one session in order of time.
///
/// It holds a few bytes for each event and not the actions, so that a session of millions of statements can be played;
/// the actions are read from the case when they are shown.
public struct Timeline: Sendable {
  public struct Event: Sendable, Hashable {
    public enum Kind: UInt8, Sendable, Hashable {
      /// The session begins.
      case opened
      /// A statement is sent.
      case statement
      /// Its result or error has come.
      case result
      /// A login, a cancel request, a notification: said in one line.
      case note
      /// A message of a stream, or what a program wrote to a terminal.
      case message
      case gap
      /// Bytes that cannot be looked into.
      case opaque
      /// The session ends.
      case closed
    }

    public var at: Timestamp
    public var kind: Kind
    public var marks: Marks
    /// Sequence of the action, or index of the gap.
    public var number: Int32
    /// Index of the message in `Timeline.messages`; -1 for other events.
    var message: Int32 = -1
  }

  /// What is worth seeing from afar.
  public struct Marks: OptionSet, Sendable, Hashable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let change = Marks(rawValue: 1)
    public static let error = Marks(rawValue: 2)
    public static let incomplete = Marks(rawValue: 4)
    /// The statement was sent inside a transaction block.
    public static let inBlock = Marks(rawValue: 8)
    /// The statement was sent inside a transaction block that had failed.
    public static let inFailedBlock = Marks(rawValue: 16)
    /// Other events stand between the statement and this result of it.
    public static let detached = Marks(rawValue: 32)
    /// The first request of its session that has a head.
    public static let firstCall = Marks(rawValue: 64)
  }

  public let session: Session
  public let events: [Event]
  /// Messages of streams, which events name by index.
  let messages: [RecordPlace]
  /// Gaps of the session, which events name by index.
  public let gaps: [StoredGap]

  /// Reads a session.
  ///
  /// - Throws: what reading the case throws.
  public init(of session: Session, from reading: any CaseReading) throws {
    self.session = session
    gaps = try reading.gaps().filter { $0.sessionID == session.id }
    var builder = TimelineBuilder()
    builder.add(Event(at: session.startedAt, kind: .opened, marks: [], number: 0))
    if Timeline.isOpaque(session) {
      builder.add(Event(at: session.startedAt, kind: .opaque, marks: .incomplete, number: 0))
    }
    try reading.forEachAction(session: session.id) { action in
      builder.add(action)
      guard action.hasRecords, let payload = try reading.records(of: action.id) else { return }
      builder.add(RecordGroups.places(in: payload.bytes), of: action)
    }
    for (index, gap) in gaps.enumerated() {
      builder.add(Event(at: gap.at, kind: .gap, marks: .incomplete, number: Int32(clamping: index)))
    }
    events = builder.finish(endedAt: session.endedAt)
    messages = builder.messages
  }

  /// Where the message of an event is.
  func place(of event: Event) -> RecordPlace? {
    messages.indices.contains(Int(event.message)) ? messages[Int(event.message)] : nil
  }

  /// Whether bytes of the session were not looked into.
  static func isOpaque(_ session: Session) -> Bool {
    (session.isEncrypted && !session.isDecrypted) || session.reason?.hasPrefix("opaque") == true
  }

  public var start: Timestamp { events.first?.at ?? session.startedAt }
  public var end: Timestamp { events.last?.at ?? session.endedAt }

  /// The id of an event's action.
  public func actionID(of event: Event) -> String? {
    switch event.kind {
    case .statement, .result, .note, .message: "\(session.id).\(event.number)"
    case .opened, .gap, .opaque, .closed: nil
    }
  }

  /// The first event at or after a time; the number of events when there is none.
  public func index(at time: Timestamp) -> Int {
    var low = 0
    var high = events.count
    while low < high {
      let middle = (low + high) / 2
      if events[middle].at < time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The event that begins an action.
  public func index(of actionID: String) -> Int? {
    guard actionID.hasPrefix(session.id + "."), let number = Int32(actionID.dropFirst(session.id.utf8.count + 1)) else {
      return nil
    }
    return events.firstIndex { ($0.kind == .statement || $0.kind == .note) && $0.number == number }
  }
}
