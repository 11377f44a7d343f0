import Bytes
import Model

/// Messages on their way to the dialogue.
extension PostgresParser {
  mutating func take(
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

  mutating func takeUntyped(
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

  mutating func request(_ kind: EncryptionRequest, _ envelope: borrowing PostgresDialogue.Envelope) {
    dialogue.notePrelude(envelope.begin, byteCount: envelope.byteCount, from: .fromClient)
    if encryptionRequests.count < PostgresLimits.encryptionRequests { encryptionRequests.append(kind) }
  }

  /// The first part of a message that is too large to hold.
  mutating func takeHead(
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

  mutating func takePart(
    _ envelope: borrowing PostgresDialogue.Envelope, _ part: Span<UInt8>, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    if envelope.type == FrontendType.copyData {
      takeCopyData(envelope, part, isFirst: false, direction, &events)
    } else if direction == .fromServer, envelope.type == BackendType.dataRow {
      dialogue.passRow(part, endTime: envelope.endTime)
    }
  }

  mutating func takeCopyData(
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
