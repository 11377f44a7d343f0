public import Captures
public import Policy
public import Streams

/// What an ingest did.
public struct IngestSummary: Sendable {
  public var sources: [CaptureSource] = []
  public var counts = StreamCounts()
  public var sessionCount = 0
  public var actionCount = 0
  public var changeCount = 0
  /// Sessions that were encrypted on the wire, and those of them that keys opened.
  public var encryptedCount = 0
  public var decryptedCount = 0
  /// Prompts to language models, those that no person typed included.
  public var promptCount = 0
  /// What servers' own logs tell: statements, requests, logins.
  public var serverRecordCount = 0
  public var anomalyCount = 0
  public var gapCount = 0
  /// What rules of masking changed.
  public var masked = MaskTally()
  public var missingBytes: UInt64 = 0

  public init() {}

  /// Nothing new was in the inputs.
  public var isEmpty: Bool { sources.allSatisfy(\.isSkipped) }
}

/// How far an ingest is; given from the thread that reads.
public struct IngestProgress: Sendable {
  public var bytesRead: UInt64
  /// Nil while it cannot be known (standard input, archives).
  public var totalBytes: UInt64?
  public var packets: UInt64

  public init(bytesRead: UInt64, totalBytes: UInt64?, packets: UInt64) {
    self.bytesRead = bytesRead
    self.totalBytes = totalBytes
    self.packets = packets
  }
}
