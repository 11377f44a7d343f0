import Bytes
import Model

/// Missing bytes, and the way back to the frames.
extension HTTP2Connection {
  mutating func lose(
    _ gap: Gap, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    let reason = "gap of \(gap.byteCount.grouped) bytes in the \(direction.messageName)"
    let count = Int(clamping: gap.byteCount)
    switch self[direction].framing.stage {
    case .opening:
      let held = self[direction].framing.carry
      // After "PRI" nothing but the preface is expected.
      if held.count >= 3, held.first != 0, count <= HTTP2Framing.preface.count - held.count {
        return self[direction].framing.passOpening(count)
      }
      loseBoundary(reason, direction, position, &events, gap)
    case .header: loseBoundary(reason, direction, position, &events, gap)
    case .collecting(let frame, let target, let left):
      let remaining = target - self[direction].framing.payload.count + left
      cut(frame, reason, direction, position.time, &events)
      pass(frame, remaining, gap, reason, direction, position, &events)
    case .padLength(let frame):
      loseContent(of: frame, min(count, frame.length), gap, reason, direction, position, &events)
      pass(frame, frame.length, gap, reason, direction, position, &events)
    case .content(let frame, let left, let padding):
      let lost = min(count, left)
      loseContent(of: frame, lost, gap, reason, direction, position, &events)
      guard count < left else { return pass(frame, left + padding, gap, reason, direction, position, &events) }
      self[direction].framing.passContent(frame, left: left - count, padding: padding)
    case .passing(let frame, let left): pass(frame, left, gap, reason, direction, position, &events)
    case .seeking:
      self[direction].framing.search.interrupt()
      loseStreams(reason, direction, position, &events, gap)
    }
  }

  /// The gap covers the rest of a frame, or a part of it.
  private mutating func pass(
    _ frame: HTTP2FrameHeader, _ remaining: Int, _ gap: Gap, _ reason: String, _ direction: Direction,
    _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    if gap.byteCount < UInt64(remaining) {
      return self[direction].framing.pass(frame, left: remaining - Int(clamping: gap.byteCount))
    }
    self[direction].framing.pass(frame, left: 0)
    if frame.type == HTTP2FrameType.data, !self[direction].ignoresFrame {
      endedData(frame, direction, position.time, &events)
    }
    guard gap.byteCount > UInt64(remaining) else { return }
    loseBoundary(reason, direction, position, &events, gap)
  }

  /// Acts on a frame of which only the beginning is there.
  private mutating func cut(
    _ frame: HTTP2FrameHeader, _ reason: String, _ direction: Direction, _ time: Timestamp,
    _ events: inout [ParserEvent]
  ) {
    guard !self[direction].ignoresFrame else { return }
    self[direction].ignoresFrame = true
    switch frame.type {
    case HTTP2FrameType.headers, HTTP2FrameType.pushPromise, HTTP2FrameType.continuation:
      endedHeaders(frame, damage: reason, direction, time, &events)
    case HTTP2FrameType.resetStream: reset(frame, nil, direction, time, &events)
    case HTTP2FrameType.settings where !frame.isAcknowledgement:
      self[direction].pendingTableSizes.append(nil)
      self[direction.reversed].decoder.forgetAllowedSize()
    default: break
    }
  }

  private mutating func loseContent(
    of frame: HTTP2FrameHeader, _ count: Int, _ gap: Gap, _ reason: String, _ direction: Direction,
    _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    let id = frame.streamID
    guard !self[direction].ignoresFrame, count > 0, let stream = streams[id] else { return }
    self[direction].countedLength += count
    streams[id]?.count(count, direction)
    if stream.isTunnel {
      let missing = Gap(byteCount: UInt64(count), reason: gap.reason)
      return events.append(.tunnel(.gap(TunnelID(id), missing, from: direction, at: position)))
    }
    let limit = contentLimit
    streams[id]?.note(reason)
    streams[id]?.lose(UInt64(count), direction, limit: limit)
  }

