import Bytes
import Model

/// Tells by content whether a flow speaks PostgreSQL's protocol.
enum PostgresRecognition {
  static func recognize(_ opening: borrowing Opening) -> Recognition {
    let client = opening.fromClient
    let server = opening.fromServer
    switch startup(client) {
    case .yes: return .yes
    case .undecided: return .undecided
    case .no: break
    }
    if startup(server) == .yes, opening.isMidstream || client.isEmpty { return .yesReversed }
    // A connection that was seen from its beginning begins with a start-up packet, unless the client was not captured.
    guard opening.isMidstream || client.isEmpty else { return .no }
    if isForeign(client) || isForeign(server) { return .no }
    let forward = find(client, isFrontend: true).better(find(server, isFrontend: false))
    let reversed = find(server, isFrontend: true).better(find(client, isFrontend: false))
    switch (forward, reversed) {
    case (.found(let here), .found(let there)): return here <= there ? .yes : .yesReversed
    case (.found, _): return .yes
    case (_, .found): return .yesReversed
    case (.undecided, _), (_, .undecided): return .undecided
    case (.none, .none): return isExhausted(client) || isExhausted(server) ? .no : .undecided
    }
  }

  private enum Answer {
    case yes
    case no
    case undecided
  }

  /// A start-up packet: its length, a code, and the structure that the code asks for.
  private static func startup(_ bytes: Span<UInt8>) -> Answer {
    guard !bytes.isEmpty, bytes[0] == 0, bytes.count < 2 || bytes[1] == 0 else { return .no }
    var reader = ByteReader(bytes)
    guard let number = try? reader.readUInt32(), let code = try? reader.readUInt32() else { return .undecided }
    guard let length = Int(exactly: number), length <= PostgresLimits.startupLength,
      StartupMessage.isPlausible(length: length, code: code)
    else { return .no }
    switch code {
    case StartupMessage.sslCode, StartupMessage.gssCode: return .yes
    default:
      guard bytes.count >= length else { return .undecided }
      var body = ByteReader(bytes.extracting(4..<length))
      if (try? StartupMessage(parsing: &body)) != nil { return .yes }
      // A packet that the server will refuse is one as well, if it is empty or names a user.
      let parameters = StartupMessage.beginning(bytes.extracting(first: length))?.parameters
      return length == 8 || parameters?.isEmpty == false ? .yes : .no
    }
  }

  private enum Place {
    case found(Int)
    case undecided
    case none

    func better(_ other: Place) -> Place {
      switch (self, other) {
      case (.found(let mine), .found(let theirs)): .found(min(mine, theirs))
      case (.found, _): self
      case (_, .found): other
      case (.undecided, _), (_, .undecided): .undecided
      case (.none, .none): .none
      }
    }
  }

  /// Looks for a chain of messages: from the first byte on, or behind the rest of a message that began before.
  private static func find(_ bytes: Span<UInt8>, isFrontend: Bool) -> Place {
    var isOpen = false
    for index in bytes.indices {
      let judgement = FrameCheck.judge(bytes.extracting(index..<bytes.count), isFrontend: isFrontend)
      switch judgement {
      case .yes: return .found(index)
      case .undecided(_, let points, let isAtEnd):
        // One whole message, and nothing but it: `select 1` and the wait for its answer.
        if points >= FrameCheck.strong, isAtEnd { return .found(index) }
        isOpen = isOpen || points > 0 || index == 0
      case .no: break
      }
    }
    return isOpen ? .undecided : .none
  }

  /// So many bytes without a message say that there will be none.
  private static let patience = 4 << 10

  private static func isExhausted(_ bytes: Span<UInt8>) -> Bool { bytes.count >= patience }

  /// Beginnings of other protocols, so that the wait for a message is short.
  private static func isForeign(_ bytes: Span<UInt8>) -> Bool {
    if bytes.count >= 3, bytes[0] == 0x16 || bytes[0] == 0x17, bytes[1] == 3, bytes[2] <= 4 { return true }
    return bytes.starts(with: "GET ") || bytes.starts(with: "POST ") || bytes.starts(with: "PUT ")
      || bytes.starts(with: "HEAD ") || bytes.starts(with: "DELETE ") || bytes.starts(with: "PATCH ")
      || bytes.starts(with: "OPTIONS ") || bytes.starts(with: "CONNECT ") || bytes.starts(with: "PRI * HTTP")
      || bytes.starts(with: "HTTP/1.") || bytes.starts(with: "SSH-")
  }
}
