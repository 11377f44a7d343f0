import Bytes
import Model

/// Looks for the next place where frames begin, after bytes were lost or when a capture begins in the middle.
///
/// A place is believed when the header there and the one that its length leads to can both be sent by a peer; at the end of
/// what a side said (the other side answers, or the capture ends) one header is enough if its frame ends there exactly.
struct HTTP2Search {
  /// What a header must agree with.
  struct Context {
    /// The largest stream that was seen; 0 when none was.
    var highestStream: UInt32 = 0
    var hasPushes = false
    var largestFrame = HTTP2Limits.searchedFrame
    var isFromServer = false
  }

  private(set) var bytes: [UInt8] = []
  private(set) var marks = PieceMarks()
  /// Bytes that were looked at and are no beginning.
  private(set) var passedOver: UInt64 = 0
  /// Where the first of them stands.
  private(set) var since: StreamPosition?
  /// Bytes before this index are no beginning.
  private var candidate = 0
  /// What was there when the other side last took its turn.
  private var settledCount = -1

  init() {}

  var isEmpty: Bool { bytes.isEmpty }

  mutating func add(_ piece: Span<UInt8>, at position: StreamPosition) {
    if since == nil { since = position }
    marks.add(position, at: bytes.count)
    bytes.append(contentsOf: piece)
  }

  /// The index where frames begin, once it can be told.
  mutating func find(_ context: Context) -> Int? {
    while candidate < bytes.count {
      switch Self.judge(bytes.span, at: candidate, context, confirmations: 2) {
      case .yes: return candidate
      case .undecided:
        forget()
        return nil
      case .no: candidate += 1
      }
    }
    forget()
    return nil
  }

  /// The same when nothing more will come for now.
  mutating func settle(_ context: Context) -> Int? {
    guard settledCount != bytes.count else { return nil }
    settledCount = bytes.count
    for index in candidate..<max(candidate, bytes.count) {
      if Self.endsExactly(bytes.span, from: index, context) { return index }
    }
    return nil
  }

  /// Gives up what is left: nothing begins in it.
  mutating func abandon() {
    passedOver += UInt64(bytes.count)
    bytes.removeAll()
    marks = PieceMarks()
    candidate = 0
  }

  /// Missing bytes: what came before them cannot be continued.
  mutating func interrupt() {
    abandon()
    settledCount = -1
  }

  private mutating func forget() {
    guard candidate > 4_096 || candidate == bytes.count else { return }
    passedOver += UInt64(candidate)
    marks.removeFirst(candidate)
    bytes.removeFirst(candidate)
    settledCount = -1
    candidate = 0
  }

  enum Judgement {
    case yes
    case no
    case undecided
  }

  /// Whether `confirmations` headers follow each other from `index` on.
  static func judge(_ bytes: Span<UInt8>, at index: Int, _ context: Context, confirmations: Int) -> Judgement {
    var index = index
    for _ in 0..<confirmations {
      guard let header = HTTP2FrameHeader(bytes, at: index) else {
        // A header that is not all there is refused as soon as what there is of it cannot begin one.
        if index < bytes.count, bytes[index] > UInt8(clamping: context.largestFrame >> 16) { return .no }
        return .undecided
      }
      guard isPlausible(header, context) else { return .no }
      index += HTTP2FrameHeader.byteCount + header.length
    }
    return .yes
  }

  private static func endsExactly(_ bytes: Span<UInt8>, from start: Int, _ context: Context) -> Bool {
    var index = start
    while let header = HTTP2FrameHeader(bytes, at: index), isPlausible(header, context) {
      index += HTTP2FrameHeader.byteCount + header.length
      if index == bytes.count { return true }
    }
    return false
  }

  /// Stricter than a peer must be: a receiver ignores what it does not know, but a search would believe anything.
  static func isPlausible(_ header: HTTP2FrameHeader, _ context: Context) -> Bool {
    guard header.length <= context.largestFrame, !header.isReservedBitSet, header.fault == nil,
      let allowed = allowedFlags(header.type), header.flags & ~allowed == 0
    else { return false }
    switch header.type {
    case HTTP2FrameType.data where header.length == 0 && !header.endsStream: return false
    case HTTP2FrameType.headers where header.length == 0: return false
    case HTTP2FrameType.pushPromise where !context.isFromServer || header.length < 4: return false
    case HTTP2FrameType.alternativeService, HTTP2FrameType.origin:
      guard context.isFromServer else { return false }
    default: break
    }
    let stream = header.streamID
    if stream == 0 { return true }
    // Servers open even streams, which begin with a promise.
    if stream.isMultiple(of: 2), !context.hasPushes { return context.highestStream == 0 && context.isFromServer }
    guard context.highestStream > 0 else { return stream < 1 << 26 }
    return stream <= context.highestStream.addingReportingOverflow(1 << 14).partialValue
  }

  private static func allowedFlags(_ type: UInt8) -> UInt8? {
    switch type {
    case HTTP2FrameType.data: 0x09
    case HTTP2FrameType.headers: 0x2D
    case HTTP2FrameType.priority, HTTP2FrameType.resetStream, HTTP2FrameType.goAway, HTTP2FrameType.windowUpdate: 0
    case HTTP2FrameType.settings, HTTP2FrameType.ping: 0x01
    case HTTP2FrameType.pushPromise: 0x0C
    case HTTP2FrameType.continuation: 0x04
    case HTTP2FrameType.alternativeService, HTTP2FrameType.origin, HTTP2FrameType.priorityUpdate: 0
    default: nil
    }
  }
}

extension PieceMarks {
  /// Bytes of a buffer that came from one place.
  struct Run {
    var range: Range<Int>
    var position: StreamPosition
  }

  /// The bytes of a part of the buffer, in runs that came from one place each.
  func runs(from start: Int, to end: Int) -> [Run] {
    var runs: [Run] = []
    var lower = start
    for bound in beginnings where bound > lower && bound < end {
      runs.append(Run(range: lower..<bound, position: position(at: lower)))
      lower = bound
    }
    if lower < end { runs.append(Run(range: lower..<end, position: position(at: lower))) }
    return runs
  }
}
