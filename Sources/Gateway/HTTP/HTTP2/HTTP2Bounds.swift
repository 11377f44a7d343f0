import NIOCore
import NIOHTTP2

/// What one connection of HTTP/2 may take, on both sides of the gateway.
enum HTTP2Bounds {
  /// Requests of a client that are open at a time: SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113 §6.5.2).
  static let streams = 100
  /// Bytes that a peer may send on a stream before they are taken from it, which is when there is room for them on the other side.
  static let streamWindow = 256 << 10
  /// On all streams together: taken at once, so that one stream that stands does not hold up the others. The memory of a
  /// connection is bounded by its streams' windows.
  static let connectionWindow = 1 << 20
  /// Bytes of a frame (the least that SETTINGS_MAX_FRAME_SIZE can be, and what is recorded).
  static let frame = 16_384
  /// Bytes of a stream that wait for the peer's window before the other side is read no further.
  static let waiting = 128 << 10
  /// A head of 64 KiB is five frames.
  static let continuations = 5
  /// Of PING, SETTINGS, PRIORITY in `rateSeconds`: keep-alives and measurements of some clients come with each answer.
  static let controlFrames = 2_000
  /// Requests that a client resets in `rateSeconds` (CVE-2023-44487).
  static let resets = 200
  static let rateSeconds: Int64 = 30

  static func connection(_ head: HTTPHeadLimits) -> NIOHTTP2Handler.ConnectionConfiguration {
    var configuration = NIOHTTP2Handler.ConnectionConfiguration()
    configuration.initialSettings = [
      HTTP2Setting(parameter: .maxConcurrentStreams, value: streams),
      HTTP2Setting(parameter: .maxHeaderListSize, value: head.byteCount),
      HTTP2Setting(parameter: .initialWindowSize, value: streamWindow),
      // Nobody is pushed to (RFC 9113 §8.4); of a server's settings it says nothing.
      HTTP2Setting(parameter: .enablePush, value: 0),
    ]
    configuration.targetWindowSize = connectionWindow
    configuration.maximumSequentialContinuationFrames = continuations
    configuration.maximumSequentialEmptyDataFrames = 10
    configuration.maximumBufferedControlFrames = 1_000
    configuration.controlFrameRateLimit.maximumCount = controlFrames
    configuration.controlFrameRateLimit.windowLength = .seconds(rateSeconds)
    return configuration
  }

  static var stream: NIOHTTP2Handler.StreamConfiguration {
    var configuration = NIOHTTP2Handler.StreamConfiguration()
    configuration.targetWindowSize = streamWindow
    configuration.outboundBufferSizeHighWatermark = waiting
    configuration.outboundBufferSizeLowWatermark = waiting / 2
    configuration.streamResetFrameRateLimit.maximumCount = resets
    configuration.streamResetFrameRateLimit.windowLength = .seconds(rateSeconds)
    return configuration
  }
}
