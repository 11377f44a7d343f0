import NIOCore

/// Follows the content of one message: tells which bytes are its own, and refuses chunks that could be read in two ways.
struct BodyReader {
  private enum Stage {
    case fixed(UInt64)
    case untilClose
    /// In the line of a chunk's size; of the size, digits so far.
    case size(value: UInt64, digits: Int)
    /// Behind the size, in extensions.
    case extensions
    /// The CR of the size's line was seen.
    case sizeEnd
    case data(UInt64)
    /// Behind the data: CR, then LF.
    case dataEnd(sawCR: Bool)
    case trailers
    case done
  }

  /// Bytes of one line of a chunk's size, with extensions.
  static let lineLimit = 4_096
  /// Digits of a chunk's size.
  private static let digitLimit = 15
  /// Fields that decide how a message is read or who sends it stand in no trailer (RFC 9110 §6.5.1).
  private static let forbidden: Set<String> = [
    "transfer-encoding", "content-length", "host", "connection", "upgrade", "te", "trailer", "authorization",
    "proxy-authorization", "content-encoding", "content-type", "content-range", "expect", "cookie", "set-cookie",
    "keep-alive", "proxy-connection",
  ]

  private let limits: HTTPHeadLimits
  private var stage: Stage
  /// The size of the chunk whose line is read.
  private var size: UInt64 = 0
  private var lineCount = 0
  private var trailerBytes = ByteBuffer()
  /// The fields behind the content.
  private(set) var trailers: [WireField] = []
  private(set) var byteCount: UInt64 = 0

  init(_ length: HTTPLength, _ limits: HTTPHeadLimits) {
    self.limits = limits
    switch length {
    case .none, .fixed(0): stage = .done
    case .fixed(let count): stage = .fixed(count)
    case .chunked: stage = .size(value: 0, digits: 0)
    case .untilClose: stage = .untilClose
    }
  }

  var isDone: Bool { if case .done = stage { true } else { false } }
  /// The end of the connection is its end.
  var endsWithConnection: Bool { if case .untilClose = stage { true } else { false } }

  /// Takes bytes; gives how many of them are the message's.
  ///
  /// `content`: gets the places of those that are content and not its framing.
  /// - Throws: `HTTPFault` at the first byte that cannot be.
  mutating func take(
    _ bytes: ByteBufferView, content: (Range<Int>) -> Void = { _ in }
  ) throws(HTTPFault) -> Int {
    var index = bytes.startIndex
    while index < bytes.endIndex, !isDone {
      let room = bytes.endIndex - index
      switch stage {
      case .done: break
      case .untilClose:
        content(index..<bytes.endIndex)
        index = bytes.endIndex
      case .fixed(let left):
        let count = Int(clamping: min(UInt64(room), left))
        content(index..<(index + count))
        index += count
        stage = left == UInt64(count) ? .done : .fixed(left - UInt64(count))
      case .data(let left):
        let count = Int(clamping: min(UInt64(room), left))
        content(index..<(index + count))
        index += count
        stage = left == UInt64(count) ? .dataEnd(sawCR: false) : .data(left - UInt64(count))
      default:
        try step(bytes[index])
        index += 1
      }
    }
    let count = index - bytes.startIndex
    byteCount &+= UInt64(count)
    return count
  }

  /// One byte of a chunk's framing (RFC 9112 §7.1).
  private mutating func step(_ byte: UInt8) throws(HTTPFault) {
    switch stage {
    case .size(let value, let digits):
      if let digit = Self.hex(byte) {
        guard digits < Self.digitLimit else { throw .malformed("a chunk is too large") }
        stage = .size(value: value << 4 | digit, digits: digits + 1)
        return
      }
      guard digits > 0 else { throw .malformed("a chunk has no size") }
      (size, lineCount) = (value, digits)
      switch byte {
      case 0x0D: stage = .sizeEnd
      case UInt8(ascii: ";"): stage = .extensions
      default: throw .malformed("a chunk's size is followed by what is no extension")
      }
    case .extensions:
      lineCount += 1
      guard lineCount <= Self.lineLimit else { throw .malformed("a chunk's extensions are too long") }
      if byte == 0x0D {
        stage = .sizeEnd
      } else if byte < 0x20 && byte != 0x09 || byte == 0x7F {
        throw .malformed("a control character stands in a chunk's extensions")
      }
    case .sizeEnd:
      guard byte == 0x0A else { throw .malformed("a CR without LF stands in a chunk's line") }
      stage = size > 0 ? .data(size) : .trailers
    case .dataEnd(let sawCR):
      guard byte == (sawCR ? 0x0A : 0x0D) else { throw .malformed("a chunk is longer than its size") }
      stage = sawCR ? .size(value: 0, digits: 0) : .dataEnd(sawCR: true)
    case .trailers:
      trailerBytes.writeInteger(byte)
      guard byte == 0x0A else {
        guard trailerBytes.readableBytes < limits.byteCount else { throw HTTPFault(431, "the trailers are too long") }
        return
      }
      let view = trailerBytes.readableBytesView
      // At once: what comes behind it may be another request to somebody.
      guard view.dropLast().last == 0x0D else { throw .malformed("a line ends without CR") }
      if view.count == 2, view.first == 0x0D {
        stage = .done
      } else if view.suffix(4).elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) {
        try endTrailers()
        stage = .done
      }
    case .done, .fixed, .data, .untilClose: break
    }
  }

  private mutating func endTrailers() throws(HTTPFault) {
    let lines = try WireLines.lines(trailerBytes.readableBytesView, endsAtLF: false)
    guard lines.count <= limits.fieldCount else { throw HTTPFault(431, "there are too many trailers") }
    let fields = try WireLines.fields(lines)
    for field in fields where Self.forbidden.contains(field.key) {
      throw .malformed("a field stands in the trailers that may not be there")
    }
    trailers = fields
  }

  private static func hex(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte - 0x30)
    case 0x41...0x46: UInt64(byte - 0x37)
    case 0x61...0x66: UInt64(byte - 0x57)
    default: nil
    }
  }
}
