import Bytes
import Model

/// Puts the segments of all connections in order.
///
/// Two rules decide when bytes are delivered. In a direction, bytes go out in sequence. Between the directions, a segment
/// waits until the bytes that its sender had acknowledged are out, so a response never precedes its request, however the
/// capture shuffled packets. What does not come within the limits is declared a gap.
struct TCPReassembler {
  let limits: StreamLimits
  var counts = StreamCounts()
  private var connections: [FlowKey: Connection] = [:]
  private var last: Connection?
  private var nextNumber: UInt32 = 0
  var heldBytes = 0
  var heldHistory = 0
  /// Finished connections in the order in which they finished.
  private var lingering: [(connection: Connection, since: Timestamp)] = []
  private var lingeringStart = 0
  /// Ends of connections that are over.
  private var remembered: Set<FlowKey> = []
  private var rememberedOrder: [FlowKey] = []
  private var rememberedStart = 0

  init(limits: StreamLimits) { self.limits = limits }

  /// Connections that are open or linger, at least one.
  var openCount: Int { max(1, connections.count) }

  mutating func receive(_ segment: TCPSegment, _ payload: Span<UInt8>, into sink: inout some StreamSink) {
    counts.segments += 1
    closeLingering(at: segment.time, into: &sink)
    guard let connection = connection(for: segment, payloadLength: payload.count, into: &sink) else { return }
    connection.latest.take(segment)
    var direction = connection.direction(from: segment.from)
    if let taken = connection.takeNext(
      segment, payload, direction, historyLimit: historyLimit, hasRoom: hasHistoryRoom)
    {
      guard !payload.isEmpty else { return }
      if taken.historyGrowth != 0 {
        heldHistory += taken.historyGrowth
        connection.heldHistory += taken.historyGrowth
      }
      var position = StreamPosition(time: segment.time, origin: segment.origin)
      position.origin.offset = taken.offset
      return sink.receive(payload, of: connection.id, from: direction, at: position)
    }
    if connection[direction].isRepeated(segment.signature(payloadLength: payload.count)) {
      counts.duplicates += 1
      return
    }
    connection[direction].isSeen = true
    synchronize(connection, segment, direction, into: &sink)
    // A late handshake may have shown that client and server are the other way round.
    direction = connection.direction(from: segment.from)
    let acknowledges = takeAcknowledgement(connection, segment, direction)
    if segment.flags.contains(.rst) { return takeReset(connection, segment, direction, into: &sink) }
    takeData(connection, segment, payload, direction, acknowledges, into: &sink)
    if !connection.isInOrder { settle(connection, into: &sink) }
    endSides(connection, at: segment, into: &sink)
  }

  /// Ends everything: the captures are over.
  mutating func finish(into sink: inout some StreamSink) {
    for connection in connections.values.sorted(by: { $0.flow.id < $1.flow.id }) { close(connection, into: &sink) }
    connections = [:]
    last = nil
  }

  // MARK: Which connection

  private mutating func connection(
    for segment: TCPSegment, payloadLength: Int, into sink: inout some StreamSink
  ) -> Connection? {
    let key = FlowKey(segment.from, segment.to)
    let isOpening = segment.flags.contains(.syn) && !segment.flags.contains(.ack)
    let found = last.flatMap { $0.key == key ? $0 : nil } ?? connections[key]
    if let found {
      guard isOpening, isNewConnection(segment, found) else {
        last = found
        return found
      }
      close(found, replaced: true, into: &sink)
    } else if !segment.flags.contains(.syn), remembered.contains(key) {
      counts.strayPackets += 1
      return nil
    } else if segment.flags.contains(.rst), payloadLength == 0 {
      // A refusal of something that was not captured opens nothing.
      counts.strayPackets += 1
      return nil
    }
    return open(key, segment, into: &sink)
  }

  /// Whether a SYN begins another connection over the same ends, rather than repeat that of the one we have.
  private func isNewConnection(_ segment: TCPSegment, _ found: Connection) -> Bool {
    let side = found[found.direction(from: segment.from)]
    guard let next = side.next else { return false }
    if let initial = side.initial { return UInt32(truncatingIfNeeded: initial) != segment.sequence &+ 1 }
    // It came late: then it stands shortly before the first byte that was seen.
    let distance = next - side.unwrap(segment.sequence &+ 1) - Int64(clamping: side.offset)
    return distance < 0 || distance > 1 << 20
  }

  private mutating func open(_ key: FlowKey, _ segment: TCPSegment, into sink: inout some StreamSink) -> Connection {
    if connections.count >= limits.openFlows { evict(into: &sink) }
    let isClient: Bool
    if segment.flags.contains(.syn) {
      isClient = !segment.flags.contains(.ack)
    } else {
      isClient = ServerPorts.isServer(segment.to.port, against: segment.from.port)
    }
    let flow = Flow(
      id: FlowID(nextNumber), client: isClient ? segment.from : segment.to,
      server: isClient ? segment.to : segment.from, role: segment.flags.contains(.syn) ? .handshake : .inferred,
      openedAt: segment.time, origin: segment.origin, sawHandshake: false)
    nextNumber &+= 1
    counts.flows += 1
    let connection = Connection(key: key, flow: flow)
    connections[key] = connection
    last = connection
    sink.open(flow)
    return connection
  }

