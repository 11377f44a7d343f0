import NIOCore
import NIOHTTP2

/// Stands between a connection and the library, and sees what that says of its own accord: GOAWAY, which ends all, and
/// RST_STREAM, which ends one stream.
///
/// The library tells both as an error, and does not tell which it is.
final class FrameWatch: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = IOData

  private static let headCount = 9

  /// The error of a GOAWAY that was said: nothing that comes after it counts.
  private(set) var fault: HTTP2ErrorCode?
  /// The stream that was reset last, and why.
  private(set) var lastReset: (stream: UInt32, code: HTTP2ErrorCode)?
  /// Bytes up to the next frame.
  private var skip: Int
  private var context: ChannelHandlerContext?

  /// `isClient`: the preface comes first.
  init(isClient: Bool) { skip = isClient ? CanonicalFrames.preface.count : 0 }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  /// Closes the connection when all that was written is through.
  func close() {
    guard let context else { return }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.writeAndFlush(NIOAny(IOData.byteBuffer(ByteBuffer()))).assumeIsolated().whenComplete { _ in
      bound.value.close(promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // It is read so that the peer gets to the GOAWAY.
    if fault == nil { context.fireChannelRead(data) }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .byteBuffer(let bytes) = unwrapOutboundIn(data) { watch(bytes) }
    context.write(data, promise: promise)
  }

  private func watch(_ bytes: ByteBuffer) {
    var index = bytes.readerIndex + skip
    while let high = bytes.getInteger(at: index, as: UInt16.self),
      let low = bytes.getInteger(at: index + 2, as: UInt8.self),
      let kind = bytes.getInteger(at: index + 3, as: UInt8.self),
      let stream = bytes.getInteger(at: index + 5, as: UInt32.self)
    {
      let body = index + Self.headCount
      if kind == 7, let code = bytes.getInteger(at: body + 4, as: UInt32.self), code != 0 {
        fault = HTTP2ErrorCode(networkCode: Int(code))
      } else if kind == 3, let code = bytes.getInteger(at: body, as: UInt32.self) {
        lastReset = (stream & 0x7FFF_FFFF, HTTP2ErrorCode(networkCode: Int(code)))
      }
      index = body + (Int(high) << 8 | Int(low))
    }
    skip = max(0, index - bytes.writerIndex)
  }

  /// Whether an error ends the connection.
  func isFatal(_ error: any Error) -> Bool { fault != nil || !(error is any NIOHTTP2Error) }
}
