import Bytes
import Model

extension TCPReassembler {
  /// Delivers what became due, and gives up waiting where the limits say so.
  mutating func settle(_ connection: Connection, into sink: inout some StreamSink) {
    drain(connection, into: &sink)
    while let oldest = oldest(of: connection) {
      let isOver =
        connection.heldBytes > limits.flowBytes || heldBytes > limits.totalBytes
        || connection.client.held.count + connection.server.held.count > limits.flowSegments
      let hasWaited =
        connection.latest.packets - oldest.held.arrival >= limits.holePackets
        || connection.latest.time.nanoseconds(since: oldest.held.time) >= limits.holeNanoseconds
      guard isOver || hasWaited else { return }
      giveUp(connection, oldest.held, oldest.direction, isOver ? .bound : nil, into: &sink)
      drain(connection, into: &sink)
    }
  }

  /// Delivers or declares missing everything that is held: the flow is over.
  mutating func flush(_ connection: Connection, into sink: inout some StreamSink) {
    drain(connection, into: &sink)
    while let oldest = oldest(of: connection) {
      giveUp(connection, oldest.held, oldest.direction, nil, into: &sink)
      drain(connection, into: &sink)
    }
    for direction in Direction.allCases {
      // The other end had received more than the capture holds.
      guard let next = connection[direction].next, var end = connection[direction].acknowledged else { continue }
      if let fin = connection[direction].finAt { end = min(end, fin) }
      guard connection[direction].isSeen, end > next, end - next <= limits.acknowledgedGap,
        !isOneMore(end, next, connection, direction)
      else { continue }
      declareGap(
        connection, direction, until: end, .notCaptured, time: connection.latest.time, origin: connection.latest.origin,
        into: &sink)
    }
  }

  /// An acknowledgement one past the data, when no FIN was captured: it acknowledges the FIN that is missing.
  private func isOneMore(_ end: Int64, _ next: Int64, _ connection: Connection, _ direction: Direction) -> Bool {
    end == next + 1 && connection[direction].finAt == nil
  }

  /// The segment that has waited for longest.
  private func oldest(of connection: Connection) -> (held: StreamSide.Held, direction: Direction)? {
    let client = connection.client.held.min { $0.arrival < $1.arrival }
    let server = connection.server.held.min { $0.arrival < $1.arrival }
    switch (client, server) {
    case (let client?, let server?):
      return client.arrival < server.arrival ? (client, .fromClient) : (server, .fromServer)
    case (let client?, nil): return (client, .fromClient)
    case (nil, let server?): return (server, .fromServer)
    case (nil, nil): return nil
    }
  }

  /// Delivers held segments for as long as one is due.
  private mutating func drain(_ connection: Connection, into sink: inout some StreamSink) {
    var hasMoved = true
    while hasMoved {
      hasMoved = false
      for direction in Direction.allCases {
        while let first = connection[direction].held.first, let next = connection[direction].next, first.start <= next,
          first.end <= next || isDue(first.acknowledges, connection, direction)
        {
          remove(first, connection, direction)
          if first.end > next {
            deliver(
              connection, first.bytes.span, start: first.start, cutLength: first.cutLength, direction,
              time: first.time, origin: first.origin, into: &sink)
          }
          compareHeld(first, next: next, connection, direction, into: &sink)
          hasMoved = true
        }
      }
    }
  }

  private mutating func remove(_ first: StreamSide.Held, _ connection: Connection, _ direction: Direction) {
    connection[direction].held.removeFirst()
    connection.heldBytes -= first.bytes.count
    heldBytes -= first.bytes.count
  }

  /// Declares a gap that lets `held` go out: before it in its own direction, or in the other up to what it acknowledges.
  private mutating func giveUp(
    _ connection: Connection, _ held: StreamSide.Held, _ direction: Direction, _ bound: Gap.Reason?,
    into sink: inout some StreamSink
  ) {
    let other = direction.reversed
    if let acknowledges = held.acknowledges, !isDue(acknowledges, connection, direction),
      let next = connection[other].next, acknowledges > next
    {
      // Up to the next segment of the other direction that is there, or to what is acknowledged.
      let until = min(acknowledges, connection[other].held.first.map { max($0.start, next) } ?? acknowledges)
      if until > next {
        declareGap(
          connection, other, until: until, bound ?? .notCaptured, time: held.time, origin: held.origin, into: &sink)
        return
      }
      // The other direction has the bytes but they wait for this one: it goes first.
      release(connection, other)
      return
    }
    guard let first = connection[direction].held.first else { return }
    let next = connection[direction].next ?? first.start
    connection[direction].next = next
    let isAcknowledged = (connection[direction].acknowledged ?? .min) >= first.start
    declareGap(
      connection, direction, until: max(next, first.start), bound ?? (isAcknowledged ? .notCaptured : .ended),
      time: first.time, origin: first.origin, into: &sink)
    release(connection, direction)
  }

  /// Lets the first held segment of a direction go without waiting for the other.
  private func release(_ connection: Connection, _ direction: Direction) {
    guard !connection[direction].held.isEmpty else { return }
    connection[direction].held[0].acknowledges = nil
  }
}
