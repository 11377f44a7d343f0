import Bytes
import Model

/// Cuts the bytes of one direction into heads and content (RFC 9112). It does not know what the messages mean.
struct HTTPFraming {
  enum Stage: Equatable {
    /// Before or in a head.
    case head
    case fixed(left: UInt64)
    case chunkSize
    case chunk(left: UInt64)
    case chunkEnd
    case trailers
    case untilClose
  }

  /// What was found; each uses up at least a byte.
  enum Element {
    case head(HTTPHead)
    /// A head that broke off: over a limit. What was there of it is given if it has a start line.
    case brokenHead(HTTPHead?, HTTPHead.Flaw)
    /// A response without a head (HTTP/0.9); its first bytes.
    case bare([UInt8])
    /// Content, in the bytes that were given.
    case content(Range<Int>, isLast: Bool)
    /// The end of a chunked message.
    case trailers([HeaderField], [HTTPHead.Flaw])
    /// The chunks could not be followed.
    case brokenChunks(HTTPHead.Flaw)
    case flaw(HTTPHead.Flaw)
    /// Bytes that belong to no message lay in front of what comes next.
    case passedOver(UInt64)
  }

  let isRequest: Bool
  var stage = Stage.head
  /// A head, trailer section or line that is not whole yet.
  private(set) var carry: [UInt8] = []
  private var lineStart = 0
  private var lineCount = 0
  /// Where the message in work begins.
  private(set) var begin: StreamPosition?
  /// Bytes of the message so far.
  private(set) var byteCount: UInt64 = 0
  /// The next start line is looked for: what stands in front of it is passed over.
  private(set) var isSeeking = false
  private(set) var passedOver: UInt64 = 0
  /// Set while the answer to a request of HTTP/0.9 is awaited.
  var maySendBare = false

  init(isRequest: Bool) { self.isRequest = isRequest }

  var isIdle: Bool { stage == .head && carry.isEmpty && !isSeeking }

  /// The next element in `bytes` from `index` on; nil when they are used up.
  mutating func next(_ bytes: Span<UInt8>, _ index: inout Int, _ position: StreamPosition) -> Element? {
    while index < bytes.count {
      switch stage {
      case .head:
        if let element = headStep(bytes, &index, position) { return element }
      case .fixed(let left):
        let count = Int(min(left, UInt64(bytes.count - index)))
        stage = .fixed(left: left - UInt64(count))
        return content(count, isLast: left == UInt64(count), &index)
      case .untilClose: return content(bytes.count - index, isLast: false, &index)
      case .chunk(let left):
        let count = Int(min(left, UInt64(bytes.count - index)))
        stage = left == UInt64(count) ? .chunkEnd : .chunk(left: left - UInt64(count))
        return content(count, isLast: false, &index)
      case .chunkSize, .chunkEnd, .trailers:
        if let element = chunkStep(bytes, &index) { return element }
      }
    }
    return nil
  }

  private mutating func content(_ count: Int, isLast: Bool, _ index: inout Int) -> Element {
    let range = index..<(index + count)
    index += count
    byteCount += UInt64(count)
    return .content(range, isLast: isLast)
  }

  /// Says what the content of the message is whose head was given.
  mutating func follow(_ length: HTTPBodyLength) {
    switch length {
    case .none: stage = .head
    case .fixed(let count): stage = .fixed(left: count)
    case .chunked: stage = .chunkSize
    case .untilClose: stage = .untilClose
    }
  }

  /// The message is over; the next byte begins another.
  mutating func endMessage() {
    stage = .head
    dropCarry()
    begin = nil
    byteCount = 0
  }

  /// Nothing can be said of where the next byte stands: looks for a start line.
  mutating func seek() {
    endMessage()
    isSeeking = true
  }

  /// The head in the carry, as far as it came; nil when it does not say what is asked or answered.
  func partialHead() -> HTTPHead? {
    guard stage == .head, !carry.isEmpty, !isSeeking else { return nil }
    guard lineCount == 0 else { return HTTPHead(carry, isRequest: isRequest) }
    // A start line of which only the end is missing; with its version, a request's target is all there.
    let line = carry.last == 0x0d ? carry.dropLast() : carry[...]
    switch HTTPStartLine(Array(line).span, isRequest: isRequest) {
    case .request(_, _, "1.0", true), .request(_, _, "1.1", true), .status:
      return HTTPHead(line + [0x0a], isRequest: isRequest)
    default: return nil
    }
  }

  /// The same; when the start line was looked for and the head begins with it, the search is over.
  mutating func takePartialHead() -> HTTPHead? {
    guard isSeeking else { return partialHead() }
    isSeeking = false
    if let head = partialHead() {
      switch head.start {
      case .request(let method, _, _, _) where HTTPStartLine.isKnown(method: method): return head
      case .status(let version, _, _) where version.hasPrefix("1."): return head
      default: break
      }
    }
    isSeeking = true
    return nil
  }

