/// A server's log as a witness: what it covers, and how it agrees with the captures; a row of the `server_logs` view.
public struct ServerLog: Sendable, Hashable {
  /// How far the server's clock runs ahead of the capture's.
  public struct Clock: Sendable, Hashable {
    /// Server minus capture, in nanoseconds.
    public var offset: Int64
    /// Nine of ten pairs lie within so many nanoseconds of it.
    public var spread: Int64
    /// Pairs that it was measured on.
    public var pairCount: Int

    public init(offset: Int64, spread: Int64, pairCount: Int) {
      self.offset = offset
      self.spread = spread
      self.pairCount = pairCount
    }
  }

  public var sourceID: String
  public var path: String
  /// `postgres-csvlog`, `nginx`.
  public var format: String
  /// `host:port` of the servers whose connections it tells of, as the captures show them.
  public var servers: [String]
  public var firstAt: Timestamp?
  public var lastAt: Timestamp?
  /// Nil when too little matches to tell.
  public var clock: Clock?
  /// Records by outcome.
  public var counts: [RecordOutcome: Int]
  /// Those of them that change something.
  public var changeCounts: [RecordOutcome: Int]
  /// Actions of captured connections to these servers, in the time that the log covers.
  public var coveredCount: Int
  /// Of these, the ones that the log should tell of and does not.
  public var untoldCount: Int
  /// Of these, the ones of a kind that the log tells nowhere: reads, where it logs changes only.
  public var unloggedCount: Int

  public init(
    sourceID: String, path: String, format: String, servers: [String] = [], firstAt: Timestamp? = nil,
    lastAt: Timestamp? = nil, clock: Clock? = nil, counts: [RecordOutcome: Int] = [:],
    changeCounts: [RecordOutcome: Int] = [:], coveredCount: Int = 0, untoldCount: Int = 0, unloggedCount: Int = 0
  ) {
    self.sourceID = sourceID
    self.path = path
    self.format = format
    self.servers = servers
    self.firstAt = firstAt
    self.lastAt = lastAt
    self.clock = clock
    self.counts = counts
    self.changeCounts = changeCounts
    self.coveredCount = coveredCount
    self.untoldCount = untoldCount
    self.unloggedCount = unloggedCount
  }

  /// All its records.
  public var recordCount: Int { counts.values.reduce(0, +) }
  /// Records that captures have too.
  public var matchedCount: Int { counts[.matched, default: 0] + counts[.differs, default: 0] }
  /// One side tells what the other should tell too and does not.
  public var hasDisagreement: Bool {
    counts[.unseen, default: 0] + counts[.differs, default: 0] + untoldCount > 0
  }
  /// Nothing of it is in the captures: it may be the log of another server.
  public var isUnrelated: Bool { matchedCount == 0 }
}
