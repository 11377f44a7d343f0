import Bytes

/// How captures are read, and the bounds within which.
public struct CaptureOptions: Sendable {
  /// Makes the hash of a source. Used for large sources while few are open at once; others are hashed inline.
  ///
  /// Nil hashes everything inline.
  public var makeHash: (@Sendable () -> any ContentHash)?
  /// Whether sources get a digest at all; only measurements switch it off.
  public var computesDigests = true
  /// Bytes read at a time. Smaller while many sources are open, so that all of them together stay bounded.
  public var chunkByteCount = 1 << 20
  /// Files that may be given or found in folders.
  public var inputLimit = 1_000_000
  /// Folders within folders.
  public var folderDepth = 64
  /// Bytes put aside on disk to bring the members of archives into the order of time.
  public var spoolByteCount: UInt64 = 64 << 30
  /// Where that happens; nil takes `TMPDIR`, or else `/tmp`.
  public var temporaryDirectory: String?
  /// Anomalies reported one by one for each source; more are counted in one.
  public var anomalyLimit = 100
  public var archives = ArchiveLimits()
  /// The kind of a file that holds no packets and that the caller reads itself (`transcript`); nil when it is none.
  ///
  /// Asked for what is neither capture, archive nor key, with its first bytes.
  public var recognizeDocument: (@Sendable (DocumentHead) -> String?)?

  public init() {}
}

/// What a document is recognised by.
public struct DocumentHead: Sendable {
  /// The first 64 KiB, or all.
  public var bytes: [UInt8]
  /// There are no others.
  public var isWhole: Bool
  /// As given, members joined by `!`.
  public var path: String
}

/// Bounds on archives: what they hold may be made to exhaust whoever opens them.
public struct ArchiveLimits: Sendable {
  /// Archives within archives.
  public var depth = 4
  /// Members of one file that was given, those of archives within it included.
  public var memberCount = 10_000
  /// Bytes out for one byte in. Captures shrink to a twentieth, rarely to a hundredth; deflate reaches 1,032.
  public var expansionRatio: UInt64 = 500
  /// Bytes that a member may always expand to, whatever the ratio says; halved by every bomb met.
  public var memberAllowance: UInt64 = 64 << 20
  /// Bytes that a whole archive may always expand to.
  public var archiveAllowance: UInt64 = 1 << 30

  public init() {}
}
