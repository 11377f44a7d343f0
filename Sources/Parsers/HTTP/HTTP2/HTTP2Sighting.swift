import Bytes
import Model

/// Frames of HTTP/2 that follow each other in one direction, found by their headers alone.
struct HTTP2Sighting {
  /// Headers in a row from which on they are believed, when a header block that can be read is among them.
  private static let chainLength = 3
  /// Bytes in front of them that are passed over: the end of a frame of the largest size that is usual.
  private static let reach = HTTP2Limits.searchedFrame + HTTP2FrameHeader.byteCount

  /// Header blocks of a chain that are looked into.
  private static let blockLimit = 64

  private var blockCount = 0
  /// Header blocks of requests, less those of responses.
  private(set) var requestVotes = 0

  /// Whether what was found is enough to go by.
  var isEnough: Bool { blockCount > 0 }

  /// The first chain that reaches the end of what is there; nil when there is none.
  init?(_ bytes: Span<UInt8>) {
    var context = HTTP2Search.Context()
    // Either end may be a server's.
    context.isFromServer = true
    context.hasPushes = true
    var start = 0
    while start < min(bytes.count, Self.reach) {
      let (blocks, headerCount, end) = Self.follow(bytes, from: start, context)
      guard headerCount >= Self.chainLength else {
        start += 1
        continue
      }
      if end >= bytes.count {
        for (place, header) in blocks { look(bytes, at: place, header) }
        if isEnough { return }
      }
      // What begins on the way of a chain goes where that goes.
      start = end
    }
    return nil
  }

  /// The headers that follow each other from `start` on, with where what is behind them begins.
  private static func follow(
    _ bytes: Span<UInt8>, from start: Int, _ context: HTTP2Search.Context
  ) -> (blocks: [(Int, HTTP2FrameHeader)], headerCount: Int, end: Int) {
    var (blocks, headerCount, index) = ([(Int, HTTP2FrameHeader)](), 0, start)
    while let header = HTTP2FrameHeader(bytes, at: index) {
      guard HTTP2Search.isPlausible(header, context), header.streamID < 1 << 26 else { break }
      headerCount += 1
      index += HTTP2FrameHeader.byteCount
      if header.type == HTTP2FrameType.headers, blocks.count < blockLimit { blocks.append((index, header)) }
      index += header.length
    }
    // A header that is not all there is no contradiction.
    let isCut = index <= bytes.count && bytes.count - index < HTTP2FrameHeader.byteCount
    return (blocks, headerCount, isCut ? bytes.count : index)
  }

  /// Takes a header block that is all there, if it says something that a peer may say.
  private mutating func look(_ bytes: Span<UInt8>, at start: Int, _ header: HTTP2FrameHeader) {
    let padding = header.isPadded && start < bytes.count ? Int(bytes[start]) : 0
    let first = start + (header.isPadded ? 1 : 0) + (header.hasPriority ? 5 : 0)
    let end = start + header.length - padding
    guard header.endsHeaders, first < end, end <= bytes.count else { return }
    var decoder = HPACKDecoder()
    decoder.table.lose()
    let block = decoder.decode(bytes.extracting(first..<end))
    guard block.error == nil, !block.fields.isEmpty, block.fields.allSatisfy(Self.isPossible) else { return }
    blockCount += 1
    if block.fields[":status"] != nil { requestVotes -= 1 }
    if block.fields.contains(where: { [":method", ":path", ":scheme", ":authority"].contains($0.name) }) {
      requestVotes += 1
    }
  }

  /// Names in small letters, values without control characters (RFC 9113 §8.2.1).
  private static func isPossible(_ field: HeaderField) -> Bool {
    let name = field.name.utf8
    guard let first = name.first,
      first != UInt8(ascii: ":") || HPACKStaticTable.fields.prefix(14).contains(where: { $0.name == field.name })
    else { return false }
    return name.allSatisfy { $0 > 0x20 && $0 < 0x7f && !(0x41...0x5a).contains($0) }
      && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
  }
}
