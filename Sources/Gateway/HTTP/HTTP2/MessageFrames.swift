import NIOCore
import NIOHPACK
import NIOHTTP2

/// Brings one message, framed as HTTP/1.1 does it, into frames of HTTP/2 (RFC 9113 §8.1).
struct MessageFrames {
  /// Follows the content; nil before a head whose content it is.
  private var reader: BodyReader?
  /// END_STREAM was said.
  private(set) var isEnded = false
  private let limits: HTTPHeadLimits

  var isBegun: Bool { reader != nil }

  init(_ limits: HTTPHeadLimits) { self.limits = limits }

  /// The head of the message, but of an answer behind which another head comes (1xx).
  mutating func begin(_ fields: HPACKHeaders, _ length: HTTPLength) -> HTTP2Frame.FramePayload {
    let reader = BodyReader(length, limits)
    isEnded = reader.isDone
    self.reader = reader
    return .headers(.init(headers: fields, endStream: isEnded))
  }

  /// Content as it lies in HTTP/1.1: chunks are undone, trailers are a head of their own.
  ///
  /// - Throws: `HTTPFault` where it does not lie so.
  mutating func content(_ bytes: ByteBuffer) throws(HTTPFault) -> [HTTP2Frame.FramePayload] {
    guard !isEnded, reader != nil else { return [] }
    var places: [Range<Int>] = []
    _ = try reader?.take(bytes.readableBytesView) { places.append($0) }
    let isDone = reader?.isDone == true
    let trailers = reader?.trailers ?? []
    isEnded = isDone
    var out: [HTTP2Frame.FramePayload] = []
    for (index, place) in places.enumerated() {
      guard let slice = bytes.getSlice(at: place.lowerBound, length: place.count) else { continue }
      let isLast = isDone && trailers.isEmpty && index == places.count - 1
      out.append(.data(.init(data: .byteBuffer(slice), endStream: isLast)))
    }
    guard isDone else { return out }
    if !trailers.isEmpty {
      out.append(.headers(.init(headers: HPACKHeaders(message: trailers), endStream: true)))
    } else if places.isEmpty {
      out.append(.data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)))
    }
    return out
  }

  /// The end of content whose end is that of a connection; nil when it ended before.
  mutating func end() -> HTTP2Frame.FramePayload? {
    guard !isEnded else { return nil }
    isEnded = true
    return .data(.init(data: .byteBuffer(ByteBuffer()), endStream: true))
  }
}

extension HPACKHeaders {
  /// "connection-specific header fields" (RFC 9113 §8.2.2), which are no part of a message.
  static let connectionFields: Set<String> = [
    "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade",
  ]

  /// Fields of a message, with names in lower case.
  init(message fields: [WireField]) {
    self.init()
    append(fields)
  }

  private mutating func append(_ fields: [WireField]) {
    for field in fields where !Self.connectionFields.contains(field.key) {
      // Secrets are among them, and what is recorded is the same whoever asked before.
      add(name: field.key, value: field.text, indexing: .neverIndexed)
    }
  }

  /// The head of a request. `target` is path and query, or what a CONNECT leads to.
  init(_ head: RequestHead, target: String, fields: [WireField], isSecure: Bool) {
    self.init()
    add(name: ":method", value: head.method)
    if head.method == "CONNECT" {
      add(name: ":authority", value: target)
    } else {
      add(name: ":scheme", value: isSecure ? "https" : "http")
      if let host = fields["host"] { add(name: ":authority", value: host) }
      add(name: ":path", value: target)
    }
    append(fields.filter { $0.key != "host" })
  }

  /// The head of an answer.
  init(_ head: ResponseHead) {
    self.init()
    add(name: ":status", value: String(head.status))
    append(head.fields)
  }
}
