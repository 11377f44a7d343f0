import Model

/// What is known of one end of a connection.
struct HTTP2Side {
  let direction: Direction
  var framing: HTTP2Framing
  /// Of the header blocks that this side sends.
  var decoder = HPACKDecoder()
  /// A header block whose last frame has not come.
  var block: HTTP2HeaderBlock?
  /// The largest stream that this side opened.
  var highestStream: UInt32 = 0
  /// Header table sizes in SETTINGS of this side that the other has not acknowledged; nil where they leave it as it is.
  var pendingTableSizes: [Int?] = []
  /// The largest frame that the other side allows (SETTINGS_MAX_FRAME_SIZE).
  var allowedFrame = 16_384
  /// Bytes of this side are missing.
  var isLossy = false
  /// The current frame must not be acted on: it is damaged, or was acted on when it was cut.
  var ignoresFrame = false
  /// Bytes of the current DATA frame that were counted.
  var countedLength = 0
  var boundaryLosses = 0
  /// GOAWAY, once sent.
  var goAway: (lastStream: UInt32, code: HTTP2ErrorCode)?

  init(_ direction: Direction) {
    self.direction = direction
    framing = HTTP2Framing(direction: direction)
  }
}

extension Direction {
  /// Who sends.
  var peerName: String { self == .fromClient ? "client" : "server" }
  /// What is sent.
  var messageName: String { self == .fromClient ? "request" : "response" }
}

/// A header block (RFC 9113 §4.3): the fragments of HEADERS or PUSH_PROMISE and of the CONTINUATION frames after it.
struct HTTP2HeaderBlock {
  enum Kind: Hashable {
    case headers(endsStream: Bool)
    /// A promise of a request on another stream.
    case promise(UInt32)
  }

  var streamID: UInt32
  var kind: Kind
  var bytes: [UInt8] = []
  /// Where its first frame begins.
  var begin: StreamPosition
  /// Bytes of its frames on the wire.
  var byteCount = 0
  var frameCount = 0
  /// Why it cannot be read to its end.
  private(set) var damage: String?

  mutating func damage(_ reason: String) {
    if damage == nil { damage = reason }
  }
}
