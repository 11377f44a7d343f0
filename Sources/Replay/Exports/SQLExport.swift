public import Model

/// A script that psql runs: the statements of a session as they were sent.
///
/// A request of several statements goes out as one, as it was. Statements with parameters become PREPARE and EXECUTE with
/// the values as literals, which leaves their text as it was. Data of COPY stands inline. What must not or cannot run
/// again is commented out and says why; docs/replay.md says what that leaves undone.
public struct SQLExport: ReplayExport {
  public static let id = "sql"
  public static let summary = "a script that psql runs against a scratch database"

  public init() {}

  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    var script = SQLScript(session, from: reading)
    try write(script.head())
    var request: [Action] = []
    try reading.forEachActionInSequence(of: session.id) { action in
      guard !action.isCall || TimelineBuilder.isStatement(action) else { return script.pass() }
      if let first = request.first, !Self.isSameRequest(first, action) {
        try write(try script.add(request))
        request.removeAll(keepingCapacity: true)
      }
      request.append(action)
    }
    if !request.isEmpty { try write(try script.add(request)) }
    try write(script.foot())
  }

  /// Whether an action is a further statement of the request that `first` begins: only the first has the bytes.
  private static func isSameRequest(_ first: Action, _ action: Action) -> Bool {
    first.hasRequestPayload && action.startedAt == first.startedAt && action.sourceID == first.sourceID
      && action.packet == first.packet && action.bytesIn == 0 && action.parameters == nil
      && TimelineBuilder.isStatement(first) && TimelineBuilder.isStatement(action)
  }
}
