import Bytes
import Model

/// A connection after `101 Switching Protocols` to SPDY/3.1, as Kubernetes' `exec`, `attach` and `port-forward` use it.
///
/// What a program read and wrote becomes records of the call, the connections of `port-forward` become tunnels. A gap in
/// content costs that content, one in a header block the names of all streams that are opened behind it, one that takes
/// a frame's head away leaves the rest of that direction opaque.
struct SPDYConnection: SwitchedConnection {
  private let options: ParserOptions
  private let target: String
  private var client = SPDYSide()
  private var server = SPDYSide()
  private var clientHeaders = SPDYHeaderDecoder()
  private var serverHeaders = SPDYHeaderDecoder()
  private var streams: [UInt32: SPDYStream] = [:]
  private var lastStream: [Direction: UInt32] = [:]
  private var records: StreamRecordBuilder
  private var anomalyCount = 0
  private(set) var clientByteCount: UInt64 = 0
  private(set) var serverByteCount: UInt64 = 0
  private(set) var endedAt: Timestamp?
  private(set) var incompleteReason: String?

  /// Takes the path of the request, by which forwarded connections are named.
  init(options: ParserOptions, path: String) {
    self.options = options
    records = StreamRecordBuilder(limit: max(0, options.bodyLimit), held: options.held)
    let segments = path.split(separator: "/")
    target = segments.last == "portforward" ? segments.dropLast().last.map(String.init) ?? "" : ""
  }

  mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    endedAt = position.time
    var elements: [SPDYSide.Element] = []
    if direction == .fromClient {
      clientByteCount += UInt64(bytes.count)
      client.receive(bytes, position) { elements.append($0) }
    } else {
      serverByteCount += UInt64(bytes.count)
      server.receive(bytes, position) { elements.append($0) }
    }
    for element in elements { take(element, direction, &events) }
  }

  mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    let side = direction == .fromClient ? "request" : "response"
    note("gap of \(gap.byteCount.grouped) bytes in the \(side)'s frames")
    var elements: [SPDYSide.Element] = []
    if direction == .fromClient {
      client.lose(gap.byteCount, position) { elements.append($0) }
    } else {
      server.lose(gap.byteCount, position) { elements.append($0) }
    }
    for element in elements { take(element, direction, &events) }
  }

  mutating func finish(at position: StreamPosition, into events: inout [ParserEvent]) {
    let time = endedAt ?? position.time
    let place = StreamPosition(time: time, origin: position.origin)
    for (side, name) in [(client, "client"), (server, "server")] {
      if side.opaqueByteCount > 0 {
        note("\(side.opaqueByteCount.grouped) bytes of the \(name) could not be cut into frames")
      } else if !side.isBetweenFrames {
        note("the capture ended in a frame of the \(name)")
      }
    }
    for id in streams.keys.sorted() { close(id, place, &events) }
  }

  /// What was said; nil when nothing was.
  mutating func takeRecords() -> Payload? { records.isEmpty ? nil : records.finish() }

  private mutating func note(_ reason: String) { if incompleteReason == nil { incompleteReason = reason } }

  private mutating func report(
    _ code: Anomaly.Code, _ detail: String, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    anomalyCount += 1
    guard anomalyCount <= HTTPLimits.anomalies else { return }
    events.append(
      .anomaly(Anomaly(code, detail, origin: position.origin, flow: options.flow, time: position.time)))
  }

  private mutating func take(
    _ element: SPDYSide.Element, _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    switch element {
    case .control(let header, let type, let payload, let begin):
      do throws(DecodeError) {
        try takeControl(header, type, payload.span, direction, begin, &events)
      } catch {
        let code: Anomaly.Code = header.holdsHeaders ? "spdy-headers" : "spdy-frame"
        report(code, "a control frame of type \(type) cannot be read: \(error)", begin, &events)
        note("a frame of SPDY could not be read")
      }
    case .lostControl(let header, let begin):
      guard header.holdsHeaders else { return }
      if direction == .fromClient { clientHeaders.lose() } else { serverHeaders.lose() }
      report("spdy-headers-lost", "a header block is missing: those behind it cannot be read", begin, &events)
      note("a header block of SPDY is missing")
    case .beginOfData(let id, let begin): beganData(id, direction, begin, &events)
    case .content(let id, let bytes, let position): takeContent(id, bytes, direction, position, &events)
    case .lostContent(let id, let count, let position):
      report("spdy-gap", "\(count.grouped) bytes of stream \(id) are missing", position, &events)
      guard streams[id]?.role == .forwarded else { return flush(id, direction, position.time) }
      let gap = Gap(byteCount: max(1, count), reason: .notCaptured)
      events.append(.tunnel(.gap(TunnelID(id), gap, from: direction, at: position)))
    case .endOfData(let id, let endsStream, let position):
      if case .program = streams[id]?.role { flush(id, direction, position.time) }
      if streams[id]?.role == .unknown { flush(id, direction, position.time) }
      if endsStream { end(id, direction, position, &events) }
    case .lostBoundary(let reason, let position):
      report("spdy-boundary-lost", "\(reason): the rest of the \(direction.sender)'s frames", position, &events)
      note("frames of SPDY could not be told apart")
      for id in streams.keys.sorted() where streams[id]?.role == .forwarded {
        let gap = Gap(byteCount: 1, reason: .notCaptured)
        events.append(.tunnel(.gap(TunnelID(id), gap, from: direction, at: position)))
      }
    case .flaw(let detail, let position): report("spdy-frame", detail, position, &events)
    }
  }

  // MARK: Control frames

  private mutating func takeControl(
    _ header: SPDYFrameHeader, _ type: UInt16, _ payload: Span<UInt8>, _ direction: Direction,
    _ begin: StreamPosition, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    var reader = ByteReader(payload)
    switch type {
    case SPDYFrameHeader.ControlType.synStream:
      let id = try reader.readUInt32("stream") & 0x7fff_ffff
      try reader.skip(6, "associated stream, priority and slot")
      var fields: [HeaderField]?
      defer { open(id, fields, header, direction, begin, &events) }
      fields = try decode(reader.rest, direction)
    case SPDYFrameHeader.ControlType.synReply, SPDYFrameHeader.ControlType.headers:
      let id = try reader.readUInt32("stream") & 0x7fff_ffff
      defer { if header.endsStream { end(id, direction, begin, &events) } }
      _ = try decode(reader.rest, direction)
    case SPDYFrameHeader.ControlType.rstStream:
      let id = try reader.readUInt32("stream") & 0x7fff_ffff
      let status = try reader.readUInt32("status")
      // A stream that is not wanted any more is cancelled (§2.6.3).
      if status != 5, streams[id] != nil {
        note("RST_STREAM \(Self.statusName(status)) by the \(direction.sender)")
      }
      close(id, begin, &events)
    case SPDYFrameHeader.ControlType.goAway:
      try reader.skip(4, "last stream")
      let status = try reader.readUInt32("status")
      guard status != 0 else { return }
      report("spdy-goaway", "GOAWAY \(status) by the \(direction.sender)", begin, &events)
    default: return
    }
  }

  /// Nil when the blocks of that direction cannot be read any more.
  private mutating func decode(_ block: Span<UInt8>, _ direction: Direction) throws(DecodeError) -> [HeaderField]? {
    if direction == .fromClient {
      return clientHeaders.isLost ? nil : try clientHeaders.decode(block)
    }
    return serverHeaders.isLost ? nil : try serverHeaders.decode(block)
  }

  private mutating func open(
    _ id: UInt32, _ fields: [HeaderField]?, _ header: SPDYFrameHeader, _ direction: Direction,
    _ begin: StreamPosition, _ events: inout [ParserEvent]
  ) {
    // §2.3.2: a client's streams are odd, a server's even, and their numbers grow.
    let isOwn = id % 2 == (direction == .fromClient ? 1 : 0)
    guard isOwn, id > lastStream[direction] ?? 0 else {
      return report("spdy-stream", "SYN_STREAM for stream \(id), which cannot be opened", begin, &events)
    }
    lastStream[direction] = id
    guard streams.count < SPDYLimits.openStreams else {
      note("more streams of SPDY than are held")
      return report("spdy-stream-limit", "stream \(id) is one more than are held", begin, &events)
    }
    var stream = SPDYStream(fields.map(SPDYStream.Role.init) ?? .unknown)
    if fields == nil { note("the purpose of stream \(id) is not known") }
    if header.flags & 0x02 != 0 { stream.end(direction.reversed) }
    streams[id] = stream
    if stream.role == .forwarded {
      let port = fields?["port"] ?? "0"
      let server = target.isEmpty ? "localhost:\(port)" : "\(target):\(port)"
      let tunnel = Tunnel(.child(server: server), openedAt: begin.time, origin: begin.origin)
      events.append(.tunnel(.opened(TunnelID(id), tunnel)))
    }
    if header.endsStream { end(id, direction, begin, &events) }
  }

  // MARK: Content

  private mutating func takeContent(
    _ id: UInt32, _ bytes: [UInt8], _ direction: Direction, _ position: StreamPosition,
    _ events: inout [ParserEvent]
  ) {
    guard let stream = streams[id], !stream.hasEnded(direction) else { return }
    switch stream.role {
    case .forwarded: events.append(.tunnel(.bytes(TunnelID(id), bytes, from: direction, at: position)))
    case .program, .unknown:
      var rest = bytes[...]
      while !rest.isEmpty {
        let room = SPDYLimits.recordLength - (streams[id]?.pendingCount(direction) ?? 0)
        streams[id]?.append(rest.prefix(room), direction)
        rest = rest.dropFirst(room)
        if streams[id]?.pendingCount(direction) == SPDYLimits.recordLength { flush(id, direction, position.time) }
      }
    case .sizes:
      for line in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
        if line.offset > 0 { flush(id, direction, position.time) }
        keep(line.element, of: id, direction)
      }
    case .ending, .failure: keep(bytes[...], of: id, direction)
    }
  }

  /// Keeps a message's bytes up to the limit.
  private mutating func keep(_ bytes: ArraySlice<UInt8>, of id: UInt32, _ direction: Direction) {
    let room = SPDYLimits.messageLength - (streams[id]?.pendingCount(direction) ?? 0)
    streams[id]?.append(bytes.prefix(max(0, room)), direction)
    if bytes.count > room { note("a message on stream \(id) is longer than what is kept") }
  }

  /// Looks whether the stream is open.
  private mutating func beganData(
    _ id: UInt32, _ direction: Direction, _ begin: StreamPosition, _ events: inout [ParserEvent]
  ) {
    if let stream = streams[id] {
      guard stream.hasEnded(direction) else { return }
      return report("spdy-stream", "DATA on stream \(id) after its end", begin, &events)
    }
    let opener: Direction = id % 2 == 1 ? .fromClient : .fromServer
    // What was on its way when the stream was reset is nothing strange.
    guard id > lastStream[opener] ?? 0 else { return }
    lastStream[opener] = id
    note("stream \(id) was not seen to open")
    report("spdy-stream", "DATA on stream \(id), which was not opened", begin, &events)
  }

  /// Tells what is kept of a stream.
  private mutating func flush(_ id: UInt32, _ direction: Direction, _ time: Timestamp) {
    guard let role = streams[id]?.role, let bytes = streams[id]?.takePending(direction), !bytes.isEmpty else { return }
    let kind: StreamRecord.Kind
    switch role {
    case .program(let given): kind = given
    case .sizes: kind = .resize
    case .ending: kind = .exit
    case .failure: kind = .text
    case .unknown: kind = .binary
    case .forwarded: return
    }
    records.append(StreamRecord(at: time, direction: direction, kind: kind, bytes: bytes))
  }

  private mutating func end(
    _ id: UInt32, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    flush(id, direction, position.time)
    streams[id]?.end(direction)
    if streams[id]?.isOver == true { close(id, position, &events) }
  }

  private mutating func close(_ id: UInt32, _ position: StreamPosition, _ events: inout [ParserEvent]) {
    for direction in Direction.allCases { flush(id, direction, position.time) }
    guard streams.removeValue(forKey: id)?.role == .forwarded else { return }
    events.append(.tunnel(.closed(TunnelID(id), at: position)))
  }

  /// §2.6.3.
  private static func statusName(_ status: UInt32) -> String {
    let names = [
      "PROTOCOL_ERROR", "INVALID_STREAM", "REFUSED_STREAM", "UNSUPPORTED_VERSION", "CANCEL", "INTERNAL_ERROR",
      "FLOW_CONTROL_ERROR", "STREAM_IN_USE", "STREAM_ALREADY_CLOSED", "INVALID_CREDENTIALS", "FRAME_TOO_LARGE",
    ]
    guard let index = Int(exactly: status), names.indices.contains(index - 1) else { return "\(status)" }
    return names[index - 1]
  }
}

extension Direction {
  fileprivate var sender: String { self == .fromClient ? "client" : "server" }
}
