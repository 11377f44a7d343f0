import Model

/// Which connection each session of a recording is, by the names that the gateway gave them.
struct RecordedSessions {
  /// Sessions and events that are kept until their connection shows itself.
  private static let waitingLimit = 100_000
  private static let eventLimit = 1_000

  struct Ends: Hashable {
    var client: Endpoint
    var server: Endpoint
  }

  /// A session whose connection was not seen yet.
  struct Waiting {
    var ends: Ends
    var events: [(event: RecordedEvent, origin: Origin)] = []
  }

  private var flows: [String: FlowID] = [:]
  private var names: [FlowID: String] = [:]
  private var waiting: [String: Waiting] = [:]
  private var byEnds: [Ends: String] = [:]
  /// Events of connections that no packet shows.
  private(set) var unmatchedCount = 0

  var isEmpty: Bool { flows.isEmpty && waiting.isEmpty }

  /// Takes an event.
  ///
  /// - Returns: the connection that it is of; nil when that was not seen yet, and then it is kept.
  mutating func take(_ event: RecordedEvent, _ session: String, _ origin: Origin) -> FlowID? {
    if let flow = flows[session] { return flow }
    if case .opening(let opening) = event.event {
      guard waiting.count < RecordedSessions.waitingLimit else {
        unmatchedCount += 1
        return nil
      }
      let ends = Ends(client: opening.client, server: opening.gateway)
      if waiting[session] == nil {
        waiting[session] = Waiting(ends: ends)
        byEnds[ends] = session
      }
    }
    guard let count = waiting[session]?.events.count, count < RecordedSessions.eventLimit else {
      unmatchedCount += 1
      return nil
    }
    waiting[session]?.events.append((event, origin))
    return nil
  }

  /// The session of a connection that begins, and whether its ends are the other way round.
  mutating func open(_ flow: Flow) -> (waiting: Waiting, isReversed: Bool)? {
    let ends = Ends(client: flow.client, server: flow.server)
    let turned = Ends(client: flow.server, server: flow.client)
    guard let name = byEnds[ends] ?? byEnds[turned], let found = waiting.removeValue(forKey: name) else { return nil }
    byEnds[found.ends] = nil
    flows[name] = flow.id
    names[flow.id] = name
    return (found, found.ends != ends)
  }

  mutating func close(_ flow: FlowID) {
    if let name = names.removeValue(forKey: flow) { flows[name] = nil }
  }

  /// Gives up what waits.
  mutating func finish() {
    unmatchedCount += waiting.values.reduce(0) { $0 + $1.events.count }
    (waiting, byEnds) = ([:], [:])
  }
}