  /// Counts what was passed over and gives it.
  mutating func takePassedOver() -> UInt64 {
    defer { passedOver = 0 }
    return passedOver
  }

  private mutating func dropCarry() {
    if isSeeking { passedOver += UInt64(carry.count) }
    carry = []
    (lineStart, lineCount) = (0, 0)
  }

  /// Adds bytes up to the next LF, within the limit; true when the LF is there.
  private mutating func takeLine(_ bytes: Span<UInt8>, _ index: inout Int) -> Bool {
    let room = HTTPLimits.lineLength - (carry.count - lineStart)
    let end = min(bytes.count, index + room)
    let lineEnd = bytes.extracting(0..<end).firstIndex(of: 0x0a, from: index)
    let upTo = lineEnd.map { $0 + 1 } ?? end
    carry.append(contentsOf: bytes.extracting(index..<upTo))
    byteCount += UInt64(upTo - index)
    index = upTo
    return lineEnd != nil
  }

  /// The line that was just completed, as a range of the carry without its end.
  private var line: Range<Int> {
    var end = carry.count - 1
    if end > lineStart, carry[end - 1] == 0x0d { end -= 1 }
    return lineStart..<max(lineStart, end)
  }

  private var isLineTooLong: Bool { carry.count - lineStart >= HTTPLimits.lineLength }

  private mutating func headStep(_ bytes: Span<UInt8>, _ index: inout Int, _ position: StreamPosition) -> Element? {
    if carry.isEmpty {
      // RFC 9112 §2.2: at least one empty line before a request is to be ignored; servers' are treated alike.
      while index < bytes.count, !maySendBare, bytes[index] == 0x0d || bytes[index] == 0x0a {
        if isSeeking { passedOver += 1 }
        index += 1
      }
      guard index < bytes.count else { return nil }
      begin = position.advanced(by: index)
      byteCount = 0
    }
    if maySendBare, carry.count < 5 {
      carry.append(bytes[index])
      byteCount += 1
      index += 1
      if !"HTTP/".utf8.starts(with: carry) {
        let first = carry
        carry = []
        stage = .untilClose
        return .bare(first)
      }
      return nil
    }
    guard takeLine(bytes, &index) else {
      guard isLineTooLong else { return nil }
      return tooLong("a line of the head is longer than \(UInt64(HTTPLimits.lineLength).grouped) bytes")
    }
    let line = line
    if lineCount == 0 {
      if let element = startLine(line) { return element }
      if carry.isEmpty { return nil }
    } else if line.isEmpty {
      return wholeHead()
    }
    lineCount += 1
    lineStart = carry.count
    if carry.count > HTTPLimits.headLength {
      return tooLong("a head is longer than \(UInt64(HTTPLimits.headLength).grouped) bytes")
    }
    if lineCount > HTTPLimits.fieldCount + 1 {
      return tooLong("a head has more than \(UInt64(HTTPLimits.fieldCount).grouped) fields")
    }
    return nil
  }

  private mutating func tooLong(_ detail: String) -> Element? {
    let flaw = HTTPHead.Flaw("http-head-too-large", detail)
    guard !isSeeking else {
      dropCarry()
      return nil
    }
    let head = lineCount > 0 ? HTTPHead(carry, isRequest: isRequest) : nil
    return .brokenHead(head, flaw)
  }

  /// Looks at the first line: a request of HTTP/0.9 is whole with it, what is no start line is passed over.
  private mutating func startLine(_ line: Range<Int>) -> Element? {
    let start = HTTPStartLine(carry.span.extracting(line), isRequest: isRequest)
    if !isSeeking, let start {
      if case .request(_, _, "0.9", _) = start { return wholeHead() }
      return nil
    }
    let found = HTTPStartLine.find(in: carry.span.extracting(line), isRequest: isRequest)
    guard let place = found else {
      isSeeking = true
      dropCarry()
      return nil
    }
    passedOver += UInt64(place)
    carry.removeFirst(place)
    begin = begin?.advanced(by: place)
    byteCount = UInt64(carry.count)
    isSeeking = false
    return nil
  }

  private mutating func wholeHead() -> Element? {
    let bytes = carry
    carry = []
    (lineStart, lineCount) = (0, 0)
    guard let head = HTTPHead(bytes, isRequest: isRequest) else {
      isSeeking = true
      passedOver += UInt64(bytes.count)
      return nil
    }
    return .head(head)
  }
}

extension StreamPosition {
  /// The place `count` bytes on.
  func advanced(by count: Int) -> StreamPosition {
    var place = self
    place.origin.offset &+= UInt64(max(0, count))
    return place
  }
}

