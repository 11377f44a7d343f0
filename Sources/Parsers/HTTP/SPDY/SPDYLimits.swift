/// Bounds on what is believed and held of a connection of SPDY.
enum SPDYLimits {
  /// Bytes of a control frame that is read; a longer one is passed over. The draft lets every peer refuse more than 8 KiB
  /// (§2.2.1).
  static let controlLength = 64 << 10
  /// Bytes of a header block, decompressed.
  static let headerLength = 256 << 10
  /// Pairs of a header block.
  static let headerCount = 1_000
  /// Streams that are open at a time.
  static let openStreams = 1_000
  /// Bytes of one record: longer DATA is cut there.
  static let recordLength = 64 << 10
  /// Bytes of what a program's end, or a terminal's size, is told in.
  static let messageLength = 64 << 10
}
