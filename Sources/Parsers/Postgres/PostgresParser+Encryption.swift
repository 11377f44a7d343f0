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

  mutating func becomeOpaque(_ reason: Opaque.Reason, _ events: inout [ParserEvent]) {
    stage = .opaque(reason)
    encryptionRequests = []
    guard reason == .tls || reason == .gssEncryption else { return }
    var facts = SessionFacts()
    facts.encryption = reason == .tls ? "tls" : "gss"
    events.append(.facts(facts))
  }

  /// A TLS handshake record where the answer to an SSLRequest was not seen.
  func isClientHello(_ byte: UInt8) -> Bool {
    byte == 0x16 && !client.isTyped && client.carry.isEmpty && (mayBeEncrypted || !encryptionRequests.isEmpty)
  }

  mutating func countOpaque(
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
}
