import Bytes
import Model

/// Header blocks: what they say, and the streams that they open.
extension HTTP2Connection {
  /// A frame with a header block or a part of one is over, or was cut: `damage` says why its payload is not whole.
  mutating func endedHeaders(
    _ frame: HTTP2FrameHeader, damage: String?, _ direction: Direction, _ time: Timestamp,
    _ events: inout [ParserEvent]
  ) {
    let begin = self[direction].framing.begin
    let payload = self[direction].framing.payload
    if frame.type == HTTP2FrameType.continuation {
      guard self[direction].block != nil else {
        if !self[direction].isLossy {
          report("http2-frame", "CONTINUATION on stream \(frame.streamID) after no HEADERS", begin, &events)
        }
        return loseTable(direction, "a header block without its beginning", begin, &events)
      }
      add(payload.span, frame, direction, &events)
    } else {
      var block = HTTP2HeaderBlock(streamID: frame.streamID, kind: .headers(endsStream: frame.endsStream), begin: begin)
      var reader = ByteReader(payload.span)
      do {
        let padding = frame.isPadded ? Int(try reader.readUInt8("pad length")) : 0
        if frame.type == HTTP2FrameType.pushPromise {
          block.kind = .promise(try reader.readUInt32("promised stream") & 0x7FFF_FFFF)
        } else if frame.hasPriority {
          try reader.skip(5, "priority")
        }
        let length = frame.length - reader.offset - padding
        guard length >= 0 else {
          throw DecodeError(
            .outOfRange, "padding of \(HTTP2FrameType.name(frame.type))", offset: 0, found: "\(padding)")
        }
        self[direction].block = block
        add(try reader.read(min(length, reader.remaining), "fragment"), frame, direction, &events)
      } catch {
        if damage == nil { report("http2-frame", "\(error)", begin, &events) }
        block.damage("\(error)")
        self[direction].block = block
        self[direction].block?.byteCount = HTTP2FrameHeader.byteCount + frame.length
      }
    }
    if let damage { self[direction].block?.damage(damage) }
    if frame.endsHeaders { finishBlock(direction, time, &events) }
  }

  private mutating func add(
    _ fragment: Span<UInt8>, _ frame: HTTP2FrameHeader, _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    guard var block = self[direction].block else { return }
    // Taken out, so that its bytes are not copied.
    self[direction].block = nil
    block.byteCount += HTTP2FrameHeader.byteCount + frame.length
    block.frameCount += 1
    let begin = self[direction].framing.begin
    if block.frameCount == HTTP2Limits.blockFrames + 1 {
      report(
        "http2-continuation-flood",
        "the header block of stream \(block.streamID) has more than \(HTTP2Limits.blockFrames) frames", begin, &events)
      block.damage("the head has too many frames")
    }
    let isWhole = self[direction].framing.payload.count == frame.length
    if block.damage == nil {
      let room = HTTP2Limits.headerBlock - block.bytes.count
      block.bytes.append(contentsOf: fragment.extracting(first: min(room, fragment.count)))
      if fragment.count > room || !isWhole,
        frame.length > HTTP2Limits.headerBlock - block.bytes.count || fragment.count > room
      {
        let limit = UInt64(HTTP2Limits.headerBlock).grouped
        report(
          "http2-header-limit", "the header block of stream \(block.streamID) has more than \(limit) bytes", begin,
          &events)
        block.damage("the head is larger than \(limit) bytes")
      }
    }
    self[direction].block = block
  }

  /// The block has all its frames, or no more will come.
  mutating func finishBlock(_ direction: Direction, _ time: Timestamp, _ events: inout [ParserEvent]) {
    guard let block = self[direction].block else { return }
    self[direction].block = nil
    let wasPartial = self[direction].decoder.table.isPartial
    let decoded = self[direction].decoder.decode(block.bytes.span, isWhole: block.damage == nil)
    var reason = block.damage
    if let error = decoded.error ?? decoded.sizeError {
      report("http2-compression", "stream \(block.streamID): \(error)", block.begin, &events)
    }
    if let error = decoded.error { reason = "the head cannot be read: \(error.what)" }
    if let reason {
      let why = "the header block of stream \(block.streamID): \(reason)"
      if !wasPartial { reportLostTable(direction, why, block.begin, &events) }
      self[direction].decoder.table.lose()
      self[direction].isLossy = true
    }
    if decoded.omitted > 0 {
      let detail = "\(UInt64(clamping: decoded.omitted).grouped) fields of stream \(block.streamID) go over a limit"
      report("http2-header-limit", detail, block.begin, &events)
      reason = reason ?? "\(UInt64(clamping: decoded.omitted).grouped) fields were left out"
    }
    if decoded.uncertain > 0 {
      reason = reason ?? "\(decoded.uncertain) fields name entries of a header table that was lost"
    }
    let section = HTTP2Section(
      block: block, fields: decoded.fields, size: decoded.listSize, reason: reason, endedAt: time)
    switch block.kind {
    case .promise(let promised): promise(promised, section, direction, &events)
    case .headers:
      if direction == .fromClient { requestHeaders(section, &events) } else { responseHeaders(section, &events) }
    }
  }

  /// From here on references to the header table cannot be trusted.
  mutating func loseTable(
    _ direction: Direction, _ reason: String, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    if !self[direction].decoder.table.isPartial { reportLostTable(direction, reason, position, &events) }
    self[direction].decoder.table.lose()
    self[direction].isLossy = true
  }

  private mutating func reportLostTable(
    _ direction: Direction, _ reason: String, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    let detail = "the \(direction.peerName)'s header table: \(reason)"
    report("http2-header-table-lost", detail, position, &events)
  }
}

/// A header section: the fields of one header block.
struct HTTP2Section {
  var block: HTTP2HeaderBlock
  var fields: [HeaderField]
  var size: Int
  /// Why fields are missing; nil when none is.
  var reason: String?
  var endedAt: Timestamp

  var endsStream: Bool { block.kind == .headers(endsStream: true) }
  var hasPseudoFields: Bool { fields.contains { $0.name.utf8.first == UInt8(ascii: ":") } }
}