  private mutating func evict(into sink: inout some StreamSink) {
    let oldest = connections.values.sorted { ($0.latest.time, $0.flow.id) < ($1.latest.time, $1.flow.id) }
    for connection in oldest.prefix(max(1, limits.openFlows / 10)) {
      counts.evictedFlows += 1
      close(connection, evicted: true, into: &sink)
    }
  }

  // MARK: Handshake and acknowledgement

  /// Learns where a direction begins.
  private func synchronize(
    _ connection: Connection, _ segment: TCPSegment, _ direction: Direction, into sink: inout some StreamSink
  ) {
    let isOpening = segment.flags.contains(.syn)
    if isOpening {
      let first = connection[direction].unwrap(segment.sequence &+ 1)
      if connection[direction].offset == 0, connection[direction].initial == nil { connection[direction].next = first }
      connection[direction].initial = connection[direction].initial ?? first
      let isClient = !segment.flags.contains(.ack)
      if !connection.hasDelivered, connection.flow.role == .inferred {
        connection.flow.role = .handshake
        if (direction == .fromClient) != isClient { connection.swapEnds() }
        sink.update(connection.flow)
      }
      if connection.client.initial != nil, connection.server.initial != nil, !connection.flow.sawHandshake {
        connection.flow.sawHandshake = true
        sink.update(connection.flow)
      }
    } else if connection[direction].next == nil {
      connection[direction].next = Int64(segment.sequence)
    }
    // The other direction, when nothing of it was seen, begins where this end expects it.
    if segment.flags.contains(.ack), connection[direction.reversed].next == nil {
      connection[direction.reversed].next = Int64(segment.acknowledgement)
    }
  }

  /// Takes note of what the sender has received; gives it unwrapped.
  private func takeAcknowledgement(
    _ connection: Connection, _ segment: TCPSegment, _ direction: Direction
  ) -> Int64? {
    guard segment.flags.contains(.ack) else { return nil }
    let position = connection[direction.reversed].unwrap(segment.acknowledgement)
    connection[direction.reversed].acknowledged = max(
      connection[direction.reversed].acknowledged ?? position, position)
    return position
  }

  private mutating func takeReset(
    _ connection: Connection, _ segment: TCPSegment, _ direction: Direction, into sink: inout some StreamSink
  ) {
    let position = connection[direction].unwrap(segment.sequence)
    let next = connection[direction].next ?? position
    // A reset outside of any plausible window is noise, or an attempt to make us look away (RFC 5961 §3).
    guard position >= next - 1, position <= next + Int64(limits.flowBytes) || segment.sequence == 0 else {
      sink.report(
        Anomaly(
          "tcp-reset-outside-window", "a reset \(position - next) bytes from what was expected", origin: segment.origin,
          flow: connection.id, time: segment.time))
      return
    }
    connection.wasReset = true
    linger(connection, at: segment.time)
  }

  // MARK: Data

  private mutating func takeData(
    _ connection: Connection, _ segment: TCPSegment, _ payload: Span<UInt8>, _ direction: Direction,
    _ acknowledges: Int64?, into sink: inout some StreamSink
  ) {
    let start = connection[direction].unwrap(segment.flags.contains(.syn) ? segment.sequence &+ 1 : segment.sequence)
    let end = start + Int64(payload.count + segment.cutLength)
    if segment.flags.contains(.fin) { connection[direction].finAt = max(connection[direction].finAt ?? end, end) }
    guard end > start else { return }
    let next = connection[direction].next ?? start
    if end <= next {
      counts.retransmissions += 1
      counts.retransmittedBytes += UInt64(payload.count)
      compare(connection, payload, at: start, direction, segment, into: &sink)
      return
    }
    if start <= next, connection.isInOrder, isDue(acknowledges, connection, direction) {
      if start < next {
        counts.retransmissions += 1
        counts.retransmittedBytes += UInt64(next - start)
        compare(connection, payload, at: start, direction, segment, into: &sink)
      }
      deliver(
        connection, payload, start: start, cutLength: segment.cutLength, direction, time: segment.time,
        origin: segment.origin, into: &sink)
      return
    }
    counts.outOfOrder += 1
    connection[direction].hold(
      StreamSide.Held(
        start: start, bytes: payload.array, cutLength: segment.cutLength, acknowledges: acknowledges,
        time: segment.time, origin: segment.origin, arrival: connection.latest.packets))
    connection.heldBytes += payload.count
    heldBytes += payload.count
  }

  /// Whether everything that the sender had received is delivered, so that its segment may follow.
  func isDue(_ acknowledges: Int64?, _ connection: Connection, _ direction: Direction) -> Bool {
    let other = direction.reversed
    guard let acknowledges, connection[other].isSeen, let next = connection[other].next else { return true }
    if acknowledges <= next { return true }
    // One past the end acknowledges the FIN.
    return connection[other].finAt == next && acknowledges == next + 1
      || acknowledges - next > limits.acknowledgedGap
  }

