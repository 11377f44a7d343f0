import Bytes

/// Whether bytes look like messages: for recognition and for finding a boundary again.
enum FrameValidation {
  enum Answer {
    case yes
    case no
    case undecided
  }

  /// Frames in a row that convince.
  static let chainLength = 3

  /// The largest length that the server accepts or sends for a type; nil for a type that does not exist.
  static func limit(_ type: UInt8, isFrontend: Bool) -> Int? {
    if isFrontend {
      switch type {
      case FrontendType.query, FrontendType.parse, FrontendType.bind, FrontendType.functionCall, FrontendType.copyData:
        return PostgresLimits.messageLength
      case FrontendType.execute, FrontendType.close, FrontendType.describe, FrontendType.copyFail:
        return PostgresLimits.smallMessageLength
      case FrontendType.password: return 1 << 16
      case FrontendType.sync, FrontendType.flush, FrontendType.copyDone, FrontendType.terminate: return 4
      default: return nil
      }
    }
    switch type {
    case BackendType.dataRow, BackendType.copyData, BackendType.functionCallResponse, BackendType.errorResponse,
      BackendType.noticeResponse, BackendType.notificationResponse, BackendType.rowDescription:
      return PostgresLimits.messageLength
    case BackendType.parameterStatus, BackendType.commandComplete, BackendType.authentication,
      BackendType.negotiateProtocolVersion:
      return 1 << 20
    case BackendType.copyInResponse, BackendType.copyOutResponse, BackendType.copyBothResponse,
      BackendType.parameterDescription:
      return 1 << 19
    case BackendType.backendKeyData: return 4 + 4 + 256
    case BackendType.readyForQuery: return 5
    case BackendType.bindComplete, BackendType.closeComplete, BackendType.copyDone, BackendType.emptyQueryResponse,
      BackendType.noData, BackendType.parseComplete, BackendType.portalSuspended:
      return 4
    default: return nil
    }
  }

  /// Whether a plausible chain of messages begins here.
  static func chain(_ bytes: Span<UInt8>, isFrontend: Bool) -> Answer {
    var index = 0
    for count in 0..<chainLength {
      guard index + 5 <= bytes.count else {
        if count == 0 { return bytes.isEmpty || limit(bytes[0], isFrontend: isFrontend) == nil ? .no : .undecided }
        // A whole message that ends where the bytes end convinces; a piece of the next header does not object.
        if index == bytes.count { return .yes }
        return limit(bytes[index], isFrontend: isFrontend) == nil ? .no : .undecided
      }
      var reader = ByteReader(bytes.extracting(index..<bytes.count))
      guard let type = try? reader.readUInt8(), let length = try? reader.readUInt32(),
        let limit = limit(type, isFrontend: isFrontend), length >= 4, Int(length) <= limit
      else { return .no }
      let end = index + 1 + Int(length)
      guard end <= bytes.count else {
        guard isBeginning(type, bytes.extracting((index + 5)..<bytes.count), isFrontend: isFrontend) else { return .no }
        return count > 0 ? .yes : .undecided
      }
      let body = bytes.extracting((index + 5)..<end)
      if isWeak(type, isFrontend: isFrontend) {
        if count == 0, end == bytes.count { return .undecided }
      } else if !isValid(type, body, isFrontend: isFrontend) {
        return .no
      }
      index = end
    }
    return .yes
  }

  /// Types whose body may hold anything.
  private static func isWeak(_ type: UInt8, isFrontend: Bool) -> Bool {
    type == UInt8(ascii: "d")
      || (isFrontend
        ? type == FrontendType.password || type == FrontendType.functionCall
        : type == BackendType.functionCallResponse || type == BackendType.negotiateProtocolVersion)
  }

  /// Whether the part of a body that is there does not contradict its type.
  private static func isBeginning(_ type: UInt8, _ part: Span<UInt8>, isFrontend: Bool) -> Bool {
    if isFrontend, type == FrontendType.query {
      return part.firstIndex(of: 0) == nil && isText(part.extracting(first: min(part.count, 512)))
    }
    if isFrontend, type == FrontendType.parse {
      guard let end = part.firstIndex(of: 0) else { return isText(part) }
      let rest = part.extracting((end + 1)..<part.count)
      return isText(part.extracting(first: end)) && isText(rest.extracting(first: min(rest.count, 64)))
    }
    return true
  }

