import Bytes
public import Model

/// PostgreSQL's frontend/backend protocol, versions 3.0 and 3.2 (PostgreSQL documentation, chapter 55).
///
/// Messages are cut by one `PostgresFraming` a direction and joined to exchanges by the `PostgresDialogue`. What comes out
/// does not depend on how the bytes were cut into pieces.
public struct PostgresParser: ProtocolParser {
  public static let id = ProtocolID.postgres

  private enum Stage: Equatable {
    case messages
    /// Encrypted, or of another protocol: bytes are counted.
    case opaque(Opaque.Reason)
  }

  private enum EncryptionRequest {
    case ssl
    case gss
  }

  private let options: ParserOptions
  private var stage = Stage.messages
  private var client: PostgresFraming
  private var server: PostgresFraming
  private var dialogue: PostgresDialogue
  /// Requests for encryption that are not answered yet; each is answered with one byte.
  private var encryptionRequests: [EncryptionRequest] = []
  /// The answer to one was not captured.
  private var mayBeEncrypted = false
  private var sawClient = false
  private var opaque = Opaque(reason: .tls, clientByteCount: 0, serverByteCount: 0)
  private var opaqueSince: StreamPosition?
  private var opaqueUntil: Timestamp?

  public static func recognize(_ opening: borrowing Opening) -> Recognition {
    PostgresRecognition.recognize(opening)
  }

  public init(options: ParserOptions) {
    self.options = options
    let rowLimit = min(max(options.bodyLimit, PostgresLimits.heldRowLength), PostgresLimits.heldLength)
    client = PostgresFraming(isFrontend: true, isTyped: false, isSeeking: false, rowLimit: rowLimit)
    // Until the client's beginning is seen, the server may be anywhere.
    server = PostgresFraming(isFrontend: false, isTyped: true, isSeeking: true, rowLimit: rowLimit)
    dialogue = PostgresDialogue(options: options)
  }