  /// Delivers what is new of a segment that starts at or before the next byte.
  mutating func deliver(
    _ connection: Connection, _ bytes: Span<UInt8>, start: Int64, cutLength: Int, _ direction: Direction,
    time: Timestamp, origin: Origin, into sink: inout some StreamSink
  ) {
    guard let next = connection[direction].next else { return }
    let skipped = Int(clamping: max(0, next - start))
    if skipped < bytes.count {
      let fresh = bytes.extracting(skipped..<bytes.count)
      var position = StreamPosition(time: time, origin: origin)
      position.origin.offset = connection[direction].advance(to: next + Int64(fresh.count), by: fresh.count)
      remember(fresh, connection, direction)
      sink.receive(fresh, of: connection.id, from: direction, at: position)
    }
    if cutLength > 0 {
      let end = start + Int64(bytes.count + cutLength)
      declareGap(connection, direction, until: end, .snapLength, time: time, origin: origin, into: &sink)
    }
  }

  /// Declares everything before `until` that is not delivered to be missing.
  mutating func declareGap(
    _ connection: Connection, _ direction: Direction, until: Int64, _ reason: Gap.Reason, time: Timestamp,
    origin: Origin, into sink: inout some StreamSink
  ) {
    guard let next = connection[direction].next, until > next else { return }
    let gap = Gap(byteCount: UInt64(until - next), reason: reason)
    var position = StreamPosition(time: time, origin: origin)
    position.origin.offset = connection[direction].offset
    counts.gaps += 1
    counts.missingBytes += gap.byteCount
    connection[direction].next = until
    connection[direction].offset += gap.byteCount
    heldHistory -= connection[direction].history.count
    connection.heldHistory -= connection[direction].history.count
    connection[direction].history = []
    sink.skip(gap, of: connection.id, from: direction, at: position)
  }

  // MARK: Ends

  private mutating func endSides(
    _ connection: Connection, at segment: TCPSegment, into sink: inout some StreamSink
  ) {
    guard connection.client.finAt != nil || connection.server.finAt != nil else { return }
    for direction in Direction.allCases {
      guard !connection[direction].hasEnded, let fin = connection[direction].finAt, connection[direction].next == fin
      else { continue }
      connection[direction].hasEnded = true
      var position = StreamPosition(time: segment.time, origin: segment.origin)
      position.origin.offset = connection[direction].offset
      sink.end(connection.id, from: direction, at: position)
    }
    if connection.client.hasEnded, connection.server.hasEnded { linger(connection, at: segment.time) }
  }

  private mutating func linger(_ connection: Connection, at time: Timestamp) {
    guard !connection.isLingering else { return }
    connection.isLingering = true
    lingering.append((connection, time))
  }

  private mutating func closeLingering(at time: Timestamp, into sink: inout some StreamSink) {
    while lingeringStart < lingering.count {
      let (connection, since) = lingering[lingeringStart]
      guard time.nanoseconds(since: since) > limits.lingerNanoseconds else { return }
      lingeringStart += 1
      if lingeringStart > 1024, lingeringStart * 2 > lingering.count {
        lingering.removeFirst(lingeringStart)
        lingeringStart = 0
      }
      if connections[connection.key] === connection { close(connection, into: &sink) }
    }
  }

  private mutating func close(
    _ connection: Connection, replaced: Bool = false, evicted: Bool = false, into sink: inout some StreamSink
  ) {
    flush(connection, into: &sink)
    heldHistory -= connection.heldHistory
    connections[connection.key] = nil
    if last === connection { last = nil }
    let isFinished = connection.client.hasEnded && connection.server.hasEnded
    let reason: FlowEnd
    if connection.wasReset {
      reason = .reset
    } else if isFinished {
      reason = .finished
    } else if replaced {
      reason = .replaced
    } else {
      reason = evicted ? .evicted : .captureEnded
    }
    sink.close(
      connection.id, reason, at: StreamPosition(time: connection.latest.time, origin: connection.latest.origin))
    if !replaced { remember(connection.key) }
  }

  private mutating func remember(_ key: FlowKey) {
    guard remembered.insert(key).inserted else { return }
    rememberedOrder.append(key)
    if rememberedOrder.count - rememberedStart > limits.rememberedFlows {
      remembered.remove(rememberedOrder[rememberedStart])
      rememberedStart += 1
      if rememberedStart > 4096 {
        rememberedOrder.removeFirst(rememberedStart)
        rememberedStart = 0
      }
    }
  }
}

extension TCPSegment {
  /// A number that two captures of one packet share, and a retransmission does not (its datagram has another id).
  func signature(payloadLength: Int) -> UInt64 {
    var value = UInt64(sequence) << 32 | UInt64(acknowledgement)
    value = (value ^ UInt64(flags.rawValue) << 48 ^ UInt64(window) << 16) &* 0x9e37_79b9_7f4a_7c15
    value = (value ^ value >> 29 ^ UInt64(datagramID) ^ UInt64(payloadLength) << 20) &* 0xbf58_476d_1ce4_e5b9
    return value | 1
  }
}
