import Bytes
import Model

/// Cuts one direction's bytes into frames.
///
/// The content of DATA passes through without a copy; frames that must be seen whole are collected; all others are passed
/// over. What is given depends on the bytes alone, never on how they were cut into pieces.
struct HTTP2Framing {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  /// What the next bytes are.
  enum Step {
    /// The piece is used up.
    case needMore
    /// The header of a frame; its payload follows.
    case began(HTTP2FrameHeader)
    /// Content of a DATA frame, as a range of the piece.
    case content(HTTP2FrameHeader, Range<Int>)
    /// The frame is over; `payload` holds what was collected of it.
    case ended(HTTP2FrameHeader)
    /// The connection does not begin with the preface or SETTINGS. The carry is in the search.
    case noPreface
    /// The header cannot be one: the boundary is lost. The carry is in the search.
    case implausible(HTTP2FrameHeader)
  }

  enum Stage: Equatable {
    /// At the beginning: of the client, the preface; of the server, its SETTINGS.
    case opening
    case header
    /// Until `payload` has as much as is held; `left` is what comes after that.
    case collecting(HTTP2FrameHeader, target: Int, left: Int)
    /// In a padded DATA frame, before the length of the padding.
    case padLength(HTTP2FrameHeader)
    /// In the content of DATA, which padding may follow.
    case content(HTTP2FrameHeader, left: Int, padding: Int)
    case passing(HTTP2FrameHeader, left: Int)
    case seeking
  }

  let direction: Direction
  private(set) var stage = Stage.opening
  /// Bytes of a header, or of the preface, that is not whole yet.
  private(set) var carry: [UInt8] = []
  private var carryMarks = PieceMarks()
  /// What was collected of the frame.
  private(set) var payload: [UInt8] = []
  /// Where the frame begins.
  private(set) var begin = StreamPosition(time: .epoch, origin: .unknown)
  /// The length of the padding of the DATA frame, once read, was more than its payload.
  private(set) var isPaddingWrong = false
  var search = HTTP2Search()
  /// The boundary was lost too often to be looked for again.
  var believesAll = false
  /// The largest frame that was seen.
  private(set) var largestFrame = HTTP2Limits.searchedFrame

  init(direction: Direction) { self.direction = direction }

  var isSeeking: Bool { stage == .seeking }

  /// Takes one step from `index` on, where `position` is that of the byte there; moves `index` over what it used.
  mutating func next(_ bytes: Span<UInt8>, at index: inout Int, _ position: StreamPosition) -> Step {
    switch stage {
    case .opening: return open(bytes, &index, position)
    case .header: return header(bytes, &index, position)
    case .collecting(let frame, let target, let left):
      let count = min(target - payload.count, bytes.count - index)
      payload.append(contentsOf: bytes.extracting(index..<(index + count)))
      index += count
      guard payload.count == target else { return .needMore }
      if left > 0 {
        stage = .passing(frame, left: left)
        return next(bytes, at: &index, position)
      }
      stage = .header
      return .ended(frame)
    case .padLength(let frame):
      guard index < bytes.count else { return .needMore }
      let padding = Int(bytes[index])
      index += 1
      isPaddingWrong = padding > frame.length - 1
      let padded = min(padding, frame.length - 1)
      stage = .content(frame, left: frame.length - 1 - padded, padding: padded)
      return next(bytes, at: &index, position)
    case .content(let frame, let left, let padding):
      if left == 0 {
        stage = .passing(frame, left: padding)
        return next(bytes, at: &index, position)
      }
      let count = min(left, bytes.count - index)
      guard count > 0 else { return .needMore }
      let range = index..<(index + count)
      index += count
      stage = .content(frame, left: left - count, padding: padding)
      return .content(frame, range)
    case .passing(let frame, let left):
      let count = min(left, bytes.count - index)
      index += count
      guard count == left else {
        stage = .passing(frame, left: left - count)
        return .needMore
      }
      stage = .header
      return .ended(frame)
    case .seeking: return .needMore
    }
  }

  /// The client connection preface (RFC 9113 §3.4) is 24 octets and SETTINGS; the server's is SETTINGS.
  private mutating func open(_ bytes: Span<UInt8>, _ index: inout Int, _ position: StreamPosition) -> Step {
    let start = index
    while index < bytes.count {
      if direction == .fromClient, carry.count < Self.preface.count, bytes[index] == Self.preface[carry.count],
        carry.first != 0
      {
        keep(bytes[index], position, index - start)
        index += 1
        guard carry.count == Self.preface.count else { continue }
        carry.removeAll()
        stage = .header
        return next(bytes, at: &index, position.moved(by: index - start))
      }
      // A reader of HTTP/1 may have taken the preface already.
      if carry.isEmpty || HTTP2FrameHeader.mayBeginSettings(carry.span) {
        keep(bytes[index], position, index - start)
        index += 1
        guard HTTP2FrameHeader.mayBeginSettings(carry.span) else { return loseOpening() }
        guard carry.count == HTTP2FrameHeader.byteCount else { continue }
        return begin(position)
      }
      return loseOpening()
    }
    return .needMore
  }

  private mutating func loseOpening() -> Step {
    seek()
    return .noPreface
  }

