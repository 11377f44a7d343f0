import Bytes
import Model

/// From bytes to frames, and what each frame does.
extension HTTP2Connection {
  /// Takes the bytes of a piece, up to its end or until the boundary is lost; what follows then goes to the search.
  mutating func consume(
    _ bytes: Span<UInt8>, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    var index = 0
    while true {
      if self[direction].framing.isSeeking {
        guard index < bytes.count else { return }
        let rest = bytes.extracting(index..<bytes.count)
        return self[direction].framing.search.add(rest, at: position.moved(by: index))
      }
      let here = position.moved(by: index)
      switch self[direction].framing.next(bytes, at: &index, here) {
      case .needMore: return
      case .began(let frame): began(frame, direction, &events)
      case .content(let frame, let range):
        let place = position.moved(by: range.lowerBound)
        take(bytes.extracting(range), of: frame, direction, place, &events)
      case .ended(let frame): ended(frame, direction, position.time, &events)
      case .noPreface:
        self[direction].isLossy = true
        let begin = self[direction].framing.search.since ?? here
        loseTable(direction, "the connection's beginning was not captured", begin, &events)
      case .implausible(let frame): implausible(frame, direction, &events)
      }
    }
  }

  private mutating func implausible(
    _ frame: HTTP2FrameHeader, _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    let place = self[direction].framing.search.since ?? self[direction].framing.begin
    self[direction].boundaryLosses += 1
    let what = "\(HTTP2FrameType.name(frame.type)) of \(UInt64(clamping: frame.length).grouped) bytes"
    report("http2-boundary-lost", "the \(direction.peerName) sends no frame: \(what)", place, &events)
    loseBoundary("bytes that are no frame", direction, place, &events)
    if self[direction].boundaryLosses >= HTTP2Limits.boundaryLosses { self[direction].framing.believesAll = true }
  }

  private mutating func began(
    _ frame: HTTP2FrameHeader, _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    let begin = self[direction].framing.begin
    self[direction].ignoresFrame = false
    self[direction].countedLength = 0
    if let block = self[direction].block,
      frame.type != HTTP2FrameType.continuation || frame.streamID != block.streamID
    {
      // §6.10: nothing may come between the frames of a header block.
      let what = "\(HTTP2FrameType.name(frame.type)) on stream \(frame.streamID)"
      report("http2-frame", "\(what) within the header block of stream \(block.streamID)", begin, &events)
      self[direction].block?.damage("the header block has no end")
      finishBlock(direction, begin.time, &events)
    }
    if let fault = frame.fault {
      report("http2-frame", "\(fault)", begin, &events)
      self[direction].ignoresFrame = true
      if frame.carriesHeaders { loseTable(direction, "a header block on stream 0", begin, &events) }
    }
    if frame.length > self[direction].allowedFrame, !self[direction].isLossy {
      let length = UInt64(clamping: frame.length).grouped
      report(
        "http2-frame-size",
        "\(HTTP2FrameType.name(frame.type)) of \(length) bytes; the peer allows "
          + UInt64(clamping: self[direction].allowedFrame).grouped, begin, &events)
    }
    if frame.type == HTTP2FrameType.data, !self[direction].ignoresFrame { beganData(frame, direction, begin, &events) }
  }

  private mutating func ended(
    _ frame: HTTP2FrameHeader, _ direction: Direction, _ time: Timestamp, _ events: inout [ParserEvent]
  ) {
    guard !self[direction].ignoresFrame else { return }
    switch frame.type {
    case HTTP2FrameType.data: endedData(frame, direction, time, &events)
    case HTTP2FrameType.headers, HTTP2FrameType.pushPromise, HTTP2FrameType.continuation:
      endedHeaders(frame, damage: nil, direction, time, &events)
    case HTTP2FrameType.resetStream:
      let code = self[direction].framing.payload.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      reset(frame, HTTP2ErrorCode(number: code), direction, time, &events)
    case HTTP2FrameType.settings: settings(frame, direction)
    case HTTP2FrameType.goAway: goAway(direction, time, &events)
    default:
      // PRIORITY, PING and WINDOW_UPDATE do not change what was asked or answered; unknown types are ignored (§5.5).
      streams[frame.streamID]?.count(HTTP2FrameHeader.byteCount + frame.length, direction)
    }
  }

  private mutating func settings(_ frame: HTTP2FrameHeader, _ direction: Direction) {
    if frame.isAcknowledgement {
      let pending = self[direction.reversed].pendingTableSizes
      guard !pending.isEmpty else { return }
      if let size = self[direction.reversed].pendingTableSizes.removeFirst() { self[direction].decoder.allow(size) }
      return
    }
    let settings = HTTP2Settings(self[direction].framing.payload.span)
    if let size = settings.maximumFrameSize {
      // It may be used as soon as it is known, so before the acknowledgement.
      self[direction.reversed].allowedFrame = max(self[direction.reversed].allowedFrame, size)
    }
    guard self[direction].pendingTableSizes.count < HTTP2Limits.pendingSettings else { return }
    self[direction].pendingTableSizes.append(settings.headerTableSize)
  }

  private mutating func goAway(_ direction: Direction, _ time: Timestamp, _ events: inout [ParserEvent]) {
    let payload = self[direction].framing.payload
    var reader = ByteReader(payload.span)
    guard let last = try? reader.readUInt32("last stream"), let number = try? reader.readUInt32("error code") else {
      return
    }
    let (lastStream, code) = (last & 0x7FFF_FFFF, HTTP2ErrorCode(number: number))
    self[direction].goAway = (lastStream, code)
    let name = direction.peerName
    if code != .noError {
      var detail = "GOAWAY \(code) by the \(name)"
      let debug = reader.rest.extracting(first: min(HTTP2Limits.debugData, reader.remaining)).string
      if !debug.isEmpty { detail += ": " + debug.debugDescription }
      report("http2-goaway", detail, self[direction].framing.begin, &events)
    }
    // §6.8: streams of the receiver with higher numbers were not and will not be processed.
    let isOdd = direction == .fromServer
    for id in streams.keys.sorted() where id > lastStream && !id.isMultiple(of: 2) == isOdd {
      streams[id]?.note("GOAWAY \(code) by the \(name), which did not process it")
      end(id, isReset: true, &events)
    }
  }

  /// RST_STREAM; `code` is nil when it was not captured.
  mutating func reset(
    _ frame: HTTP2FrameHeader, _ code: HTTP2ErrorCode?, _ direction: Direction, _ time: Timestamp,
    _ events: inout [ParserEvent]
  ) {
    let id = frame.streamID
    guard let stream = streams[id] else { return }
    streams[id]?.count(HTTP2FrameHeader.byteCount + frame.length, direction)
    let name = code.map { "RST_STREAM \($0)" } ?? "RST_STREAM"
    streams[id]?.note("\(name) by the \(direction.peerName)")
    if stream.response != .ended {
      if direction == .fromServer { streams[id]?.endedAt = time }
      if direction == .fromClient, stream.response == .idle, stream.call.head.informational.isEmpty {
        rapidResets += 1
        if firstRapidReset == nil { firstRapidReset = self[direction].framing.begin }
      }
    }
    if direction == .fromClient, stream.response != .ended, !stream.isTunnel {
      // The server may have acted and answered before it knew: what crosses the reset is evidence of that.
      mark(id, .fromClient, .ended)
      crossed.append(id)
      guard crossed.count > HTTP2Limits.crossedStreams, let oldest = crossed.first else { return }
      return end(oldest, isReset: true, &events)
    }
    end(id, isReset: true, &events)
  }
}
