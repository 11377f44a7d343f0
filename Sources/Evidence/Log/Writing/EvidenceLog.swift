import Bytes
import Synchronization

/// An evidence log that is being written: leaves in, checkpoints out. Safe to call from any thread.
///
/// `append` only takes over; `commit` makes durable and signs. One commit at a time: others wait for it, and `append` goes
/// on meanwhile.
public final class EvidenceLog: Sendable {
  /// How a log is written.
  public struct Options: Sendable {
    /// The longest time without a leaf that the log promises; the caller appends heartbeats.
    public var heartbeatNanoseconds: Int64 = 10_000_000_000
    /// Who writes, for `open` leaves.
    public var product = "exhibit"
    public var clock = LogClock.system
    /// Folders that are given every checkpoint, in the file `checkpoints`.
    public var mirrors: [String] = []
    /// When the key is one of epochs.
    public var epochs: EpochKeys?
    /// Called before each step of writing.
    var before: (@Sendable (LogFolder.Step) throws(EvidenceLogError) -> Void)?

    public init() {}
  }

  fileprivate struct Front {
    var size: UInt64
    var previous: Digest
    var last: LogClock.Reading?
    var queue: [PendingLeaf] = []
    var queuedByteCount = 0
    var counts = LeafCounts()
    var epoch: UInt64?
    var isClosed = false
    let hasher = TreeHasher()
  }

  public let directory: String
  /// Name of the log in its checkpoints.
  public let origin: String
  private let options: Options
  private let lock: LogLock
  private let front: Mutex<Front>
  /// Taken before `front` where both are.
  private let back: Mutex<LogWriter>

  /// Begins a log, or goes on with it; writes and commits an `open` leaf either way.
  ///
  /// - Parameters:
  ///   - directory: The log's own folder, made if missing.
  ///   - key: Signs; its name is the log's origin.
  ///   - options: How it is written.
  /// - Returns: The log, and what was at its end.
  /// - Throws: `EvidenceLogError` when another process writes it (`busy`), another key signed it (`otherKey`), its end is
  ///   not what was signed (`damaged`), or the disk fails (`file`).
  public static func open(
    directory: String, key: NoteSigner, options: Options = Options()
  ) throws(EvidenceLogError) -> (log: EvidenceLog, tail: LogTail) {
    guard key.key.kind == .ed25519 else {
      throw EvidenceLogError(.key, directory, "a log is signed by a key of type 1")
    }
    if let epochs = options.epochs, epochs.number(of: key.key) == nil {
      throw EvidenceLogError(.key, directory, "the key is of no epoch that the root key signed")
    }
    var folder = LogFolder(path: directory)
    folder.before = options.before
    try folder.create()
    let lock = try LogLock(folder)
    let end = try LogResumption(folder, key: key.key, epochs: options.epochs)
    var writer = LogWriter(
      folder: folder, builder: end.builder, checkpoint: end.checkpoint, signer: key,
      mirrors: options.mirrors.map { CheckpointMirror(path: $0) })
    try writer.removeUnsigned()
    try writer.publishLast()
    if let epochs = options.epochs { try writer.put(EpochKeys.fileName, EpochKeys.bytes(of: epochs.notes)) }
    let log = EvidenceLog(directory, key, options, lock, end, writer)
    try log.append(.open(log.opening(key.key, end.tail)))
    _ = try log.commit()
    return (log, end.tail)
  }

  private init(
    _ directory: String, _ key: NoteSigner, _ options: Options, _ lock: LogLock, _ end: LogResumption,
    _ writer: sending LogWriter
  ) {
    self.directory = directory
    origin = key.key.name
    self.options = options
    self.lock = lock
    front = Mutex(
      Front(size: end.builder.size, previous: end.previous, last: end.lastTime, epoch: end.epoch))
    back = Mutex(writer)
  }

  private func opening(_ key: NoteKey, _ tail: LogTail) -> LeafOpening {
    var dropped: [UInt8] = []
    var count = 0
    if case .unsigned(_, let leaves) = tail {
      for leaf in leaves { EntryBundle.append(leaf, to: &dropped) }
      count = leaves.count
    }
    return LeafOpening(
      origin: origin, key: "\(key)", product: options.product, heartbeatNanoseconds: options.heartbeatNanoseconds,
      tail: tail.word, droppedLeafCount: count, dropped: count == 0 ? nil : SHA256.digest(of: dropped.span))
  }

