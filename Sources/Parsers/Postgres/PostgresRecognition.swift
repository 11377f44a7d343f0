import Bytes

/// Tells by content whether a flow speaks PostgreSQL's protocol.
enum PostgresRecognition {
  static func recognize(_ opening: borrowing Opening) -> Recognition {
    let client = opening.fromClient
    let server = opening.fromServer
    switch startup(client) {
    case .yes: return .yes
    case .undecided where !opening.isMidstream: return .undecided
    default: break
    }
    if opening.isMidstream, startup(server) == .yes { return .yesReversed }
    // A start-up answer alone: the client's side was not captured, or begins with a single byte.
    let isBackend = messages(server, isFrontend: false)
    let isFrontend = messages(client, isFrontend: true)
    guard opening.isMidstream || client.isEmpty else { return .no }
    if isBackend == .yes || isFrontend == .yes, isBackend != .no || server.isEmpty, isFrontend != .no || client.isEmpty
    {
      return .yes
    }
    let isReverseBackend = messages(client, isFrontend: false)
    let isReverseFrontend = messages(server, isFrontend: true)
    if isReverseBackend == .yes || isReverseFrontend == .yes, isReverseBackend != .no || client.isEmpty,
      isReverseFrontend != .no || server.isEmpty
    {
      return .yesReversed
    }
    // Mid-stream, a side may begin inside a message; the other side alone then has to convince.
    if opening.isMidstream {
      if isBackend == .yes || isFrontend == .yes { return .yes }
      if isReverseBackend == .yes || isReverseFrontend == .yes { return .yesReversed }
      if isBackend == .undecided || isFrontend == .undecided || isReverseBackend == .undecided
        || isReverseFrontend == .undecided
      {
        return .undecided
      }
    }
    return isBackend == .undecided && client.isEmpty ? .undecided : .no
  }

  /// A start-up packet: its length, a code, and the structure that the code asks for.
  private static func startup(_ bytes: Span<UInt8>) -> FrameValidation.Answer {
    guard !bytes.isEmpty else { return .no }
    guard bytes[0] == 0, bytes.count < 2 || bytes[1] == 0 else { return .no }
    guard bytes.count >= 8 else { return .undecided }
    var reader = ByteReader(bytes)
    guard let length = try? reader.readUInt32(), (8...UInt32(PostgresLimits.startupLength)).contains(length),
      let code = reader.peekUInt32
    else { return .no }
    switch code {
    case StartupMessage.sslCode, StartupMessage.gssCode: return length == 8 ? .yes : .no
    case StartupMessage.cancelCode: return length >= 16 && length <= 268 ? .yes : .no
    default:
      guard code >> 16 == 3 else { return .no }
      guard bytes.count >= Int(length) else { return .undecided }
      var body = ByteReader(bytes.extracting(4..<Int(length)))
      return (try? StartupMessage(parsing: &body)) == nil ? .no : .yes
    }
  }

  private static func messages(_ bytes: Span<UInt8>, isFrontend: Bool) -> FrameValidation.Answer {
    guard !bytes.isEmpty else { return .no }
    return FrameValidation.chain(bytes, isFrontend: isFrontend)
  }
}

extension ByteReader {
  /// The next four bytes, big-endian, without moving.
  fileprivate var peekUInt32: UInt32? {
    guard let a = peek(), let b = peek(1), let c = peek(2), let d = peek(3) else { return nil }
    return UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
  }
}
