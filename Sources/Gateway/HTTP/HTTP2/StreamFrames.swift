import NIOCore
import NIOHPACK
import NIOHTTP2

/// What is said on one stream of a client, as frames: request and answer.
struct StreamFrames {
  let id: UInt32
  /// The connection is within TLS.
  let isSecure: Bool
  private(set) var request: MessageFrames
  var response: MessageFrames
  private let limits: HTTPHeadLimits

  init(_ id: UInt32, isSecure: Bool, _ limits: HTTPHeadLimits) {
    (self.id, self.isSecure, self.limits) = (id, isSecure, limits)
    (request, response) = (MessageFrames(limits), MessageFrames(limits))
  }

  /// The head of an answer; behind one with a status below 200 another comes.
  ///
  /// - Throws: `HTTPFault` where it does not say how long its content is.
  mutating func begin(_ head: ResponseHead, to method: String) throws(HTTPFault) -> HTTP2Frame.FramePayload {
    let fields = HPACKHeaders(head)
    guard head.status >= 200 else { return .headers(.init(headers: fields)) }
    return response.begin(
      fields, try HTTPLength(response: head.fields, status: head.status, minor: 1, to: method))
  }

  /// A request's head as it is recorded.
  mutating func recorded(_ head: RequestHead, _ fields: [WireField]) -> ByteBuffer {
    let fields = HPACKHeaders(head, target: head.target, fields: fields, isSecure: isSecure)
    return bytes(of: [request.begin(fields, head.length)])
  }

  /// A request's content as it is recorded.
  ///
  /// - Throws: `HTTPFault` where it does not lie as HTTP/1.1 has it.
  mutating func recorded(content: ByteBuffer) throws(HTTPFault) -> ByteBuffer {
    bytes(of: try request.content(content))
  }

  /// An answer that nobody records; nothing where another has begun.
  func alone(_ answer: HTTPAnswer, to method: String) -> [HTTP2Frame.FramePayload] {
    var other = StreamFrames(id, isSecure: isSecure, limits)
    guard !response.isBegun, let head = try? other.begin(answer.head(isLast: true), to: method) else { return [] }
    return [head] + (method == "HEAD" ? [] : (try? other.response.content(ByteBuffer(bytes: answer.body))) ?? [])
  }

  private func bytes(of payloads: [HTTP2Frame.FramePayload]) -> ByteBuffer {
    var buffer = ByteBuffer()
    for payload in payloads { CanonicalFrames.write(payload, on: id, into: &buffer) }
    return buffer
  }
}

extension HTTP2Frame.FramePayload {
  /// Bytes that it takes, about.
  var roughByteCount: Int {
    switch self {
    case .data(let data): 9 + data.data.readableBytes
    case .headers(let headers): headers.headers.reduce(9) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    default: 16
    }
  }

  var endsStream: Bool {
    switch self {
    case .data(let data): data.endStream
    case .headers(let headers): headers.endStream
    default: false
    }
  }
}
