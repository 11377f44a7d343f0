import Model

/// A TCP connection on its way to ordered streams.
final class Connection {
  let key: FlowKey
  var flow: Flow
  /// Whether `key.low` is the client.
  var isLowClient: Bool
  var client = StreamSide()
  var server = StreamSide()
  var packets: UInt64 = 0
  var lastAt: Timestamp
  var lastOrigin: Origin
  var heldBytes = 0
  var heldHistory = 0
  var wasReset = false
  var hasDelivered = false
  /// It waits for late packets, then it is closed.
  var isLingering = false

  init(key: FlowKey, flow: Flow) {
    self.key = key
    self.flow = flow
    isLowClient = flow.client == key.low
    lastAt = flow.openedAt
    lastOrigin = flow.origin
  }

  subscript(direction: Direction) -> StreamSide {
    _read { yield direction == .fromClient ? client : server }
    _modify {
      if direction == .fromClient { yield &client } else { yield &server }
    }
  }

  func direction(from sender: Endpoint) -> Direction {
    (sender == key.low) == isLowClient ? .fromClient : .fromServer
  }

  /// What came out of order so far waits in neither direction.
  var isInOrder: Bool { client.held.isEmpty && server.held.isEmpty }

  /// Swaps the ends: the handshake says that the guess was wrong.
  func swapEnds() {
    isLowClient.toggle()
    swap(&client, &server)
    (flow.client, flow.server) = (flow.server, flow.client)
  }
}
