import NIOCore
import NIOHPACK
import NIOHTTP2

/// Frames as they are recorded: in the clear, of ordinary length, without padding and priorities, and with header blocks that can be
/// read each by itself (RFC 7541 §6.2.2: no entry is added to a table, so no block needs another).
enum CanonicalFrames {
  private enum Kind {
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let reset: UInt8 = 3
    static let settings: UInt8 = 4
    static let goAway: UInt8 = 7
    static let continuation: UInt8 = 9
  }

  private enum Flag {
    static let endStream: UInt8 = 0x01
    static let endHeaders: UInt8 = 0x04
  }

  /// The client's preface (RFC 9113 §3.4).
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  /// What a client says first: preface and SETTINGS.
  static let clientOpening: ByteBuffer = {
    var buffer = ByteBuffer(bytes: preface)
    writeHead(0, Kind.settings, 0, on: 0, into: &buffer)
    return buffer
  }()

  /// What a server says first: SETTINGS.
  static let serverOpening: ByteBuffer = {
    var buffer = ByteBuffer()
    writeHead(0, Kind.settings, 0, on: 0, into: &buffer)
    return buffer
  }()

  static func isOpened(_ bytes: ByteBufferView) -> Bool { bytes.starts(with: preface) }

  /// Writes DATA, HEADERS, RST_STREAM and GOAWAY; of others nothing.
  static func write(_ payload: HTTP2Frame.FramePayload, on stream: UInt32, into buffer: inout ByteBuffer) {
    switch payload {
    case .data(let data):
      guard case .byteBuffer(let content) = data.data else { return }
      write(
        content.readableBytesView, Kind.data, Kind.data, lastFlag: data.endStream ? Flag.endStream : 0, on: stream,
        into: &buffer)
    case .headers(let headers):
      var block = ByteBuffer()
      for field in headers.headers { writeField(field.name, field.value, into: &block) }
      write(
        block.readableBytesView, Kind.headers, Kind.continuation,
        firstFlag: headers.endStream ? Flag.endStream : 0, lastFlag: Flag.endHeaders, on: stream, into: &buffer)
    case .rstStream(let code):
      writeHead(4, Kind.reset, 0, on: stream, into: &buffer)
      buffer.writeInteger(UInt32(clamping: code.networkCode))
    case .goAway(let last, let code, _):
      writeHead(8, Kind.goAway, 0, on: 0, into: &buffer)
      buffer.writeInteger(UInt32(clamping: Int(last)))
      buffer.writeInteger(UInt32(clamping: code.networkCode))
    default: break
    }
  }

  /// One frame, or as many as it takes.
  private static func write(
    _ content: ByteBufferView, _ kind: UInt8, _ nextKind: UInt8, firstFlag: UInt8 = 0, lastFlag: UInt8,
    on stream: UInt32, into buffer: inout ByteBuffer
  ) {
    var rest = content
    var kind = kind
    var flags = firstFlag
    repeat {
      let part = rest.prefix(HTTP2Bounds.frame)
      rest = rest.dropFirst(part.count)
      writeHead(part.count, kind, rest.isEmpty ? flags | lastFlag : flags, on: stream, into: &buffer)
      buffer.writeBytes(part)
      (kind, flags) = (nextKind, 0)
    } while !rest.isEmpty
  }

  ///     | length 24 | type 8 | flags 8 | 0 1 | stream 31 |   (RFC 9113 §4.1)
  private static func writeHead(
    _ length: Int, _ kind: UInt8, _ flags: UInt8, on stream: UInt32, into buffer: inout ByteBuffer
  ) {
    buffer.writeInteger(UInt8(truncatingIfNeeded: length >> 16))
    buffer.writeInteger(UInt16(truncatingIfNeeded: length))
    buffer.writeInteger(kind)
    buffer.writeInteger(flags)
    buffer.writeInteger(stream & 0x7FFF_FFFF)
  }

  ///     | 0000 0000 | name's length 0+7 | name | value's length 0+7 | value |   (RFC 7541 §6.2.2, without Huffman)
  private static func writeField(_ name: String, _ value: String, into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt8(0))
    for text in [name, value] {
      writeLength(text.utf8.count, into: &buffer)
      buffer.writeString(text)
    }
  }

  /// An integer with a prefix of 7 bits (RFC 7541 §5.1).
  private static func writeLength(_ count: Int, into buffer: inout ByteBuffer) {
    guard count >= 0x7F else { return _ = buffer.writeInteger(UInt8(truncatingIfNeeded: count)) }
    buffer.writeInteger(UInt8(0x7F))
    var rest = count - 0x7F
    while rest >= 0x80 {
      buffer.writeInteger(UInt8(truncatingIfNeeded: rest & 0x7F) | 0x80)
      rest >>= 7
    }
    buffer.writeInteger(UInt8(truncatingIfNeeded: rest))
  }
}
