/// Bounds on what the HTTP/2 reader believes and holds.
enum HTTP2Limits {
  /// Octets of a header list that are kept, counted as RFC 9113 §6.5.2 counts SETTINGS_MAX_HEADER_LIST_SIZE.
  static let headerList = 256 << 10
  /// Fields of a header list that are kept.
  static let fields = 1_000
  /// Octets of one name or value that are kept.
  static let string = 64 << 10
  /// Octets of one coded header block, over all its frames, that are held. What is larger cannot be read, and hides what it
  /// did to the header table.
  static let headerBlock = 256 << 10
  /// Frames of one header block: eight times what fills `headerBlock`. A flood of CONTINUATION frames is as long as its sender likes (CVE-2024-27316).
  static let blockFrames = 128
  /// Octets of a dynamic table that are held, however large the peer allows it to be.
  static let tableSize = 1 << 20
  /// The largest integer of HPACK that is read; table sizes and string lengths are smaller.
  static let integer = 1 << 30

  /// Streams that are open at a time; the oldest is given as it is when there are more.
  static let streams = 2_000
  /// Octets of the heads of all open streams.
  static let heldHeads = 32 << 20
  /// Bytes of content of all open streams: streams beyond what it allows keep less.
  static let heldContent = 64 << 20
  /// The least that is kept of the content of a stream, unless the caller wants less.
  static let leastContent = 16 << 10
  /// Ended streams that are remembered, so that a frame that came late is not taken for a new stream.
  static let endedStreams = 4_096
  /// Streams that were reset by the client and are kept for an answer that was on its way.
  static let crossedStreams = 64
  /// Bytes that a client sent into a CONNECT stream before it was answered.
  static let earlyTunnelBytes = 64 << 10

  /// Bytes held of a SETTINGS or GOAWAY frame.
  static let controlFrame = 16 << 10
  /// Bytes of debug data of GOAWAY that are told.
  static let debugData = 200
  /// SETTINGS of one side that wait for their acknowledgement.
  static let pendingSettings = 100

  /// The largest frame that a search for a boundary believes: the initial SETTINGS_MAX_FRAME_SIZE (RFC 9113 §6.5.2), unless
  /// larger ones were seen, up to the second.
  static let searchedFrame = 16_384
  static let largestSearchedFrame = 256 << 10
  /// Times that the boundary may be lost without missing bytes before frames are believed whatever their headers say.
  static let boundaryLosses = 100

  /// Requests that their client resets before any answer, from which on it is told (CVE-2023-44487).
  static let rapidResets = 100
  /// Anomalies of one connection that are listed one by one.
  static let anomalies = 1_000
}
