import Bytes
public import Model

/// HTTP/0.9, 1.0 and 1.1 (RFC 1945, RFC 9110, RFC 9112), and what their connections turn into: HTTP/2, WebSocket, tunnels.
///
/// Each direction is cut by an `HTTPFraming`; requests wait in a `CallQueue` for their answers. What comes out does not
/// depend on how the bytes were cut into pieces.
public struct HTTPParser: ProtocolParser {
  public static let id = ProtocolID.http

  enum Stage {
    case messages
    case http2(HTTP2Connection)
    case webSocket(WebSocketConnection, OpenCall)
    case spdy(SPDYConnection, OpenCall)
    case tunnel(TunnelID)
  }

  enum HeldPiece {
    case bytes([UInt8], Direction, StreamPosition)
    case gap(Gap, Direction, StreamPosition)
  }

  let options: ParserOptions
  var stage = Stage.messages
  var client = HTTPFraming(isRequest: true)
  var server = HTTPFraming(isRequest: false)
  var calls = CallQueue()
  /// A response whose request was not captured.
  var orphan: OpenCall?
  /// The response in work belongs to `orphan`, not to the first call.
  var answersOrphan = false
  /// Pieces that cannot be read before something else is known.
  var held: [HeldPiece] = []
  var heldByteCount = 0
  /// The client asked to leave HTTP/1: what it sends next waits for the answer.
  var holdsClient = false
  /// It is known whether the client began with the preface of HTTP/2.
  var sawClient = false
  /// Bytes of that preface which the client's first bytes have been so far.
  var prefaceCount = 0
  var sawServer = false
  /// Some of the server's first bytes were looked at as HTTP/1.
  var readsServer = false
  var toldFacts = false
  var anomalyCount = 0
  /// Bytes of request bodies that are kept.
  var pendingByteCount: UInt64 = 0

  public static func recognize(_ opening: borrowing Opening) -> Recognition { HTTPRecognition.recognize(opening) }

  public init(options: ParserOptions) { self.options = options }

