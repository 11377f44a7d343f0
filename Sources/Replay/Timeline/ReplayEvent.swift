public import Model

/// Something that happens in a replay.
public struct ReplayEvent: Sendable {
  public enum Kind: Sendable {
    case action(Action)
    case gap(StoredGap)
  }

  public var at: Timestamp
  public var kind: Kind

  public init(at: Timestamp, kind: Kind) {
    self.at = at
    self.kind = kind
  }
}

/// The events of one session in order of time.
public struct Timeline: Sendable {
  public let session: Session
  public let events: [ReplayEvent]

  /// Reads a session's actions and gaps.
  ///
  /// - Throws: what reading the case throws.
  public init(of session: Session, from reading: any CaseReading) throws {
    self.session = session
    var events: [ReplayEvent] = []
    try reading.forEachAction(session: session.id) { events.append(ReplayEvent(at: $0.startedAt, kind: .action($0))) }
    for gap in try reading.gaps() where gap.sessionID == session.id {
      events.append(ReplayEvent(at: gap.at, kind: .gap(gap)))
    }
    // Equal times keep the order of the evidence: actions by sequence, then gaps.
    self.events = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }
}
