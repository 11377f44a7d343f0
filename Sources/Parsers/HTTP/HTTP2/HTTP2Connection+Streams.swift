import Model

/// How streams begin and end.
extension HTTP2Connection {
  mutating func open(
    _ id: UInt32, _ call: Call, _ position: StreamPosition, _ headSize: Int, _ events: inout [ParserEvent]
  ) {
    while streams.count >= HTTP2Limits.streams || heldHeads + headSize > HTTP2Limits.heldHeads {
      guard let oldest = streams.keys.min() else { break }
      let count = UInt64(clamping: streams.count).grouped
      report("http2-stream-limit", "\(count) streams are open; stream \(oldest) is given up", position, &events)
      streams[oldest]?.note("too many streams were open")
      end(oldest, isReset: true, &events)
    }
    var call = call
    call.head.streamID = id
    let stream = HTTP2Stream(id: id, call: call, at: position, recordLimit: contentLimit, held: options.held)
    stream.headSize = headSize
    heldHeads += headSize
    streams[id] = stream
  }

  mutating func grow(_ id: UInt32, _ size: Int) {
    guard streams[id] != nil else { return }
    streams[id]?.headSize += size
    heldHeads += size
  }

  /// One direction of a stream has said all.
  mutating func endHalf(
    _ id: UInt32, _ direction: Direction, _ time: Timestamp, _ events: inout [ParserEvent]
  ) {
    guard let stream = streams[id] else { return }
    checkLength(stream, direction, &events)
    mark(id, direction, .ended)
    if direction == .fromClient {
      if !stream.isTunnel { streams[id]?.call.requestEndedAt = time }
    } else {
      streams[id]?.endedAt = time
    }
    guard streams[id]?.isOver == true else { return }
    if stream.request == .idle, direction == .fromServer { streams[id]?.note("the request was not captured") }
    end(id, isReset: false, &events)
  }

  /// §8.1.1: a content-length must be that of the DATA frames.
  private mutating func checkLength(_ stream: HTTP2Stream, _ direction: Direction, _ events: inout [ParserEvent]) {
    let head = stream.call.head
    let content = direction == .fromClient ? stream.requestContent : stream.responseContent
    let fields = direction == .fromClient ? head.requestFields : head.responseFields
    guard case .none = stream.tunnelling, stream.incompleteReason == nil, content?.isLossy != true,
      let text = fields["content-length"]
    else { return }
    if direction == .fromServer, head.method == "HEAD" || head.status == 304 || head.method.isEmpty { return }
    // The upgraded request had its content in HTTP/1.1.
    if direction == .fromClient, stream.call.upgrade == "h2c" || stream.call.upgrade == "push" { return }
    let count = content?.byteCount ?? 0
    guard UInt64(text) != count else { return }
    let place = StreamPosition(time: stream.startedAt, origin: stream.origin)
    let side = direction.messageName
    report(
      "http2-malformed",
      "stream \(stream.id): the \(side) has \(count.grouped) bytes of content and content-length \(text.debugDescription)",
      place, &events)
  }

  /// The stream is over, whole or not.
  mutating func end(_ id: UInt32, isReset: Bool, _ events: inout [ParserEvent]) {
    guard let stream = streams.removeValue(forKey: id) else { return }
    heldHeads -= stream.headSize
    let wasCrossed = crossed.firstIndex(of: id).map { crossed.remove(at: $0) } != nil
    ended.insert(id, wasReset: isReset || wasCrossed)
    if stream.isTunnel {
      let time = stream.endedAt ?? stream.lastResponseAt ?? stream.startedAt
      return events.append(.tunnel(.closed(TunnelID(id), at: StreamPosition(time: time, origin: stream.origin))))
    }
    if case .asked(let early, _) = stream.tunnelling {
      for piece in early { stream.append(piece.bytes.span, .fromClient, at: piece.position.time, limit: contentLimit) }
    }
    let (exchange, failures) = stream.finish()
    if exchange.incompleteReason == nil {
      for failure in failures {
        let place = StreamPosition(time: stream.startedAt, origin: stream.origin)
        report("grpc-damaged", "stream \(id): \(failure)", place, &events)
      }
    }
    events += stream.strange
    events.append(.exchange(exchange))
  }

  /// The flow is over.
  mutating func closeStreams(_ position: StreamPosition, _ events: inout [ParserEvent]) {
    for id in streams.keys.sorted() {
      guard let stream = streams[id] else { continue }
      if let goAway = server.goAway ?? client.goAway, goAway.code != .noError {
        let side = server.goAway == nil ? "client" : "server"
        streams[id]?.note("the connection was given up: GOAWAY \(goAway.code) by the \(side)")
      }
      switch (stream.request, stream.response) {
      case (.idle, _): streams[id]?.note("the request was not captured")
      case (_, .idle): streams[id]?.note("the capture ended before the response")
      case (.open, .ended): streams[id]?.note("the capture ended before the request did")
      default: streams[id]?.note("the capture ended before the response did")
      }
      end(id, isReset: true, &events)
    }
    guard rapidResets >= HTTP2Limits.rapidResets else { return }
    let count = UInt64(clamping: rapidResets).grouped
    report(
      "http2-rapid-reset", "the client reset \(count) requests before any answer", firstRapidReset ?? position, &events)
  }
}
