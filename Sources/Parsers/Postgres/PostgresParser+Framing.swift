import Bytes
import Model

/// From pieces to messages, and from lost boundaries back to them.
extension PostgresParser {
  /// Takes a direction's framing out, so that it can be changed in place while the dialogue is; `put` brings it back.
  mutating func take(_ direction: Direction) -> PostgresFraming {
    var framing = PostgresFraming(isFrontend: direction == .fromClient, isTyped: true, isSeeking: false, rowLimit: 0)
    put(&framing, direction)
    return framing
  }

  mutating func put(_ framing: inout PostgresFraming, _ direction: Direction) {
    if direction == .fromClient { swap(&framing, &client) } else { swap(&framing, &server) }
  }

  mutating func feed(
    _ bytes: Span<UInt8>, from start: Int, _ direction: Direction, _ position: StreamPosition,
    _ events: inout [ParserEvent]
  ) {
    var framing = take(direction)
    var used = start
    if !framing.isSeeking { used = drain(bytes, from: start, .piece(position), &framing, direction, &events) }
    guard used < bytes.count else { return put(&framing, direction) }
    var rest = position
    rest.origin.offset &+= UInt64(used)
    if framing.isSeeking {
      framing.search.add(bytes.extracting(used..<bytes.count), rest)
      put(&framing, direction)
      settle(direction, isTurn: false, &events)
    } else {
      put(&framing, direction)
      countOpaque(UInt64(bytes.count - used), direction, rest, &events)
    }
  }

  /// Where the bytes being drained came from.
  enum Source {
    case piece(StreamPosition)
    case search(PieceMarks)

    func position(at index: Int) -> StreamPosition {
      switch self {
      case .piece(var position):
        position.origin.offset &+= UInt64(index)
        return position
      case .search(let marks): return marks.position(at: index)
      }
    }

    func time(at index: Int) -> Timestamp {
      switch self {
      case .piece(let position): position.time
      case .search(let marks): marks.position(at: index).time
      }
    }
  }

  /// Takes messages until the bytes are used up, the boundary is lost or the stream turns opaque.
  ///
  /// - Returns: the index after what was used.
  mutating func drain(
    _ bytes: Span<UInt8>, from start: Int, _ source: Source, _ framing: inout PostgresFraming, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) -> Int {
    var index = start
    while index < bytes.count {
      let position = source.position(at: index)
      if index > start, direction == .fromClient, case .piece = source, isClientHello(bytes[index], framing) {
        becomeTLS(position, &events)
        handOn(bytes.extracting(index..<bytes.count), direction, position, &events)
        return bytes.count
      }
      // The position of the step's first byte, so no offset is added to it.
      switch framing.next(bytes, at: index, position) {
      case .needMore: return bytes.count
      case .frame(let type, let body, let end):
        let envelope = PostgresDialogue.Envelope(
          type: type, begin: position, endTime: source.time(at: end - 1), byteCount: end - index)
        take(envelope, bytes.extracting(body), &framing, direction, &events)
        index = end
      case .carried(let type, let end):
        let time = source.time(at: end - 1)
        let range = framing.carriedBody
        let frame = framing.takeCarry()
        let envelope = PostgresDialogue.Envelope(
          type: type, begin: framing.begin, endTime: time, byteCount: frame.count)
        take(envelope, frame.span.extracting(range), &framing, direction, &events)
        framing.recycle(frame)
        index = end
      case .head(let type, let length, let end):
        let time = source.time(at: end - 1)
        let range = framing.carriedBody
        let frame = framing.takeCarry()
        let envelope = PostgresDialogue.Envelope(
          type: type, begin: framing.begin, endTime: time, byteCount: frame.count)
        takeHead(envelope, frame.span.extracting(range), length: length, direction, &events)
        framing.recycle(frame)
        index = end
      case .part(let type, let body, _):
        let envelope = PostgresDialogue.Envelope(
          type: type, begin: position, endTime: source.time(at: body.upperBound - 1), byteCount: body.count)
        takePart(envelope, bytes.extracting(body), direction, &events)
        index = body.upperBound
      case .implausible(let error):
        loseBoundary(error, position, &framing, direction, &events)
        return index
      }
      if stage != .messages { return index }
    }
    return index
  }

  /// The boundary is lost without a gap: the bytes are not what they should be.
  mutating func loseBoundary(
    _ error: DecodeError, _ position: StreamPosition, _ framing: inout PostgresFraming, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    let wasBeginning = !framing.isTyped && !dialogue.sawStartup && encryptionRequests.isEmpty && !mayBeEncrypted
    let begin = framing.carry.isEmpty ? position : framing.begin
    framing.seek()
    // Mid-stream a client may begin inside a message: nothing was malformed then.
    if wasBeginning { return }
    let side = direction == .fromClient ? "client" : "server"
    dialogue.report("postgres-malformed", "\(side): \(error)", begin, &events)
    if direction == .fromClient {
      dialogue.noteClientLoss("malformed bytes", begin, &events)
    } else {
      dialogue.noteServerLoss("malformed bytes in the response")
    }
  }

  /// Works on a direction whose boundary is lost.
  mutating func settle(_ direction: Direction, isTurn: Bool, _ events: inout [ParserEvent]) {
    var framing = take(direction)
    while framing.isSeeking, let index = framing.search.find(isFrontend: framing.isFrontend, isTurn: isTurn) {
      let search = framing.search
      noteFound(search, at: index, direction, &events)
      framing.resume()
      let used = drain(search.bytes.span, from: index, .search(search.marks), &framing, direction, &events)
      if framing.isSeeking {
        // Lost again: what the framing held is part of the search's bytes.
        framing.search = search
        framing.search.reject(used)
        continue
      }
      framing.search = BoundarySearch()
      if used < search.bytes.count {
        put(&framing, direction)
        return countOpaque(
          UInt64(search.bytes.count - used), direction, search.marks.position(at: used), &events)
      }
    }
    put(&framing, direction)
  }

  mutating func noteFound(
    _ search: borrowing BoundarySearch, at index: Int, _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    guard search.passedOver > 0 else { return }
    let side = direction == .fromClient ? "client" : "server"
    dialogue.report(
      "postgres-resynchronised", "\(search.passedOver.grouped) bytes from the \(side) passed over",
      search.marks.position(at: index), &events)
    if direction == .fromServer {
      dialogue.noteServerLoss("\(search.passedOver.grouped) bytes of the response passed over")
    }
  }
}
