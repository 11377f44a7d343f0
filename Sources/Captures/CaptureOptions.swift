/// Limits and the maker of hashes.
public struct CaptureOptions: Sendable {
  /// Bytes read at once.
  public var chunkSize = 1 << 20
  /// Archives within archives.
  public var archiveDepth = 6
  /// Members of one archive.
  public var memberLimit = 20_000
  /// Expanded bytes to packed bytes, once an archive expanded to more than `expansionFloor`.
  public var expansionRatio: UInt64 = 1_000
  /// Expanded bytes below which no ratio is suspicious.
  public var expansionFloor: UInt64 = 64 << 20
  /// Bytes of archive members that may lie in the temporary file at once.
  public var spoolLimit: UInt64 = 64 << 30
  /// Files of one folder and its folders.
  public var fileLimit = 100_000
  public var makeHash: @Sendable () -> any ContentHash = { InlineHash() }

  public init() {}
}
