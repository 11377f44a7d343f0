import Model
import Parsers

/// What is known of one session's stream while it is open: a flow, or a conversation inside another.
final class FlowState {
  var flow: Flow
  private(set) var root: Lane?
  var isAnnounced = false
  /// It was announced as one that no one looks into.
  var isOpaque = false
  /// What was learned before the session was announced.
  var waiting: [FlowEvent] = []
  var bytesFromClient: UInt64 = 0
  var bytesFromServer: UInt64 = 0
  var missingBytes: UInt64 = 0
  var lastAt: Timestamp
  /// The gap of each direction that waits for the time of the next byte after it.
  var pendingGaps: [Direction: (gap: Gap, at: Timestamp)] = [:]

  init(_ flow: Flow) {
    self.flow = flow
    lastAt = flow.openedAt
  }

  /// Begins its stream.
  func begin(depth: Int = 0, isSecure: Bool = false) -> Lane {
    let lane = Lane(self, depth: depth, isSecure: isSecure)
    root = lane
    return lane
  }

  /// The stream is over; the two no longer hold each other.
  func end() { root = nil }

  /// The latest that is known of it.
  var position: StreamPosition { StreamPosition(time: lastAt, origin: flow.origin) }

  func count(_ byteCount: UInt64, _ direction: Direction) {
    if direction == .fromClient { bytesFromClient += byteCount } else { bytesFromServer += byteCount }
  }

  /// The protocol of a connection on which nobody said anything, as the gateway that recorded it tells: a CONNECT that led
  /// nowhere, say.
  var silentProtocol: String? {
    guard !isAnnounced, bytesFromClient == 0, bytesFromServer == 0, missingBytes == 0 else { return nil }
    for case .recorded(_, let event, _) in waiting {
      if case .opening(let opening) = event.event { return opening.protocolName }
    }
    return nil
  }

  /// Swaps the ends.
  func reverse() {
    (flow.client, flow.server) = (flow.server, flow.client)
    (bytesFromClient, bytesFromServer) = (bytesFromServer, bytesFromClient)
    pendingGaps = Dictionary(uniqueKeysWithValues: pendingGaps.map { ($0.key.reversed, $0.value) })
  }
}