  /// Frames are missing: any of the open streams may have lost something, and header blocks may be among them.
  mutating func loseBoundary(
    _ reason: String, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent],
    _ gap: Gap? = nil
  ) {
    if self[direction].block != nil {
      self[direction].block?.damage(reason)
      finishBlock(direction, position.time, &events)
    }
    loseTable(direction, reason, position, &events)
    // SETTINGS and acknowledgements may be missing as well.
    for side in Direction.allCases {
      self[side].pendingTableSizes.removeAll()
      self[side].decoder.forgetAllowedSize()
    }
    if gap != nil { self[direction].framing.seekBehindGap() }
    loseStreams(reason, direction, position, &events, gap)
  }

  private mutating func loseStreams(
    _ reason: String, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent], _ gap: Gap?
  ) {
    let limit = contentLimit
    for id in streams.keys.sorted() {
      guard let stream = streams[id], stream.half(direction) != .ended else { continue }
      if stream.isTunnel {
        guard let gap else { continue }
        events.append(.tunnel(.gap(TunnelID(id), gap, from: direction, at: position)))
        continue
      }
      streams[id]?.note(reason)
      if stream.half(direction) == .open { streams[id]?.lose(nil, direction, limit: limit) }
    }
  }

  // MARK: The search

  private func context(_ direction: Direction) -> HTTP2Search.Context {
    HTTP2Search.Context(
      highestStream: max(client.highestStream, server.highestStream), hasPushes: hasPushes,
      largestFrame: self[direction].framing.largestFrame, isFromServer: direction == .fromServer)
  }

  /// Goes on where frames begin again, as often as that is found.
  mutating func searchOn(_ direction: Direction, _ events: inout [ParserEvent]) {
    while self[direction].framing.isSeeking {
      let context = context(direction)
      guard let found = self[direction].framing.search.find(context) else { return }
      resume(direction, found, &events)
    }
  }

  /// The other side speaks, or the flow is over: what is undecided is decided.
  mutating func settle(_ direction: Direction, _ events: inout [ParserEvent]) {
    guard self[direction].framing.isSeeking else { return }
    let context = context(direction)
    guard let found = self[direction].framing.search.settle(context) else { return }
    resume(direction, found, &events)
    searchOn(direction, &events)
  }

  private mutating func resume(_ direction: Direction, _ found: Int, _ events: inout [ParserEvent]) {
    let search = self[direction].framing.search
    self[direction].framing.resume()
    self[direction].framing.search = HTTP2Search()
    reportPassedOver(search.passedOver + UInt64(found), search.since, direction, &events)
    for run in search.marks.runs(from: found, to: search.bytes.count) {
      let piece = search.bytes.span.extracting(run.range)
      consume(piece, direction, run.position, &events)
    }
  }

  private mutating func reportPassedOver(
    _ count: UInt64, _ since: StreamPosition?, _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    guard count > 0, let since else { return }
    let detail = "\(count.grouped) bytes from the \(direction.peerName) passed over"
    report("http2-resynchronised", detail, since, &events)
  }

  /// No more will come from this side.
  mutating func close(_ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]) {
    settle(direction, &events)
    let framing = self[direction].framing
    let place = framing.begin
    switch framing.stage {
    case .seeking:
      self[direction].framing.search.abandon()
      let search = self[direction].framing.search
      reportPassedOver(search.passedOver, search.since, direction, &events)
    case .opening, .header:
      if !framing.carry.isEmpty { reportTruncated(direction, position, &events) }
    case .collecting(let frame, _, _):
      reportTruncated(direction, place, &events)
      cut(frame, "the capture ended within the head", direction, position.time, &events)
    case .padLength, .content, .passing: reportTruncated(direction, place, &events)
    }
    if self[direction].block != nil {
      self[direction].block?.damage("the capture ended within the head")
      finishBlock(direction, position.time, &events)
    }
  }

  private mutating func reportTruncated(
    _ direction: Direction, _ place: StreamPosition, _ events: inout [ParserEvent]
  ) {
    report("http2-truncated", "the \(direction.peerName)'s last frame is not whole", place, &events)
  }
}
