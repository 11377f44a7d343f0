import Bytes
public import Model

/// PostgreSQL's frontend/backend protocol, versions 3.0 and 3.2 (PostgreSQL documentation, chapter 55).
public struct PostgresParser: ProtocolParser {
  public static let id = ProtocolID.postgres

  private enum Stage {
    case messages
    /// The server's one-byte answer to SSLRequest or GSSENCRequest comes next.
    case awaitingEncryptionAnswer(gss: Bool)
    /// Encrypted, or not to be understood: bytes are counted.
    case opaque(Opaque.Reason)
  }

  private let options: ParserOptions
  private var stage = Stage.messages
  private var client = PostgresFraming(isFrontend: true, stage: .untyped)
  private var server = PostgresFraming(isFrontend: false, stage: .typed)
  private var dialogue: PostgresDialogue
  private var isFirstClientByte = true
  private var opaqueClient: UInt64 = 0
  private var opaqueServer: UInt64 = 0
  private var opaqueSince: StreamPosition?

  public static func recognize(_ opening: borrowing Opening) -> Recognition {
    PostgresRecognition.recognize(opening)
  }

  public init(options: ParserOptions) {
    self.options = options
    dialogue = PostgresDialogue(options: options)
  }

  public mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    switch stage {
    case .opaque:
      countOpaque(UInt64(bytes.count), direction, position)
    case .awaitingEncryptionAnswer(let gss) where direction == .fromServer && !bytes.isEmpty:
      answerEncryption(bytes, gss: gss, position, &events)
    case .awaitingEncryptionAnswer, .messages:
      if direction == .fromClient, isFirstClientByte, !bytes.isEmpty {
        isFirstClientByte = false
        // Mid-stream a client begins with a type; a start-up packet's length has a zero in front.
        if bytes[0] != 0 { client.stage = .seeking }
      }
      feed(bytes, direction, position, &events)
    }
  }

  public mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    if case .opaque = stage { return countOpaque(gap.byteCount, direction, position) }
    let reason = "gap of \(gap.byteCount) bytes in the \(direction == .fromClient ? "request" : "response")"
    if direction == .fromClient {
      isFirstClientByte = false
      if PostgresParser.pass(gap, &client) { return }
      client.seek()
      dialogue.noteLost(reason, position, into: &events)
    } else {
      dialogue.noteOnHead(reason)
      if PostgresParser.pass(gap, &server) { return }
      server.seek()
      dialogue.serverGap = reason
      if case .awaitingEncryptionAnswer = stage { stage = .messages }
    }
  }

  public mutating func finish(at position: StreamPosition, into events: inout [ParserEvent]) {
    for direction in Direction.allCases { finishSeeking(direction, &events) }
    switch stage {
    case .opaque(let reason):
      let since = opaqueSince ?? position
      events.append(
        .exchange(
          Exchange(
            shape: .opaque(
              Opaque(reason: reason, clientByteCount: opaqueClient, serverByteCount: opaqueServer)),
            startedAt: since.time, endedAt: position.time, origin: since.origin, requestByteCount: opaqueClient,
            responseByteCount: opaqueServer)))
    case .messages, .awaitingEncryptionAnswer: break
    }
    if dialogue.isReplication {
      let (sent, received) = dialogue.replicationBytes
      events.append(
        .exchange(
          Exchange(
            shape: .opaque(Opaque(reason: .replication, clientByteCount: sent, serverByteCount: received)),
            startedAt: position.time, endedAt: position.time, origin: position.origin)))
    }
    dialogue.flushAll(
      dialogue.sawServer ? "the session ended before the answer came" : "responses not captured", into: &events)
    _ = dialogue.finishLogin(.unknown, at: position.time, into: &events)
  }

  // MARK: Encryption

  private mutating func answerEncryption(
    _ bytes: Span<UInt8>, gss: Bool, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    stage = .messages
    switch bytes[0] {
    case UInt8(ascii: "S") where !gss, UInt8(ascii: "G") where gss:
      var facts = SessionFacts()
      facts.encryption = gss ? "gss" : "tls"
      events.append(.facts(facts))
      stage = .opaque(gss ? .gssEncryption : .tls)
      countOpaque(UInt64(bytes.count - 1), .fromServer, position)
    case UInt8(ascii: "N"):
      guard bytes.count > 1 else { return }
      var rest = position
      rest.origin.offset += 1
      feed(bytes.extracting(1..<bytes.count), .fromServer, rest, &events)
    default: feed(bytes, .fromServer, position, &events)
    }
  }

  private mutating func countOpaque(_ count: UInt64, _ direction: Direction, _ position: StreamPosition) {
    opaqueSince = opaqueSince ?? position
    if direction == .fromClient { opaqueClient += count } else { opaqueServer += count }
  }

  // MARK: Framing

  private mutating func feed(
    _ bytes: Span<UInt8>, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    // Taken out for the time, so that it is changed in place while the dialogue is.
    var framing = PostgresFraming(isFrontend: direction == .fromClient, stage: .typed)
    exchange(&framing, direction)
    defer { exchange(&framing, direction) }
    var index = 0
    while index < bytes.count {
      if case .opaque = stage {
        return countOpaque(UInt64(bytes.count - index), direction, position)
      }
      var here = position
      here.origin.offset += UInt64(index)
      index += step(
        bytes.extracting(index..<bytes.count), here, position.time, &framing, direction, &events)
    }
  }

  private mutating func exchange(_ framing: inout PostgresFraming, _ direction: Direction) {
    if direction == .fromClient { swap(&framing, &client) } else { swap(&framing, &server) }
  }

  /// Takes one step in one direction: a message, part of one, or a search.
  ///
  /// - Returns: how many of `bytes` were used, at least one.
  private mutating func step(
    _ bytes: Span<UInt8>, _ position: StreamPosition, _ time: Timestamp, _ framing: inout PostgresFraming,
    _ direction: Direction, _ events: inout [ParserEvent]
  ) -> Int {
    switch framing.stage {
    case .passing(let type, let left, let wanted):
      let count = Int(min(left, UInt64(bytes.count)))
      if wanted { passOn(type, bytes.extracting(first: count), direction) }
      framing.stage = left == UInt64(count) ? .typed : .passing(type: type, left: left - UInt64(count), wanted: wanted)
      return count
    case .seeking:
      framing.keep(bytes, from: position)
      if framing.resynchronize() { resume(&framing, time, direction, &events) }
      return bytes.count
    case .untyped, .typed:
      return framing.carry.isEmpty
        ? stepDirect(bytes, position, time, &framing, direction, &events)
        : stepCarried(bytes, time, &framing, direction, &events)
    }
  }

  private mutating func stepDirect(
    _ bytes: Span<UInt8>, _ position: StreamPosition, _ time: Timestamp, _ framing: inout PostgresFraming,
    _ direction: Direction, _ events: inout [ParserEvent]
  ) -> Int {
    switch framing.next(bytes) {
    case .incomplete:
      framing.keep(bytes, from: position)
      return bytes.count
    case .frame(let type, let length):
      take(type, bytes.extracting(first: length), position, time, &framing, direction, &events)
      return length
    case .large(let type, let length):
      let count = min(bytes.count, length)
      guard count >= min(length, heldLength(type, direction)) || isPassing(type, direction) else {
        framing.keep(bytes, from: position)
        return bytes.count
      }
      takeHead(type, bytes.extracting(first: count), length: length, position, time, direction, &events)
      framing.stage =
        count == length
        ? .typed : .passing(type: type, left: UInt64(length - count), wanted: isPassing(type, direction))
      return count
    case .implausible(let error):
      lose(error, position, &framing, direction, &events)
      framing.keep(bytes, from: position)
      if framing.resynchronize() { resume(&framing, time, direction, &events) }
      return bytes.count
    }
  }

  /// Adds what the message in the carry still needs.
  private mutating func stepCarried(
    _ bytes: Span<UInt8>, _ time: Timestamp, _ framing: inout PostgresFraming, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) -> Int {
    let begin = framing.begin
    switch framing.next(framing.carry.span) {
    case .incomplete(let need):
      let count = min(bytes.count, need - framing.carry.count)
      framing.keep(bytes.extracting(first: count), from: begin)
      if framing.carry.count < need { return count }
      return stepFull(time, &framing, direction, &events, used: count)
    case .large(let type, let length) where !isPassing(type, direction):
      let count = min(bytes.count, min(length, heldLength(type, direction)) - framing.carry.count)
      if count > 0 { framing.keep(bytes.extracting(first: count), from: begin) }
      if framing.carry.count < min(length, heldLength(type, direction)) { return max(count, 1) }
      let used = stepFull(time, &framing, direction, &events, used: max(count, 0))
      return used
    default: return stepFull(time, &framing, direction, &events, used: 0)
    }
  }

  /// Handles a carry that holds a whole header: the message itself when it is whole.
  private mutating func stepFull(
    _ time: Timestamp, _ framing: inout PostgresFraming, _ direction: Direction, _ events: inout [ParserEvent],
    used: Int
  ) -> Int {
    let begin = framing.begin
    switch framing.next(framing.carry.span) {
    case .incomplete: return used
    case .frame(let type, let length):
      let frame = framing.takeCarry()
      take(type, frame.span.extracting(first: length), begin, time, &framing, direction, &events)
    case .large(let type, let length):
      if !isPassing(type, direction), framing.carry.count < min(length, heldLength(type, direction)) { return used }
      let head = framing.takeCarry()
      takeHead(type, head.span, length: length, begin, time, direction, &events)
      framing.stage = .passing(
        type: type, left: UInt64(length - head.count), wanted: isPassing(type, direction))
    case .implausible(let error):
      let bytes = framing.takeCarry()
      lose(error, begin, &framing, direction, &events)
      framing.keep(bytes.span, from: begin)
      if framing.resynchronize() { resume(&framing, time, direction, &events) }
    }
    return used
  }

  /// Works off what a search left in the carry.
  private mutating func resume(
    _ framing: inout PostgresFraming, _ time: Timestamp, _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    let begin = framing.begin
    let bytes = framing.takeCarry()
    if framing.passedOver > 0 {
      events.append(
        anomaly(
          "postgres-resynchronised",
          "\(framing.passedOver) bytes from the \(direction == .fromClient ? "client" : "server") passed over", begin))
    }
    var index = 0
    while index < bytes.count {
      var here = begin
      here.origin.offset += UInt64(index)
      index += step(bytes.span.extracting(index..<bytes.count), here, time, &framing, direction, &events)
    }
  }

  private mutating func finishSeeking(_ direction: Direction, _ events: inout [ParserEvent]) {
    var framing = PostgresFraming(isFrontend: direction == .fromClient, stage: .typed)
    exchange(&framing, direction)
    defer { exchange(&framing, direction) }
    if case .seeking = framing.stage, !framing.carry.isEmpty, framing.resynchronize(isEnd: true) {
      resume(&framing, framing.begin.time, direction, &events)
    } else if !framing.carry.isEmpty {
      let side = direction == .fromClient ? "client" : "server"
      events.append(
        anomaly("postgres-truncated", "the \(side)'s last message is not whole", framing.begin))
    }
  }

  /// The boundary is lost without a gap: the bytes are not what they should be.
  private mutating func lose(
    _ error: DecodeError, _ position: StreamPosition, _ framing: inout PostgresFraming, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    let side = direction == .fromClient ? "client" : "server"
    events.append(anomaly("postgres-malformed", "\(side) message: \(error)", position))
    framing.seek()
    if direction == .fromClient {
      dialogue.noteLost("malformed bytes", position, into: &events)
    } else {
      dialogue.noteOnHead("malformed bytes in the response")
      dialogue.serverGap = "malformed bytes in the response"
    }
  }

  /// Passes over a gap that lies within one message whose length is known.
  private static func pass(_ gap: Gap, _ framing: inout PostgresFraming) -> Bool {
    switch framing.stage {
    case .passing(let type, let left, _) where gap.byteCount <= left:
      framing.stage = gap.byteCount == left ? .typed : .passing(type: type, left: left - gap.byteCount, wanted: false)
      return true
    default: return false
    }
  }

  // MARK: Messages

  private func isPassing(_ type: UInt8, _ direction: Direction) -> Bool {
    type == UInt8(ascii: "d") || direction == .fromServer && type == BackendType.dataRow
  }

  private func heldLength(_ type: UInt8, _ direction: Direction) -> Int {
    isPassing(type, direction) ? PostgresLimits.heldRowLength : PostgresLimits.heldLength
  }

  private mutating func take(
    _ type: UInt8, _ frame: Span<UInt8>, _ begin: StreamPosition, _ time: Timestamp,
    _ framing: inout PostgresFraming, _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    if direction == .fromServer {
      dialogue.backend(
        type, frame.extracting(5..<frame.count), byteCount: frame.count, isCut: false, begin: begin, at: time,
        into: &events)
      return
    }
    guard case .untyped = framing.stage else {
      dialogue.frontend(
        type, frame.extracting(5..<frame.count), byteCount: frame.count, isCut: false, at: begin, into: &events)
      return
    }
    takeUntyped(frame, begin, &framing, &events)
  }

  private mutating func takeUntyped(
    _ frame: Span<UInt8>, _ begin: StreamPosition, _ framing: inout PostgresFraming, _ events: inout [ParserEvent]
  ) {
    var reader = ByteReader(frame.extracting(4..<frame.count))
    do throws(DecodeError) {
      switch try StartupMessage(parsing: &reader) {
      case .sslRequest: stage = .awaitingEncryptionAnswer(gss: false)
      case .gssEncryptionRequest: stage = .awaitingEncryptionAnswer(gss: true)
      case .cancelRequest(let processID, let secret):
        let cancellation = Cancellation(processID: processID, secretHash: options.secrets.hash(secret.span))
        events.append(
          .exchange(
            Exchange(
              shape: .cancellation(cancellation), startedAt: begin.time, endedAt: begin.time, origin: begin.origin,
              requestByteCount: UInt64(frame.count))))
      case .startup(let major, let minor, let parameters):
        framing.stage = .typed
        dialogue.takeStartup(
          parameters, version: "\(major).\(minor)", byteCount: frame.count, begin, &events)
      }
    } catch {
      events.append(anomaly("postgres-malformed", "start-up packet: \(error)", begin))
      stage = .opaque(.undecodable)
    }
  }

  /// The first part of a message that is too large to hold.
  private mutating func takeHead(
    _ type: UInt8, _ head: Span<UInt8>, length: Int, _ begin: StreamPosition, _ time: Timestamp,
    _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    let body = head.extracting(min(5, head.count)..<head.count)
    if type == UInt8(ascii: "d") {
      dialogue.takeCopyData(body, from: direction)
    } else if direction == .fromServer {
      dialogue.backend(
        type, body, byteCount: head.count, isCut: true, begin: begin, at: time, into: &events)
    } else {
      events.append(
        anomaly("postgres-message-cut", "a message of \(length) bytes; the first \(head.count) are kept", begin))
      dialogue.frontend(type, body, byteCount: length, isCut: true, at: begin, into: &events)
    }
  }

  private mutating func passOn(_ type: UInt8, _ bytes: Span<UInt8>, _ direction: Direction) {
    if type == UInt8(ascii: "d") {
      dialogue.takeCopyData(bytes, from: direction, isFirst: false)
    } else {
      dialogue.passRow(bytes)
    }
  }

  private func anomaly(_ code: Anomaly.Code, _ detail: String, _ position: StreamPosition) -> ParserEvent {
    .anomaly(Anomaly(code, detail, origin: position.origin, flow: options.flow, time: position.time))
  }
}

extension ProtocolID {
  /// PostgreSQL.
  public static let postgres = ProtocolID("postgres")
}
