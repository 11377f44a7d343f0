import Bytes

/// Whether bytes look like messages: for recognition, and for finding a boundary again.
///
/// A type byte and a length alone convince nobody: row data is full of lengths. So the frames from a place on must form a
/// chain, and each adds points by how hard it would be for other bytes to look like it.
enum FrameCheck {
  enum Judgement: Equatable {
    case yes
    case no
    /// More bytes will tell: at least `need` from the place on. Until then, `points` are reached; with `isAtEnd` the
    /// bytes end where a message does.
    case undecided(need: Int, points: Int, isAtEnd: Bool)

    /// Whether it convinces when the sender now waits: the other end spoke, or the capture is over.
    var convincesAtTurn: Bool {
      switch self {
      case .yes: true
      case .no: false
      case .undecided(_, let points, let isAtEnd): isAtEnd ? points >= 1 : points >= strong
      }
    }
  }

  /// A message whose whole body has the structure of its type.
  static let strong = 4
  /// A chain that is worth this much is one.
  private static let conviction = 8

  /// The largest length that the server accepts or sends for a type; nil for a type that does not exist.
  static func limit(_ type: UInt8, isFrontend: Bool) -> Int? {
    isFrontend ? FrontendType.limit(type) : BackendType.limit(type)
  }

  /// Judges a place: the answer for given bytes is never taken back when more come.
  static func judge(_ bytes: Span<UInt8>, isFrontend: Bool) -> Judgement {
    var index = 0
    var points = 0
    while points < conviction {
      guard index < bytes.count else { return .undecided(need: index + 1, points: points, isAtEnd: index > 0) }
      guard let limit = limit(bytes[index], isFrontend: isFrontend) else { return .no }
      guard index + 5 <= bytes.count else { return .undecided(need: index + 5, points: points, isAtEnd: false) }
      var reader = ByteReader(bytes.extracting((index + 1)..<bytes.count))
      guard let number = try? reader.readUInt32(), number >= 4, let length = Int(exactly: number), length <= limit
      else {
        return .no
      }
      // A whole message, and after it the head of the next.
      if points >= strong { return .yes }
      let end = index + 1 + length
      guard length <= PostgresLimits.searchedMessageLength, end <= PostgresLimits.searchWindow else { return .no }
      guard end <= bytes.count else { return .undecided(need: end, points: points, isAtEnd: false) }
      guard let worth = self.worth(bytes[index], bytes.extracting((index + 5)..<end), isFrontend: isFrontend) else {
        return .no
      }
      points += worth
      index = end
    }
    return .yes
  }

  /// What a whole message is worth; nil when its body is not of its type.
  private static func worth(_ type: UInt8, _ body: Span<UInt8>, isFrontend: Bool) -> Int? {
    // Five fixed bytes of which the end of one cell and the length of the next may look the same.
    if body.isEmpty, limit(type, isFrontend: isFrontend) == 4 || isFrontend && FrontendType.isBare(type) { return 1 }
    var reader = ByteReader(body)
    do throws(DecodeError) {
      let isValid = isFrontend ? try isFrontendBody(type, &reader) : try isBackendBody(type, &reader)
      guard isValid else { return nil }
    } catch {
      return nil
    }
    // Types whose body may hold anything.
    if type == BackendType.copyData { return 2 }
    if isFrontend, type == FrontendType.password { return 1 }
    return strong
  }

  @_lifetime(reader: copy reader)
  private static func isFrontendBody(_ type: UInt8, _ reader: inout ByteReader) throws(DecodeError) -> Bool {
    switch type {
    case FrontendType.query: return isText(try reader.readCString()) && reader.isAtEnd
    case FrontendType.parse:
      guard isText(try reader.readCString()), isText(try reader.readCString()) else { return false }
      let count = Int(try reader.readUInt16())
      return reader.remaining == count * 4
    case FrontendType.bind:
      _ = try BindMessage(parsing: &reader)
      return true
    case FrontendType.execute:
      _ = try ExecuteMessage(parsing: &reader)
      return reader.isAtEnd
    case FrontendType.describe, FrontendType.close:
      _ = try TargetMessage(parsing: &reader)
      return reader.isAtEnd
    case FrontendType.copyFail: return isText(try reader.readCString()) && reader.isAtEnd
    case FrontendType.functionCall:
      _ = try FunctionCallMessage(parsing: &reader)
      return reader.isAtEnd
    case FrontendType.copyData, FrontendType.password: return true
    default: return reader.isAtEnd
    }
  }

  @_lifetime(reader: copy reader)
  private static func isBackendBody(_ type: UInt8, _ reader: inout ByteReader) throws(DecodeError) -> Bool {
    switch type {
    case BackendType.readyForQuery:
      _ = try ReadyForQueryMessage(parsing: &reader)
    case BackendType.commandComplete:
      let tag = try reader.readCString()
      guard tag.count >= 2, tag.count < 64, isText(tag), (0x41...0x5a).contains(tag[0]) else { return false }
    case BackendType.dataRow:
      let count = try reader.readUInt16()
      for _ in 0..<count {
        let length = try reader.readInt32()
        if length != -1 { try reader.skip(Int(length)) }
      }
    case BackendType.rowDescription:
      let count = try reader.readUInt16()
      for _ in 0..<count {
        _ = try reader.readCString()
        try reader.skip(16)
        guard try reader.readUInt16() <= 1 else { return false }
      }
    case BackendType.errorResponse, BackendType.noticeResponse:
      guard let first = reader.peek(), first == UInt8(ascii: "S") else { return false }
      while try reader.readUInt8() != 0 { _ = try reader.readCString() }
    case BackendType.parameterStatus:
      let name = try reader.readCString()
      guard !name.isEmpty, isText(name), name.count < 64 else { return false }
      _ = try reader.readCString()
    case BackendType.notificationResponse:
      _ = try NotificationResponseMessage(parsing: &reader, decode: { _ in "" })
    case BackendType.parameterDescription:
      let count = Int(try reader.readUInt16())
      return reader.remaining == count * 4
    case BackendType.copyInResponse, BackendType.copyOutResponse, BackendType.copyBothResponse:
      _ = try CopyResponseMessage(parsing: &reader)
    case BackendType.authentication:
      _ = try AuthenticationMessage(parsing: &reader)
      return true
    case BackendType.backendKeyData: return reader.remaining >= 8
    case BackendType.functionCallResponse:
      let length = try reader.readInt32()
      return length == -1 ? reader.isAtEnd : reader.remaining == Int(length)
    case BackendType.negotiateProtocolVersion:
      _ = try NegotiateProtocolVersionMessage(parsing: &reader)
    case BackendType.copyData: return true
    default: break
    }
    return reader.isAtEnd
  }

  /// How much of a text is looked at.
  private static let textProbe = 512

  /// No control characters but white space, at the beginning.
  private static func isText(_ bytes: Span<UInt8>) -> Bool {
    for index in 0..<min(bytes.count, textProbe) {
      let byte = bytes[index]
      guard byte >= 0x20 || (9...13).contains(byte) else { return false }
    }
    return true
  }
}
