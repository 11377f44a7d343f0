import NIOHTTP2

/// What a gateway and its relays speak with each other: HTTP/2 over TLS 1.3, in which the gateway, which was called, is the client. Each
/// connection to a target is one CONNECT (RFC 9113 §8.5), of which an empty DATA frame is each side's last (`Tunnel`).
enum RelayWire {
  /// By ALPN (RFC 7301).
  static let name = "exhibit-relay/1"
  /// Bytes of a stream that are under way before they are taken from it, each way.
  static let streamWindow = 256 << 10
  /// On all streams together: taken at once, so that a stream that stands does not hold up the others.
  static let connectionWindow = 4 << 20
  /// Bytes of a stream that wait for the peer's window before the other side is read no further.
  static let waiting = 128 << 10
  /// How often each end asks whether the other is there.
  static let pulseSeconds: Int64 = 15
  /// How long the other may owe an answer.
  static let silenceSeconds: Int64 = 30
  /// From the request for a connection to its answer.
  static let openSeconds: Int64 = 15
  /// For what is left of a stream whose one end is closed.
  static let lingerSeconds: Int64 = 5
  /// Sessions begin and end in bursts, and each may take a reset and an empty frame.
  private static let resets = 100_000

  /// `streams`: that the other end may have at a time.
  static func configuration(streams: Int) -> NIOHTTP2Handler.Configuration {
    var connection = NIOHTTP2Handler.ConnectionConfiguration()
    connection.initialSettings = [
      HTTP2Setting(parameter: .maxConcurrentStreams, value: streams),
      HTTP2Setting(parameter: .maxHeaderListSize, value: 4_096),
      HTTP2Setting(parameter: .initialWindowSize, value: streamWindow),
      // Nobody is pushed to (RFC 9113 §8.4).
      HTTP2Setting(parameter: .enablePush, value: 0),
    ]
    connection.targetWindowSize = connectionWindow
    connection.maximumSequentialContinuationFrames = 1
    // Each session has one at its end.
    connection.maximumSequentialEmptyDataFrames = resets
    connection.maximumBufferedControlFrames = 10_000
    var stream = NIOHTTP2Handler.StreamConfiguration()
    stream.targetWindowSize = streamWindow
    stream.outboundBufferSizeHighWatermark = waiting
    stream.outboundBufferSizeLowWatermark = waiting / 2
    stream.streamResetFrameRateLimit.maximumCount = resets
    stream.streamErrorRateLimit.maximumCount = resets
    return NIOHTTP2Handler.Configuration(connection: connection, stream: stream)
  }
}