  /// Leaves, those that are not durable yet among them.
  public var size: UInt64 { front.withLock { $0.size } }

  /// Bytes of leaves that are not durable yet, which the caller bounds by committing.
  public var pendingByteCount: Int { front.withLock { $0.queuedByteCount } }

  /// The last checkpoint that is durable.
  public var checkpoint: SignedCheckpoint? { back.withLock { $0.checkpoint } }

  /// Adds a leaf; it is durable and signed after the next `commit`. Touches no file.
  ///
  /// - Returns: Its place in the log.
  /// - Throws: `EvidenceLogError` when it is longer than 65,535 bytes, or the log is closed.
  @discardableResult
  public func append(_ record: LeafRecord) throws(EvidenceLogError) -> UInt64 {
    try front.withLock { front throws(EvidenceLogError) in try add(record, &front) }
  }

  /// The time is read here, so that it never goes back from a leaf to the next unless the clock did.
  ///
  /// Without a record it is the `close` leaf, which counts what is there by then.
  private func add(_ record: LeafRecord?, reason: String = "", _ front: inout Front) throws(EvidenceLogError) -> UInt64
  {
    guard !front.isClosed else { throw EvidenceLogError(.closed, directory, "was closed") }
    let now = options.clock.read()
    if let last = front.last, now.wall < last.wall {
      _ = try push(.clock(LeafClockStep(before: last.wall)), now, &front)
    }
    if let record { return try push(record, now, &front) }
    var counts = front.counts
    counts.leaves += 1
    return try push(.close(LeafClosing(reason: reason, counts: counts)), now, &front)
  }

  private func push(
    _ record: LeafRecord, _ time: LogClock.Reading, _ front: inout Front
  ) throws(EvidenceLogError) -> UInt64 {
    let leaf = Leaf(sequence: front.size, time: time, previous: front.previous, record: record)
    let bytes = leaf.bytes
    guard bytes.count <= EntryBundle.entryLimit else {
      throw EvidenceLogError(.leafTooLong, directory, "a leaf of \(bytes.count) bytes; 65,535 is the most")
    }
    let hash = front.hasher.leaf(bytes)
    front.queue.append(PendingLeaf(bytes: bytes, hash: hash))
    front.queuedByteCount += bytes.count
    front.previous = hash
    front.last = time
    front.size += 1
    front.counts.add(record)
    return leaf.sequence
  }

  /// Makes all leaves durable that were appended before the call, and signs them.
  ///
  /// Costs a dozen waits for the disk, however many leaves there are.
  ///
  /// - Returns: The checkpoint over them.
  /// - Throws: `EvidenceLogError`. Nothing is lost by it: the next call tries again.
  @discardableResult
  public func commit() throws(EvidenceLogError) -> SignedCheckpoint {
    try back.withLock { back throws(EvidenceLogError) in
      back.take(front.withLock { $0.takeQueue() })
      return try back.commit()
    }
  }

  /// Adds a `close` leaf and commits; nothing can be appended any more.
  ///
  /// - Throws: `EvidenceLogError`; `commit` tries again.
  @discardableResult
  public func close(reason: String) throws(EvidenceLogError) -> SignedCheckpoint {
    try front.withLock { front throws(EvidenceLogError) in
      _ = try add(nil, reason: reason, &front)
      front.isClosed = true
    }
    return try commit()
  }

  /// Hands over to the key of the next epoch: the old key signs a last time, and may be erased when this returns.
  ///
  /// - Throws: `EvidenceLogError` when the log has no epochs or the key is not of the next one; what `commit` throws, and
  ///   then the old key is needed until a `commit` succeeds.
  public func rotate(to key: NoteSigner) throws(EvidenceLogError) {
    try front.withLock { front throws(EvidenceLogError) in
      guard let epochs = options.epochs, let epoch = front.epoch, epochs.key(of: epoch + 1) == key.key else {
        throw EvidenceLogError(.key, directory, "the key is not that of the next epoch")
      }
      _ = try add(.epoch(LeafEpoch(number: epoch + 1, key: "\(key.key)")), &front)
      front.epoch = epoch + 1
      front.queue[front.queue.count - 1].successor = key
    }
    _ = try commit()
  }
}

extension EvidenceLog.Front {
  fileprivate mutating func takeQueue() -> [PendingLeaf] {
    defer {
      queue = []
      queuedByteCount = 0
    }
    return queue
  }
}
