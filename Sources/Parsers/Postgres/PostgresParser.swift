import Bytes
public import Model

/// PostgreSQL's frontend/backend protocol, versions 3.0 and 3.2 (PostgreSQL documentation, chapter 55).
///
/// Messages are cut by one `PostgresFraming` a direction and joined to exchanges by the `PostgresDialogue`. What comes out
/// does not depend on how the bytes were cut into pieces.
public struct PostgresParser: ProtocolParser {
  public static let id = ProtocolID.postgres

  enum Stage: Equatable {
    case messages
    /// TLS: bytes are handed on, and the conversation goes on inside.
    case tls
    /// Encrypted otherwise, or of another protocol: bytes are counted.
    case opaque(Opaque.Reason)
  }

  enum EncryptionRequest {
    case ssl
    case gss
  }

  let options: ParserOptions
  var stage = Stage.messages
  var client: PostgresFraming
  var server: PostgresFraming
  var dialogue: PostgresDialogue
  /// Requests for encryption that are not answered yet; each is answered with one byte.
  var encryptionRequests: [EncryptionRequest] = []
  /// The answer to one was not captured.
  var mayBeEncrypted = false
  var sawClient = false
  /// The client sent something after TLS was agreed on.
  var sawHello = false
  var opaque = Opaque(reason: .undecodable, clientByteCount: 0, serverByteCount: 0)
  var opaqueSince: StreamPosition?
  var opaqueUntil: Timestamp?

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
    if stage == .tls { return handOn(bytes, direction, position, &events) }
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
      if isClientHello(bytes[0], client) {
        becomeTLS(position, &events)
        return handOn(bytes, direction, position, &events)
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
    if stage == .tls {
      if direction == .fromClient { sawHello = true }
      return events.append(.tunnel(.gap(PostgresParser.tlsTunnel, gap, from: direction, at: position)))
    }
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
    if stage == .tls { events.append(.tunnel(.closed(PostgresParser.tlsTunnel, at: position))) }
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

  mutating func finish(_ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]) {
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
}

extension ProtocolID {
  /// PostgreSQL.
  public static let postgres = ProtocolID("postgres")
}
