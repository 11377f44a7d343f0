public import Evidence
public import Model

/// How a recorder writes.
public struct RecorderOptions: Sendable {
  public var durability = Recorder.Durability.strict
  /// Bytes of a segment, about; the next one is begun when the next packet would go beyond.
  public var segmentBytes = 256 << 20
  /// Bytes that may wait to be written before tickets are held back.
  public var bufferBytes = 8 << 20
  /// Bytes beyond `bufferBytes` that are taken over all the same, for a record is never dropped; more are refused.
  public var backlogBytes = 512 << 20
  /// The longest that the evidence log hears nothing of a recorder that is alive; heartbeats come twice as often.
  public var heartbeatSeconds = 10
  /// How the evidence log is written; its promise of heartbeats is `heartbeatSeconds`.
  public var log = EvidenceLog.Options()
  public var retention = RetentionRules()
  /// What the time is.
  public var clock: @Sendable () -> Timestamp = SystemClock.now
  /// Where segments are written.
  public var disk: any RecordingDisk = SystemDisk()

  public init() {}
}
