import Bytes
import Model

/// A TCP connection on its way to ordered streams.
final class Connection {
  /// How far the capture is with it.
  struct Latest {
    var packets: UInt64 = 0
    var time: Timestamp
    var origin: Origin

    mutating func take(_ segment: TCPSegment) {
      packets += 1
      time = max(time, segment.time)
      origin = segment.origin
    }
  }

  let key: FlowKey
  let id: FlowID
  var flow: Flow
  /// Whether `key.low` is the client.
  private var isLowClient: Bool
  var client = StreamSide()
  var server = StreamSide()
  var latest: Latest
  var heldBytes = 0
  var heldHistory = 0
  var wasReset = false
  /// It waits for late packets, then it is closed.
  var isLingering = false

  init(key: FlowKey, flow: Flow) {
    self.key = key
    self.flow = flow
    id = flow.id
    isLowClient = flow.client == key.low
    latest = Latest(time: flow.openedAt, origin: flow.origin)
  }

  subscript(direction: Direction) -> StreamSide {
    _read {
      // Not by `?:`, which copies the side.
      if direction == .fromClient { yield client } else { yield server }
    }
    _modify {
      if direction == .fromClient { yield &client } else { yield &server }
    }
  }

  func direction(from sender: Endpoint) -> Direction {
    (sender == key.low) == isLowClient ? .fromClient : .fromServer
  }

  /// Bytes or gaps of it went out.
  var hasDelivered: Bool { client.offset > 0 || server.offset > 0 }

  /// What came out of order so far waits in neither direction.
  var isInOrder: Bool { client.held.isEmpty && server.held.isEmpty }

  /// Takes a segment if it is what nearly all are: the next bytes of its direction, or none, in a connection where nothing
  /// waits. Each side is touched once, because each touch of a class costs a check.
  ///
  /// - Parameters:
  ///   - segment: its header.
  ///   - payload: its bytes.
  ///   - direction: who sent it.
  ///   - historyLimit: bytes kept to compare retransmissions with.
  ///   - hasRoom: whether a side that keeps none yet may begin to.
  /// - Returns: the offset of its bytes and by how much the history grew; nil when it is anything else, and nothing is changed.
  func takeNext(
    _ segment: TCPSegment, _ payload: Span<UInt8>, _ direction: Direction, historyLimit: Int, hasRoom: Bool
  ) -> (offset: UInt64, historyGrowth: Int)? {
    direction == .fromClient
      ? StreamSide.takeNext(segment, payload, from: &client, to: &server, historyLimit: historyLimit, hasRoom: hasRoom)
      : StreamSide.takeNext(segment, payload, from: &server, to: &client, historyLimit: historyLimit, hasRoom: hasRoom)
  }

  /// Swaps the ends: the handshake says that the guess was wrong.
  func swapEnds() {
    isLowClient.toggle()
    swap(&client, &server)
    (flow.client, flow.server) = (flow.server, flow.client)
  }
}