  /// Whether a whole body has the structure of its type.
  static func isValid(_ type: UInt8, _ body: Span<UInt8>, isFrontend: Bool) -> Bool {
    var reader = ByteReader(body)
    do throws(DecodeError) {
      return isFrontend ? try isFrontendBody(type, &reader) : try isBackendBody(type, &reader)
    } catch {
      return false
    }
  }

  @_lifetime(reader: copy reader)
  private static func isFrontendBody(_ type: UInt8, _ reader: inout ByteReader) throws(DecodeError) -> Bool {
    switch type {
    case FrontendType.query:
      let text = try reader.readCString()
      return reader.isAtEnd && isText(text.extracting(first: min(text.count, 512)))
    case FrontendType.parse:
      _ = try reader.readCString()
      _ = try reader.readCString()
      let count = Int(try reader.readUInt16())
      return reader.remaining == count * 4
    case FrontendType.bind:
      _ = try BindMessage(parsing: &reader)
      return true
    case FrontendType.execute:
      _ = try reader.readCString()
      return reader.remaining == 4
    case FrontendType.describe, FrontendType.close:
      let kind = try reader.readUInt8()
      _ = try reader.readCString()
      return reader.isAtEnd && (kind == UInt8(ascii: "S") || kind == UInt8(ascii: "P"))
    case FrontendType.copyFail:
      _ = try reader.readCString()
      return reader.isAtEnd
    default: return reader.isAtEnd
    }
  }

  @_lifetime(reader: copy reader)
  private static func isBackendBody(_ type: UInt8, _ reader: inout ByteReader) throws(DecodeError) -> Bool {
    switch type {
    case BackendType.readyForQuery:
      let state = try reader.readUInt8()
      return state == UInt8(ascii: "I") || state == UInt8(ascii: "T") || state == UInt8(ascii: "E")
    case BackendType.commandComplete:
      let tag = try reader.readCString()
      return reader.isAtEnd && !tag.isEmpty && tag.count < 64 && isText(tag)
    case BackendType.dataRow:
      let count = try reader.readUInt16()
      for _ in 0..<count {
        let length = try reader.readInt32()
        guard length >= -1 else { return false }
        if length > 0 { try reader.skip(Int(length)) }
      }
      return reader.isAtEnd
    case BackendType.rowDescription:
      let count = try reader.readUInt16()
      for _ in 0..<count {
        _ = try reader.readCString()
        try reader.skip(18)
      }
      return reader.isAtEnd
    case BackendType.errorResponse, BackendType.noticeResponse:
      while try reader.readUInt8() != 0 { _ = try reader.readCString() }
      return reader.isAtEnd
    case BackendType.parameterStatus:
      let name = try reader.readCString()
      _ = try reader.readCString()
      return reader.isAtEnd && !name.isEmpty && isText(name)
    case BackendType.notificationResponse:
      try reader.skip(4)
      _ = try reader.readCString()
      _ = try reader.readCString()
      return reader.isAtEnd
    case BackendType.parameterDescription:
      let count = Int(try reader.readUInt16())
      return reader.remaining == count * 4
    case BackendType.copyInResponse, BackendType.copyOutResponse, BackendType.copyBothResponse:
      let format = try reader.readUInt8()
      let columns = Int(try reader.readUInt16())
      return format <= 1 && reader.remaining == columns * 2
    case BackendType.authentication: return try reader.readUInt32() <= 12
    case BackendType.backendKeyData: return reader.remaining >= 8
    default: return reader.isAtEnd
    }
  }

  /// No control characters but white space.
  private static func isText(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices {
      let byte = bytes[index]
      guard byte >= 0x20 || byte == 9 || byte == 10 || byte == 12 || byte == 13 else { return false }
    }
    return true
  }
}
