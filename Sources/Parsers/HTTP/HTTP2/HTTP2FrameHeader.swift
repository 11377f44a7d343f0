import Bytes

/// The nine octets that every frame begins with (RFC 9113 §4.1).
///
///     +-----------------------------------------------+
///     |                 Length (24)                   |
///     +---------------+---------------+---------------+
///     |   Type (8)    |   Flags (8)   |
///     +-+-------------+---------------+-------------------------------+
///     |R|                 Stream Identifier (31)                      |
///     +=+=============================================================+
///     |                   Frame Payload (0...)                      ...
struct HTTP2FrameHeader: Hashable {
  static let byteCount = 9

  var length: Int
  var type: UInt8
  var flags: UInt8
  var streamID: UInt32
  var isReservedBitSet: Bool

  /// Reads the header at `index`; nil when it is not all there.
  init?(_ bytes: Span<UInt8>, at index: Int = 0) {
    guard index >= 0, index <= bytes.count - Self.byteCount else { return nil }
    length = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
    type = bytes[index + 3]
    flags = bytes[index + 4]
    isReservedBitSet = bytes[index + 5] & 0x80 != 0
    streamID =
      UInt32(bytes[index + 5] & 0x7F) << 24 | UInt32(bytes[index + 6]) << 16 | UInt32(bytes[index + 7]) << 8
      | UInt32(bytes[index + 8])
  }

  var endsStream: Bool { flags & 0x01 != 0 && (type == HTTP2FrameType.data || type == HTTP2FrameType.headers) }
  var isAcknowledgement: Bool { flags & 0x01 != 0 }
  var endsHeaders: Bool { flags & 0x04 != 0 }
  var isPadded: Bool { flags & 0x08 != 0 }
  var hasPriority: Bool { flags & 0x20 != 0 }

  /// Whether the frame carries a header block or a part of one.
  var carriesHeaders: Bool {
    type == HTTP2FrameType.headers || type == HTTP2FrameType.continuation || type == HTTP2FrameType.pushPromise
  }

  /// Why no peer may send a frame with this header; nil when it may.
  var fault: DecodeError? {
    typealias Type = HTTP2FrameType
    switch type {
    case Type.data, Type.headers, Type.continuation, Type.pushPromise:
      return wrong(stream: false)
    case Type.priority: return wrong(stream: false) ?? wrong(length == 5, "5")
    case Type.resetStream: return wrong(stream: false) ?? wrong(length == 4, "4")
    case Type.settings:
      return wrong(stream: true)
        ?? (isAcknowledgement ? wrong(length == 0, "0") : wrong(length.isMultiple(of: 6), "a multiple of 6"))
    case Type.ping: return wrong(stream: true) ?? wrong(length == 8, "8")
    case Type.goAway: return wrong(stream: true) ?? wrong(length >= 8, "at least 8")
    case Type.windowUpdate: return wrong(length == 4, "4")
    default: return nil
    }
  }

  private func wrong(stream isConnection: Bool) -> DecodeError? {
    guard (streamID == 0) != isConnection else { return nil }
    return DecodeError(
      .mismatch, "stream of a \(HTTP2FrameType.name(type)) frame", offset: 5,
      expected: isConnection ? "0" : "not 0", found: "\(streamID)")
  }

  private func wrong(_ isRight: Bool, _ expected: String) -> DecodeError? {
    guard !isRight else { return nil }
    return DecodeError(
      .outOfRange, "length of a \(HTTP2FrameType.name(type)) frame", offset: 0, expected: expected, found: "\(length)")
  }
}

/// Frame types (RFC 9113 §6, RFC 7838, RFC 8336, RFC 9218).
enum HTTP2FrameType {
  static let data: UInt8 = 0
  static let headers: UInt8 = 1
  static let priority: UInt8 = 2
  static let resetStream: UInt8 = 3
  static let settings: UInt8 = 4
  static let pushPromise: UInt8 = 5
  static let ping: UInt8 = 6
  static let goAway: UInt8 = 7
  static let windowUpdate: UInt8 = 8
  static let continuation: UInt8 = 9
  static let alternativeService: UInt8 = 10
  static let origin: UInt8 = 12
  static let priorityUpdate: UInt8 = 16

  /// The name of the registry.
  static func name(_ type: UInt8) -> String {
    switch type {
    case data: "DATA"
    case headers: "HEADERS"
    case priority: "PRIORITY"
    case resetStream: "RST_STREAM"
    case settings: "SETTINGS"
    case pushPromise: "PUSH_PROMISE"
    case ping: "PING"
    case goAway: "GOAWAY"
    case windowUpdate: "WINDOW_UPDATE"
    case continuation: "CONTINUATION"
    case alternativeService: "ALTSVC"
    case origin: "ORIGIN"
    case priorityUpdate: "PRIORITY_UPDATE"
    default: "type \(type)"
    }
  }
}
