import Bytes
import Model

/// Cuts one direction into frames. Control frames come whole, content as it comes.
struct SPDYSide {
  enum Element {
    case control(SPDYFrameHeader, type: UInt16, payload: [UInt8], begin: StreamPosition)
    /// A control frame of which bytes are missing, or that is too long.
    case lostControl(SPDYFrameHeader, begin: StreamPosition)
    case beginOfData(stream: UInt32, at: StreamPosition)
    /// Content of a stream.
    case content(stream: UInt32, bytes: [UInt8], at: StreamPosition)
    case lostContent(stream: UInt32, byteCount: UInt64, at: StreamPosition)
    /// A DATA frame is over.
    case endOfData(stream: UInt32, endsStream: Bool, at: StreamPosition)
    /// Nothing behind this can be cut.
    case lostBoundary(String, StreamPosition)
    case flaw(String, StreamPosition)
  }

  private enum Stage {
    case head
    case control(SPDYFrameHeader, type: UInt16)
    case data(SPDYFrameHeader, stream: UInt32)
    case opaque
  }

  private var stage = Stage.head
  private var word: UInt64 = 0
  private var wordCount = 0
  private var payload: [UInt8] = []
  private var left = 0
  private var isDamaged = false
  private var begin: StreamPosition?
  private(set) var opaqueByteCount: UInt64 = 0

  /// Bytes of a frame that is not whole yet.
  var isBetweenFrames: Bool {
    switch stage {
    case .head: wordCount == 0
    case .opaque: true
    case .control, .data: false
    }
  }

  mutating func receive(_ bytes: Span<UInt8>, _ position: StreamPosition, _ take: (Element) -> Void) {
    var index = 0
    while index < bytes.count {
      switch stage {
      case .opaque:
        opaqueByteCount += UInt64(bytes.count - index)
        return
      case .head:
        if wordCount == 0 { begin = position.advanced(by: index) }
        word = word << 8 | UInt64(bytes[index])
        wordCount += 1
        index += 1
        if wordCount == SPDYFrameHeader.byteCount { readHead(position.advanced(by: index - 1), take) }
      case .control(let header, let type):
        let count = min(left, bytes.count - index)
        if !isDamaged { payload.append(contentsOf: bytes.extracting(index..<(index + count))) }
        index += count
        left -= count
        if left == 0 { endControl(header, type, position, take) }
      case .data(let header, let stream):
        let count = min(left, bytes.count - index)
        let piece = bytes.extracting(index..<(index + count))
        take(.content(stream: stream, bytes: piece.array, at: position.advanced(by: index)))
        index += count
        left -= count
        if left == 0 { endData(header, stream, position.advanced(by: index - 1), take) }
      }
    }
  }

  private mutating func readHead(_ position: StreamPosition, _ take: (Element) -> Void) {
    let header = SPDYFrameHeader(word)
    let place = begin ?? position
    (word, wordCount, payload, isDamaged) = (0, 0, [], false)
    left = header.length
    switch header.kind {
    case .data(let stream):
      guard stream > 0 else { return loseBoundary("DATA on stream 0", place, take) }
      stage = .data(header, stream: stream)
      take(.beginOfData(stream: stream, at: place))
      if left == 0 { endData(header, stream, position, take) }
    case .control(let version, let type):
      guard version == 3 else { return loseBoundary("a control frame of version \(version)", place, take) }
      let (least, isExact) = SPDYFrameHeader.leastLength(type)
      if left < least || isExact && left != least {
        take(.flaw("a control frame of type \(type) has \(left) bytes", place))
        isDamaged = true
      } else if left > SPDYLimits.controlLength {
        take(.flaw("a control frame of \(UInt64(left).grouped) bytes is passed over", place))
        isDamaged = true
      }
      stage = .control(header, type: type)
      if left == 0 { endControl(header, type, position, take) }
    }
  }

  private mutating func endControl(
    _ header: SPDYFrameHeader, _ type: UInt16, _ position: StreamPosition, _ take: (Element) -> Void
  ) {
    stage = .head
    let place = begin ?? position
    let content = payload
    payload = []
    take(
      isDamaged
        ? .lostControl(header, begin: place) : .control(header, type: type, payload: content, begin: place))
  }

  private mutating func endData(
    _ header: SPDYFrameHeader, _ stream: UInt32, _ position: StreamPosition, _ take: (Element) -> Void
  ) {
    stage = .head
    take(.endOfData(stream: stream, endsStream: header.endsStream, at: position))
  }

  private mutating func loseBoundary(_ reason: String, _ position: StreamPosition, _ take: (Element) -> Void) {
    stage = .opaque
    opaqueByteCount += UInt64(SPDYFrameHeader.byteCount)
    take(.lostBoundary(reason, position))
  }

  /// Takes note of missing bytes.
  mutating func lose(_ count: UInt64, _ position: StreamPosition, _ take: (Element) -> Void) {
    switch stage {
    case .opaque: opaqueByteCount &+= count
    case .data(let header, let stream) where count <= UInt64(left):
      take(.lostContent(stream: stream, byteCount: count, at: position))
      left -= Int(count)
      if left == 0 { endData(header, stream, position, take) }
    case .control(let header, let type) where count <= UInt64(left):
      isDamaged = true
      left -= Int(count)
      if left == 0 { endControl(header, type, position, take) }
    case .data, .control, .head:
      if case .data(_, let stream) = stage {
        take(.lostContent(stream: stream, byteCount: UInt64(left), at: position))
      }
      opaqueByteCount &+= count
      stage = .opaque
      take(.lostBoundary("the head of a frame is missing", position))
    }
  }
}