  public mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    guard !bytes.isEmpty else { return }
    if case .opaque = stage { return countOpaque(UInt64(bytes.count), direction, position, &events) }
    // The other end now waits or has waited, so what is undecided there can be decided.
    if direction == .fromClient ? server.isSeeking : client.isSeeking {
      settle(direction.reversed, isTurn: true, &events)
    }
    var used = 0
    if direction == .fromClient {
      if !sawClient {
        sawClient = true
        // A start-up packet's length has a zero in front; a type byte is none.
        if bytes[0] != 0 { client.seek() }
      }
      if isClientHello(bytes[0]) {
        becomeOpaque(.tls, &events)
        return countOpaque(UInt64(bytes.count), direction, position, &events)
      }
    } else {
      used = answerEncryption(bytes, position, &events)
    }
    if used < bytes.count { feed(bytes, from: used, direction, position, &events) }
  }

  public mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    guard gap.byteCount > 0 else { return }
    if case .opaque = stage { return countOpaque(gap.byteCount, direction, position, &events) }
    let reason = "gap of \(gap.byteCount.grouped) bytes in the \(direction == .fromClient ? "request" : "response")"
    if direction == .fromClient {
      sawClient = true
    } else if !encryptionRequests.isEmpty {
      encryptionRequests = []
      mayBeEncrypted = true
    }
    lose(gap.byteCount, reason, direction, position, &events)
  }

  public mutating func finish(at position: StreamPosition, into events: inout [ParserEvent]) {
    for direction in Direction.allCases { finish(direction, position, &events) }
    dialogue.finish(at: position, &events)
    if case .opaque(let reason) = stage { opaque.reason = reason }
    guard let since = opaqueSince else { return }
    events.append(
      .exchange(
        Exchange(
          shape: .opaque(opaque), startedAt: since.time, endedAt: opaqueUntil ?? since.time, origin: since.origin,
          requestByteCount: opaque.clientByteCount, responseByteCount: opaque.serverByteCount)))
    opaqueSince = nil
  }

  private mutating func finish(_ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]) {
    settle(direction, isTurn: true, &events)
    var framing = take(direction)
    defer { put(&framing, direction) }
    if framing.isSeeking {
      framing.search.abandon()
      guard framing.search.passedOver > 0, let since = framing.search.since else { return }
      if stage == .messages { stage = .opaque(.undecodable) }
      countOpaque(framing.search.passedOver, direction, since, &events)
      opaqueUntil = position.time
    } else if !framing.carry.isEmpty {
      let side = direction == .fromClient ? "client" : "server"
      dialogue.report("postgres-truncated", "the \(side)'s last message is not whole", framing.begin, &events)
      let reason = "the capture ended in the middle of the message"
      giveDamaged(&framing, wasTyped: framing.isTyped, reason, framing.begin.time, direction, &events)
    }
  }

  // MARK: Encryption

  /// Takes the server's one-byte answer to SSLRequest or GSSENCRequest.
  ///
  /// - Returns: how many bytes were used.
  private mutating func answerEncryption(
    _ bytes: Span<UInt8>, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) -> Int {
    var used = 0
    while used < bytes.count, let request = encryptionRequests.first {
      switch (bytes[used], request) {
      case (UInt8(ascii: "N"), _):
        encryptionRequests.removeFirst()
        dialogue.notePrelude(position, byteCount: 1, from: .fromServer)
        used += 1
      case (UInt8(ascii: "S"), .ssl), (UInt8(ascii: "G"), .gss):
        becomeOpaque(request == .ssl ? .tls : .gssEncryption, &events)
        used += 1
        if used < bytes.count {
          var rest = position
          rest.origin.offset &+= UInt64(used)
          countOpaque(UInt64(bytes.count - used), .fromServer, rest, &events)
        }
        return bytes.count
      default:
        // An ErrorResponse: the server does not know the request, or refuses the connection.
        encryptionRequests = []
        dialogue.login.stage = .begun
      }
    }
    return used
  }

  private mutating func becomeOpaque(_ reason: Opaque.Reason, _ events: inout [ParserEvent]) {
    stage = .opaque(reason)
    encryptionRequests = []
    guard reason == .tls || reason == .gssEncryption else { return }
    var facts = SessionFacts()
    facts.encryption = reason == .tls ? "tls" : "gss"
    events.append(.facts(facts))
  }

  /// A TLS handshake record where the answer to an SSLRequest was not seen.
  private func isClientHello(_ byte: UInt8) -> Bool {
    byte == 0x16 && !client.isTyped && client.carry.isEmpty && (mayBeEncrypted || !encryptionRequests.isEmpty)
  }

  private mutating func countOpaque(
    _ count: UInt64, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    if opaqueSince == nil { opaqueSince = position }
    opaqueUntil = position.time
    if direction == .fromClient {
      opaque.clientByteCount += count
    } else {
      if opaque.clientByteCount == 0, opaque.serverByteCount == 0, stage == .opaque(.tls) {
        // The client speaks first in TLS: someone put bytes into the connection (CVE-2021-23222).
        dialogue.report(
          "postgres-plaintext-before-tls", "the server sent bytes between its answer and the TLS handshake", position,
          &events)
      }
      opaque.serverByteCount += count
    }
  }

  // MARK: Framing

  /// Takes a direction's framing out, so that it can be changed in place while the dialogue is; `put` brings it back.
  private mutating func take(_ direction: Direction) -> PostgresFraming {
    var framing = PostgresFraming(isFrontend: direction == .fromClient, isTyped: true, isSeeking: false, rowLimit: 0)
    put(&framing, direction)
    return framing
  }

  private mutating func put(_ framing: inout PostgresFraming, _ direction: Direction) {
    if direction == .fromClient { swap(&framing, &client) } else { swap(&framing, &server) }
  }

  private mutating func feed(
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
  private enum Source {
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
  private mutating func drain(
    _ bytes: Span<UInt8>, from start: Int, _ source: Source, _ framing: inout PostgresFraming, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) -> Int {
    var index = start
    while index < bytes.count {
      let position = source.position(at: index)
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
  private mutating func loseBoundary(
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
  private mutating func settle(_ direction: Direction, isTurn: Bool, _ events: inout [ParserEvent]) {
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

  private mutating func noteFound(
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

  // MARK: Gaps

  private mutating func lose(
    _ count: UInt64, _ reason: String, _ direction: Direction, _ position: StreamPosition,
    _ events: inout [ParserEvent]
  ) {
    settle(direction, isTurn: true, &events)
    var framing = take(direction)
    defer { put(&framing, direction) }
    let wasTyped = framing.isTyped
    switch framing.skip(count) {
    case .nothing: break
    case .within(let type, _):
      let what = wasTyped ? "message \(type.letter)" : "the start-up packet"
      dialogue.report("postgres-gap", "\(reason): part of \(what) is missing", framing.begin, &events)
      giveDamaged(&framing, wasTyped: wasTyped, reason, position.time, direction, &events)
    case .passing(let type):
      if direction == .fromServer || type == FrontendType.copyData { dialogue.noteOnHead(reason) }
    case .boundary(let begun, _):
      if framing.isSeeking, begun == nil { framing.search.abandon() }
      if begun != nil, !framing.carry.isEmpty {
        giveDamaged(&framing, wasTyped: wasTyped, reason, position.time, direction, &events)
      }
      dialogue.report("postgres-gap", "\(reason): messages may be missing", position, &events)
      if direction == .fromClient {
        dialogue.noteClientLoss(reason, position, &events)
      } else {
        dialogue.noteServerLoss(reason)
      }
    }
  }

  /// Gives the message in the carry, whose end is missing.
  private mutating func giveDamaged(
    _ framing: inout PostgresFraming, wasTyped: Bool, _ reason: String, _ time: Timestamp, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    let type = framing.carry.first ?? 0
    let frame = framing.takeCarry()
    guard wasTyped else {
      framing.isTyped = true
      if server.isSeeking, server.search.bytes.isEmpty { server.resume() }
      guard let (minor, parameters) = StartupMessage.beginning(frame.span) else {
        return
      }
      return dialogue.takeStartup(
        minor: minor, parameters, byteCount: frame.count, framing.begin, damage: reason, &events)
    }
    guard frame.count >= 5, FrameCheck.limit(type, isFrontend: framing.isFrontend) != nil else { return }
    let envelope = PostgresDialogue.Envelope(
      type: type, begin: framing.begin, endTime: time, byteCount: frame.count, damage: reason)
    let body = frame.span.extracting(5..<frame.count)
    if direction == .fromClient {
      dialogue.frontend(envelope, body, &events)
    } else {
      dialogue.backend(envelope, body, &events)
    }
  }

  // MARK: Messages

  private mutating func take(
    _ envelope: borrowing PostgresDialogue.Envelope, _ body: Span<UInt8>, _ framing: inout PostgresFraming,
    _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    if direction == .fromServer {
      dialogue.backend(envelope, body, &events)
    } else if framing.isTyped {
      dialogue.frontend(envelope, body, &events)
    } else {
      takeUntyped(envelope, body, &framing, &events)
    }
  }

  private mutating func takeUntyped(
    _ envelope: borrowing PostgresDialogue.Envelope, _ body: Span<UInt8>, _ framing: inout PostgresFraming,
    _ events: inout [ParserEvent]
  ) {
    // The server's first byte answers this.
    if server.isSeeking, server.search.bytes.isEmpty { server.resume() }
    var reader = ByteReader(body)
    do throws(DecodeError) {
      switch try StartupMessage(parsing: &reader) {
      case .sslRequest: request(.ssl, envelope)
      case .gssEncryptionRequest: request(.gss, envelope)
      case .cancelRequest(let key):
        let cancellation = Cancellation(
          processID: key.processID, secretHash: options.secrets.hash(key.secret.span))
        events.append(
          .exchange(
            Exchange(
              shape: .cancellation(cancellation), startedAt: envelope.begin.time, endedAt: envelope.endTime,
              origin: envelope.begin.origin, requestByteCount: UInt64(envelope.byteCount))))
      case .startup(let minor, let parameters):
        framing.isTyped = true
        dialogue.takeStartup(minor: minor, parameters, byteCount: envelope.byteCount, envelope.begin, &events)
      case .ancient(let major, let minor):
        var facts = SessionFacts()
        facts.protocolVersion = "\(major).\(minor)"
        events.append(.facts(facts))
        becomeOpaque(.undecodable, &events)
        countOpaque(UInt64(envelope.byteCount), .fromClient, envelope.begin, &events)
      }
      dialogue.expectEnd(reader.remaining, envelope, "client", &events)
    } catch {
      dialogue.report("postgres-malformed", "start-up packet: \(error)", envelope.begin, &events)
      // The server refuses it and says so.
      framing.isTyped = true
      dialogue.takeStartup(minor: 0, [], byteCount: envelope.byteCount, envelope.begin, &events)
    }
  }

  private mutating func request(_ kind: EncryptionRequest, _ envelope: borrowing PostgresDialogue.Envelope) {
    dialogue.notePrelude(envelope.begin, byteCount: envelope.byteCount, from: .fromClient)
    if encryptionRequests.count < PostgresLimits.encryptionRequests { encryptionRequests.append(kind) }
  }

  /// The first part of a message that is too large to hold.
  private mutating func takeHead(
    _ envelope: borrowing PostgresDialogue.Envelope, _ part: Span<UInt8>, length: Int, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    if envelope.type == FrontendType.copyData {
      takeCopyData(envelope, part, isFirst: true, direction, &events)
    } else if direction == .fromServer, envelope.type == BackendType.dataRow {
      dialogue.takeLargeRow(envelope, part, &events)
    } else {
      var envelope = copy envelope
      let reason =
        "a message of \(UInt64(length).grouped) bytes, of which the first \(UInt64(part.count).grouped) are kept"
      dialogue.report("postgres-message-cut", reason, envelope.begin, &events)
      envelope.damage = reason
      envelope.byteCount = length
      if direction == .fromClient {
        dialogue.frontend(envelope, part, &events)
      } else {
        dialogue.backend(envelope, part, &events)
      }
    }
  }

  private mutating func takePart(
    _ envelope: borrowing PostgresDialogue.Envelope, _ part: Span<UInt8>, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    if envelope.type == FrontendType.copyData {
      takeCopyData(envelope, part, isFirst: false, direction, &events)
    } else if direction == .fromServer, envelope.type == BackendType.dataRow {
      dialogue.passRow(part, endTime: envelope.endTime)
    }
  }

  private mutating func takeCopyData(
    _ envelope: borrowing PostgresDialogue.Envelope, _ part: Span<UInt8>, isFirst: Bool, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    if direction == .fromClient {
      dialogue.takeClientCopyData(part, envelope, isFirst: isFirst)
    } else {
      dialogue.takeServerCopyData(part, envelope, isFirst: isFirst, &events)
    }
  }
}

extension ProtocolID {
  /// PostgreSQL.
  public static let postgres = ProtocolID("postgres")
}

extension UInt64 {
  /// `1,448`.
  var grouped: String {
    var text = ""
    let digits = String(self)
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