  private mutating func header(_ bytes: Span<UInt8>, _ index: inout Int, _ position: StreamPosition) -> Step {
    if carry.isEmpty, bytes.count - index >= HTTP2FrameHeader.byteCount {
      guard let frame = HTTP2FrameHeader(bytes, at: index) else { return .needMore }
      carryMarks = PieceMarks(position)
      if isImplausible(frame) {
        carry.append(contentsOf: bytes.extracting(index..<(index + HTTP2FrameHeader.byteCount)))
        index += HTTP2FrameHeader.byteCount
        seek()
        return .implausible(frame)
      }
      index += HTTP2FrameHeader.byteCount
      begin = position
      return enter(frame)
    }
    let start = index
    while index < bytes.count, carry.count < HTTP2FrameHeader.byteCount {
      keep(bytes[index], position.moved(by: index - start), 0)
      index += 1
    }
    guard carry.count == HTTP2FrameHeader.byteCount else { return .needMore }
    return begin(position)
  }

  /// The frame whose header is in the carry.
  private mutating func begin(_ position: StreamPosition) -> Step {
    guard let frame = HTTP2FrameHeader(carry.span) else { return .needMore }
    if isImplausible(frame) {
      seek()
      return .implausible(frame)
    }
    begin = carryMarks.position(at: 0)
    carry.removeAll(keepingCapacity: true)
    return enter(frame)
  }

  private mutating func keep(_ byte: UInt8, _ position: StreamPosition, _ distance: Int) {
    let position = position.moved(by: distance)
    if carry.isEmpty { carryMarks = PieceMarks(position) } else { carryMarks.add(position, at: carry.count) }
    carry.append(byte)
  }

  private mutating func enter(_ frame: HTTP2FrameHeader) -> Step {
    largestFrame = max(largestFrame, min(frame.length, HTTP2Limits.largestSearchedFrame))
    payload.removeAll(keepingCapacity: payload.capacity <= 64 << 10)
    isPaddingWrong = false
    let held = min(frame.length, heldLength(frame))
    switch frame.type {
    case HTTP2FrameType.data where frame.isPadded && frame.length > 0: stage = .padLength(frame)
    case HTTP2FrameType.data:
      isPaddingWrong = frame.isPadded
      stage = .content(frame, left: frame.length, padding: 0)
    default:
      stage =
        held > 0 ? .collecting(frame, target: held, left: frame.length - held) : .passing(frame, left: frame.length)
    }
    return .began(frame)
  }

  private func heldLength(_ frame: HTTP2FrameHeader) -> Int {
    if frame.carriesHeaders { return HTTP2Limits.headerBlock }
    switch frame.type {
    case HTTP2FrameType.settings, HTTP2FrameType.goAway: return HTTP2Limits.controlFrame
    case HTTP2FrameType.resetStream: return 4
    default: return 0
    }
  }

  /// Receivers ignore frames of unknown type (§5.5), so a header that is wrong in several ways at once tells that the
  /// boundary is lost.
  private func isImplausible(_ frame: HTTP2FrameHeader) -> Bool {
    if believesAll { return false }
    guard frame.type > HTTP2FrameType.priorityUpdate else {
      return frame.length > HTTP2Limits.largestSearchedFrame && frame.fault != nil
    }
    return frame.length > largestFrame
  }

  // MARK: The boundary

  /// Gives up the boundary; what is in the carry is searched first.
  mutating func seek() {
    stage = .seeking
    search = HTTP2Search()
    var held: [UInt8] = []
    swap(&held, &carry)
    for index in held.indices {
      search.add(held.span.extracting(index..<(index + 1)), at: carryMarks.position(at: index))
    }
  }

  /// Gives it up where bytes are missing: nothing before them matters.
  mutating func seekBehindGap() {
    stage = .seeking
    carry.removeAll()
    search = HTTP2Search()
  }

  /// The boundary was found.
  mutating func resume() {
    stage = .header
    carry.removeAll()
  }

  /// Bytes are missing within the payload of a frame, and as many as `count` of it.
  mutating func pass(_ frame: HTTP2FrameHeader, left: Int) { stage = left > 0 ? .passing(frame, left: left) : .header }

  /// Content is missing within a DATA frame.
  mutating func passContent(_ frame: HTTP2FrameHeader, left: Int, padding: Int) {
    stage = left > 0 || padding > 0 ? .content(frame, left: left, padding: padding) : .header
  }

  /// Bytes of the preface that are missing do not matter when the rest of it is there.
  mutating func passOpening(_ count: Int) {
    for byte in Self.preface[carry.count..<(carry.count + count)] { carry.append(byte) }
    if carry.count == Self.preface.count {
      carry.removeAll()
      stage = .header
    }
  }
}

extension HTTP2FrameHeader {
  /// Whether the bytes begin a SETTINGS frame that is no acknowledgement.
  static func mayBeginSettings(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices {
      let byte = bytes[index]
      let isRight =
        switch index {
        case 0: byte == 0
        case 3: byte == HTTP2FrameType.settings
        case 4: byte & 0x01 == 0
        case 5, 6, 7, 8: byte & 0x7F == 0
        default: true
        }
      guard isRight else { return false }
    }
    guard let header = HTTP2FrameHeader(bytes) else { return true }
    return header.fault == nil && header.length <= HTTP2Limits.controlFrame
  }
}

extension StreamPosition {
  /// The position of a byte further on in the same piece.
  func moved(by count: Int) -> StreamPosition {
    var position = self
    position.origin.offset &+= UInt64(clamping: count)
    return position
  }
}
