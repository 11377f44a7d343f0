import Bytes
import Model

/// DATA frames, and the streams inside streams that they carry.
extension HTTP2Connection {
  /// Bytes kept of the content of a stream that begins now.
  var contentLimit: Int {
    let share = HTTP2Limits.heldContent / max(1, streams.count)
    return min(options.bodyLimit, max(HTTP2Limits.leastContent, share))
  }

  mutating func beganData(
    _ frame: HTTP2FrameHeader, _ direction: Direction, _ begin: StreamPosition, _ events: inout [ParserEvent]
  ) {
    let id = frame.streamID
    guard let stream = streams[id] else {
      guard !ended.contains(id) else {
        if !ended.wasReset(id) { report("http2-closed-stream", "DATA on stream \(id), which is over", begin, &events) }
        self[direction].ignoresFrame = true
        return
      }
      if direction == .fromClient ? !client.isLossy : !(client.isLossy || server.isLossy) {
        report("http2-frame", "DATA on stream \(id), which was not opened", begin, &events)
      }
      open(id, Call(head: CallHead(version: "2", method: "", target: "")), begin, 0, &events)
      streams[id]?.note("the head of the \(direction.messageName) was not captured")
      mark(id, direction, .open)
      streams[id]?.count(HTTP2FrameHeader.byteCount, direction)
      return noteResponse(id, direction, begin.time)
    }
    if stream.half(direction) == .ended {
      report("http2-closed-stream", "DATA on stream \(id) after its end", begin, &events)
      self[direction].ignoresFrame = true
      return
    }
    if stream.half(direction) == .idle {
      // A response that begins with DATA: its head was lost, or was never sent.
      let isLost = self[direction].isLossy
      if !isLost { report("http2-malformed", "DATA before HEADERS on stream \(id)", begin, &events) }
      streams[id]?.note("the head of the \(direction.messageName) was not captured")
      mark(id, direction, .open)
    }
    streams[id]?.count(HTTP2FrameHeader.byteCount, direction)
    noteResponse(id, direction, begin.time)
  }

  mutating func mark(_ id: UInt32, _ direction: Direction, _ half: HTTP2Stream.Half) {
    if direction == .fromClient { streams[id]?.request = half } else { streams[id]?.response = half }
  }

  /// Takes note of the time of bytes of the response.
  mutating func noteResponse(_ id: UInt32, _ direction: Direction, _ time: Timestamp) {
    guard direction == .fromServer else { return }
    if streams[id]?.firstResponseAt == nil { streams[id]?.firstResponseAt = time }
    streams[id]?.lastResponseAt = time
  }

  mutating func take(
    _ bytes: Span<UInt8>, of frame: HTTP2FrameHeader, _ direction: Direction, _ position: StreamPosition,
    _ events: inout [ParserEvent]
  ) {
    guard !self[direction].ignoresFrame else { return }
    let id = frame.streamID
    self[direction].countedLength += bytes.count
    let limit = contentLimit
    guard let stream = streams[id] else { return }
    stream.count(bytes.count, direction)
    if direction == .fromServer { stream.lastResponseAt = position.time }
    switch stream.tunnelling {
    case .none: stream.append(bytes, direction, at: position.time, limit: limit)
    case .asked(var early, let count):
      guard direction == .fromClient, count + bytes.count <= HTTP2Limits.earlyTunnelBytes else {
        return stream.append(bytes, direction, at: position.time, limit: limit)
      }
      stream.tunnelling = .none
      early.append((bytes.array, position))
      stream.tunnelling = .asked(early: early, count: count + bytes.count)
    case .open: events.append(.tunnel(.bytes(TunnelID(id), bytes.array, from: direction, at: position)))
    }
  }

  mutating func endedData(
    _ frame: HTTP2FrameHeader, _ direction: Direction, _ time: Timestamp, _ events: inout [ParserEvent]
  ) {
    let id = frame.streamID
    let counted = min(frame.length, self[direction].countedLength)
    streams[id]?.count(frame.length - counted, direction)
    if direction == .fromServer { streams[id]?.lastResponseAt = time }
    if self[direction].framing.isPaddingWrong {
      let place = self[direction].framing.begin
      report("http2-frame", "DATA on stream \(id) with more padding than payload", place, &events)
      streams[id]?.note("DATA with more padding than payload")
    }
    if frame.endsStream { endHalf(id, direction, time, &events) }
  }

  // MARK: Tunnels

  /// CONNECT was answered with success (§8.5): what follows on the stream is another conversation.
  mutating func openTunnel(_ id: UInt32, _ time: Timestamp, _ events: inout [ParserEvent]) {
    guard let stream = streams[id], case .asked(let early, _) = stream.tunnelling else { return }
    stream.tunnelling = .open
    stream.call.upgrade = "connect"
    stream.endedAt = time
    // The call is over with its answer; what follows has its own exchanges.
    let (exchange, _) = stream.finish()
    events.append(.exchange(exchange))
    let server = stream.call.head.authority ?? stream.call.head.target
    let tunnel = Tunnel(.child(server: server), openedAt: stream.startedAt, origin: stream.origin)
    events.append(.tunnel(.opened(TunnelID(id), tunnel)))
    for piece in early {
      events.append(.tunnel(.bytes(TunnelID(id), piece.bytes, from: .fromClient, at: piece.position)))
    }
  }

  /// CONNECT was refused: what was sent already is content.
  mutating func refuseTunnel(_ id: UInt32) {
    guard let stream = streams[id], case .asked(let early, _) = stream.tunnelling else { return }
    stream.tunnelling = .none
    for piece in early { stream.append(piece.bytes.span, .fromClient, at: piece.position.time, limit: contentLimit) }
  }
}