extension HTTPFraming {
  private mutating func chunkStep(_ bytes: Span<UInt8>, _ index: inout Int) -> Element? {
    if stage == .chunkEnd { return chunkEnd(bytes, &index) }
    guard takeLine(bytes, &index) else {
      guard isLineTooLong else { return nil }
      return .brokenChunks(HTTPHead.Flaw("http-head-too-large", "a line of the chunks is too long"))
    }
    let hasCR = carry.count - lineStart >= 2 && carry[carry.count - 2] == 0x0d
    let line = line
    let isBare = !hasCR
    switch stage {
    case .chunkSize:
      let size = chunkSize(carry.span.extracting(line))
      carry = []
      switch size {
      case .failure(let flaw): return .brokenChunks(flaw)
      case .size(let count, let flaw):
        stage = count == 0 ? .trailers : .chunk(left: count)
        if let flaw { return .flaw(flaw) }
      }
    default:
      guard !line.isEmpty else {
        var flaws: [HTTPHead.Flaw] = []
        let fields = HTTPHead.fields(carry.span, &flaws)
        carry = []
        (lineStart, lineCount) = (0, 0)
        return .trailers(fields, flaws)
      }
      lineCount += 1
      lineStart = carry.count
      if carry.count > HTTPLimits.headLength || lineCount > HTTPLimits.fieldCount {
        return .brokenChunks(HTTPHead.Flaw("http-head-too-large", "the trailer section is too long"))
      }
    }
    return isBare ? .flaw(Self.bareLF) : nil
  }

  private static let bareLF = HTTPHead.Flaw("http-smuggling-bare-lf", "a line of the chunks ends with LF alone")

  /// CR LF behind the data of a chunk; that it is something else shows at its first byte.
  private mutating func chunkEnd(_ bytes: Span<UInt8>, _ index: inout Int) -> Element? {
    let byte = bytes[index]
    if byte == 0x0d, carry.isEmpty {
      carry = [byte]
    } else if byte == 0x0a {
      let isBare = carry.isEmpty
      carry = []
      stage = .chunkSize
      byteCount += 1
      index += 1
      return isBare ? .flaw(Self.bareLF) : nil
    } else {
      return .brokenChunks(HTTPHead.Flaw("http-smuggling-chunk-end", "a chunk is longer than its size says"))
    }
    byteCount += 1
    index += 1
    return nil
  }

  private enum ChunkSize {
    case size(UInt64, HTTPHead.Flaw?)
    case failure(HTTPHead.Flaw)
  }

  /// `chunk-size [ chunk-ext ]` (RFC 9112 §7.1).
  private func chunkSize(_ line: Span<UInt8>) -> ChunkSize {
    let code: Anomaly.Code = "http-smuggling-chunk-size"
    var index = 0
    var size: UInt64 = 0
    while index < line.count, let digit = Self.hex(line[index]) {
      let (next, overflow) = size.multipliedReportingOverflow(by: 16)
      guard !overflow, next <= UInt64(Int64.max) - 15 else {
        return .failure(HTTPHead.Flaw(code, "the size of a chunk overflows"))
      }
      size = next + UInt64(digit)
      index += 1
    }
    guard index > 0 else { return .failure(HTTPHead.Flaw(code, "a chunk has no size")) }
    var flaw: HTTPHead.Flaw?
    let end = index
    while index < line.count, HTTPText.isBlank(line[index]) { index += 1 }
    if index < line.count, line[index] != UInt8(ascii: ";") {
      return .failure(HTTPHead.Flaw(code, "the size of a chunk is no number"))
    }
    // Blanks fill the size up in answers of old servers; with an extension they are allowed (BWS).
    if line.firstIndex(of: 0x0d, from: end) != nil {
      flaw = HTTPHead.Flaw("http-smuggling-bare-cr", "a CR without LF stands in a chunk extension")
    }
    return .size(size, flaw)
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  /// What a gap met.
  enum Loss {
    /// Content of known or boundless length; so much of it is missing, and the message goes on or is over.
    case content(UInt64, isLast: Bool)
    /// A head, or nothing.
    case head
    /// Chunks: so much content is known to be missing.
    case chunks(UInt64)
  }

  /// Takes note of missing bytes; gives what they cost, and how many of them lie behind the message.
  mutating func lose(_ count: UInt64) -> (Loss, behind: UInt64) {
    switch stage {
    case .head: return (.head, 0)
    case .untilClose: return (.content(count, isLast: false), 0)
    case .fixed(let left):
      let lost = min(left, count)
      stage = .fixed(left: left - lost)
      return (.content(lost, isLast: left == lost), count - lost)
    case .chunk(let left) where count <= left:
      stage = count == left ? .chunkEnd : .chunk(left: left - count)
      return (.content(count, isLast: false), 0)
    case .chunk(let left): return (.chunks(left), 0)
    case .chunkSize, .chunkEnd, .trailers: return (.chunks(0), 0)
    }
  }
}
