public import Model

/// What verifying a log came to.
public struct LogVerification: Sendable {
  /// Something outside of the log that knew of it.
  public struct Anchor: Sendable, Hashable {
    /// `time stamp`, `witness`, `state`, `mirror`, …
    public var kind: String
    /// A file, or the name of a witness.
    public var name: String
    public var size: UInt64
    /// When it says that the log was there; nil when it says none.
    public var time: Timestamp?
  }

  public var verdict: LogVerdict
  /// Why, with the file and record it is about; empty when the log is intact.
  public var reason: String
  public var origin: String
  /// Of the newest checkpoint that is signed; what `size` and `root` are of.
  public var checkpoint: SignedCheckpoint?
  /// Records that are proven.
  public var provenCount: UInt64
  public var findings: [LogFinding]
  /// More than are listed when there were too many.
  public var findingCount: Int
  public var runCount: Int
  /// Nil when segments were not looked at.
  public var segmentCount: Int?
  public var extentCount: UInt64
  public var byteCount: UInt64
  public var firstTime: Timestamp?
  public var lastTime: Timestamp?
  /// Checkpoints of the log's own list, from each of which the log was found to continue.
  public var historyCount: UInt64
  /// What anchors the log, by size; only such as hold.
  public var anchors: [Anchor]
  /// What would anchor it and was not judged, or does not hold.
  public var anchorNotes: [String]
  /// Of a fork: two checkpoints that the key signed and that exclude each other.
  public var forkProof: [SignedCheckpoint]

  init(_ verdict: LogVerdict, _ reason: String, origin: String) {
    self.verdict = verdict
    self.reason = reason
    self.origin = origin
    provenCount = 0
    findings = []
    findingCount = 0
    runCount = 0
    extentCount = 0
    byteCount = 0
    historyCount = 0
    anchors = []
    anchorNotes = []
    forkProof = []
  }
}