  public mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    guard !bytes.isEmpty else { return }
    if direction == .fromClient, !sawClient {
      return begin(bytes, position, &events)
    }
    feed(bytes, direction, position, &events)
  }

  /// The client's first bytes: what the server had said before is read as soon as it is known which protocol this is, at the
  /// same byte however they are cut.
  private mutating func begin(_ bytes: Span<UInt8>, _ position: StreamPosition, _ events: inout [ParserEvent]) {
    let preface = HTTP2Framing.preface
    var count = 0
    while !sawClient, count < bytes.count {
      sawClient = bytes[count] != preface[prefaceCount] || prefaceCount == preface.count - 1
      prefaceCount += 1
      count += 1
    }
    feed(bytes.extracting(0..<count), .fromClient, position, &events)
    guard sawClient else { return }
    release(&events)
    guard count < bytes.count else { return }
    receive(bytes.extracting(count..<bytes.count), from: .fromClient, at: position.advanced(by: count), into: &events)
  }

  public mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    guard gap.byteCount > 0 else { return }
    let isFirst = direction == .fromClient && !sawClient
    if direction == .fromClient { sawClient = true }
    pass(gap, direction, position, &events)
    if isFirst { release(&events) }
  }

  public mutating func finish(at position: StreamPosition, into events: inout [ParserEvent]) {
    sawClient = true
    holdsClient = false
    release(&events)
    switch stage {
    case .messages: finishMessages(position, &events)
    case .http2(var connection): connection.finish(at: position, into: &events)
    case .webSocket(var connection, let open): connection.end(open, at: position, into: &events)
    case .spdy(var connection, let open): connection.end(open, at: position, into: &events)
    case .tunnel(let id): events.append(.tunnel(.closed(id, at: position)))
    }
    stage = .messages
  }

  /// Reads bytes up to where the connection becomes something else, and hands the rest on.
  mutating func feed(
    _ bytes: Span<UInt8>, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    var index = 0
    while index < bytes.count {
      let rest = bytes.extracting(index..<bytes.count)
      let place = position.advanced(by: index)
      guard case .messages = stage else { return handOn(rest, direction, place, &events) }
      if direction == .fromClient {
        if holdsClient { return hold(.bytes(rest.array, direction, place), rest.count, &events) }
        guard let element = client.next(bytes, &index, position) else { return }
        takeRequest(element, bytes, position.advanced(by: index), &events)
      } else {
        sawServer = true
        if waitsForClient(rest) { return hold(.bytes(rest.array, direction, place), rest.count, &events) }
        readsServer = true
        server.maySendBare = server.isIdle ? awaitsBare : server.maySendBare && server.stage == .head
        guard let element = server.next(bytes, &index, position) else { return }
        takeResponse(element, bytes, position.advanced(by: index), &events)
      }
    }
  }

  /// The first call is of HTTP/0.9 and nothing came for it yet.
  private var awaitsBare: Bool {
    guard let first = calls.first, !first.isResponseComplete else { return false }
    return first.call.head.version == "0.9" && first.firstResponseAt == nil
  }

  /// A server of HTTP/2 may speak before its client is heard; only the client's preface says that it is one.
  private func waitsForClient(_ bytes: Span<UInt8>) -> Bool {
    guard !sawClient, !readsServer else { return false }
    return !held.isEmpty || bytes[0] != UInt8(ascii: "H")
  }

  private mutating func handOn(
    _ bytes: Span<UInt8>, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    switch stage {
    case .messages: break
    case .http2(var connection):
      // Taken out, so that it is changed in place.
      stage = .messages
      connection.receive(bytes, from: direction, at: position, into: &events)
      stage = .http2(connection)
    case .webSocket(var connection, let open):
      stage = .messages
      connection.receive(bytes, from: direction, at: position, into: &events)
      stage = .webSocket(connection, open)
    case .spdy(var connection, let open):
      stage = .messages
      connection.receive(bytes, from: direction, at: position, into: &events)
      stage = .spdy(connection, open)
    case .tunnel(let id): events.append(.tunnel(.bytes(id, bytes.array, from: direction, at: position)))
    }
  }

  func pass(_ gap: Gap, to id: TunnelID, _ direction: Direction, _ position: StreamPosition) -> ParserEvent {
    .tunnel(.gap(id, gap, from: direction, at: position))
  }

  mutating func pass(
    _ gap: Gap, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    switch stage {
    case .messages:
      if direction == .fromClient, holdsClient || (!held.isEmpty && !sawClient) {
        return hold(.gap(gap, direction, position), 0, &events)
      }
      if direction == .fromServer, !held.isEmpty, !sawClient { return hold(.gap(gap, direction, position), 0, &events) }
      lose(gap, direction, position, &events)
    case .http2(var connection):
      stage = .messages
      connection.skip(gap, from: direction, at: position, into: &events)
      stage = .http2(connection)
    case .webSocket(var connection, let open):
      stage = .messages
      connection.skip(gap, from: direction, at: position, into: &events)
      stage = .webSocket(connection, open)
    case .spdy(var connection, let open):
      stage = .messages
      connection.skip(gap, from: direction, at: position, into: &events)
      stage = .spdy(connection, open)
    case .tunnel(let id): events.append(pass(gap, to: id, direction, position))
    }
  }

  /// Keeps a piece until it is known what it belongs to; when that takes too long it is read as HTTP/1.
  private mutating func hold(_ piece: HeldPiece, _ count: Int, _ events: inout [ParserEvent]) {
    held.append(piece)
    heldByteCount += count
    guard heldByteCount > HTTPLimits.heldLength || held.count > HTTPLimits.heldPieces else { return }
    holdsClient = false
    readsServer = true
    release(&events)
  }

  /// Reads what was held.
  mutating func release(_ events: inout [ParserEvent]) {
    guard !held.isEmpty else { return }
    let pieces = held
    held = []
    heldByteCount = 0
    for piece in pieces {
      switch piece {
      case .bytes(let bytes, let direction, let position): feed(bytes.span, direction, position, &events)
      case .gap(let gap, let direction, let position): pass(gap, direction, position, &events)
      }
    }
  }

  mutating func report(
    _ code: Anomaly.Code, _ detail: String, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    anomalyCount += 1
    guard anomalyCount <= HTTPLimits.anomalies else { return }
    events.append(
      .anomaly(Anomaly(code, detail, origin: position.origin, flow: options.flow, time: position.time)))
  }

  mutating func report(_ flaws: [HTTPHead.Flaw], _ position: StreamPosition, _ events: inout [ParserEvent]) {
    for flaw in flaws { report(flaw.code, flaw.detail, position, &events) }
  }
}

extension ProtocolID {
  /// HTTP, all versions.
  public static let http = ProtocolID("http")
}
