import Bytes
import Model

/// Requests for TLS or GSSAPI, and what follows their answers.
extension PostgresParser {
  /// Takes the server's one-byte answer to SSLRequest or GSSENCRequest.
  ///
  /// - Returns: how many bytes were used.
  mutating func answerEncryption(
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
        used += 1
        var rest = position
        rest.origin.offset &+= UInt64(used)
        if request == .ssl {
          becomeTLS(position, &events)
          if used < bytes.count { handOn(bytes.extracting(used..<bytes.count), .fromServer, rest, &events) }
        } else {
          becomeOpaque(.gssEncryption, &events)
          if used < bytes.count { countOpaque(UInt64(bytes.count - used), .fromServer, rest, &events) }
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

  mutating func becomeOpaque(_ reason: Opaque.Reason, _ events: inout [ParserEvent]) {
    stage = .opaque(reason)
    encryptionRequests = []
    guard reason == .gssEncryption else { return }
    var facts = SessionFacts()
    facts.encryption = "gss"
    events.append(.facts(facts))
  }

  /// The stream inside that TLS hides.
  static let tlsTunnel = TunnelID(0)

  mutating func becomeTLS(_ position: StreamPosition, _ events: inout [ParserEvent]) {
    stage = .tls
    encryptionRequests = []
    var facts = SessionFacts()
    facts.encryption = "tls"
    events.append(.facts(facts))
    let tunnel = Tunnel(.continuation, openedAt: position.time, origin: position.origin)
    events.append(.tunnel(.opened(PostgresParser.tlsTunnel, tunnel)))
  }

  mutating func handOn(
    _ bytes: Span<UInt8>, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    if direction == .fromClient {
      sawHello = true
    } else if !sawHello {
      // The client speaks first in TLS: someone put bytes into the connection (CVE-2021-23222).
      sawHello = true
      dialogue.report(
        "postgres-plaintext-before-tls", "the server sent bytes between its answer and the TLS handshake", position,
        &events)
    }
    events.append(.tunnel(.bytes(PostgresParser.tlsTunnel, bytes.array, from: direction, at: position)))
  }

  /// A TLS handshake record where the answer to an SSLRequest was not seen.
  func isClientHello(_ byte: UInt8, _ framing: borrowing PostgresFraming) -> Bool {
    byte == 0x16 && !framing.isTyped && framing.carry.isEmpty && (mayBeEncrypted || !encryptionRequests.isEmpty)
  }

  mutating func countOpaque(
    _ count: UInt64, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    if opaqueSince == nil { opaqueSince = position }
    opaqueUntil = position.time
    if direction == .fromClient {
      opaque.clientByteCount += count
    } else {
      opaque.serverByteCount += count
    }
  }
}
