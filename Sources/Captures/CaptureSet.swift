import Bytes
public import Model

/// Everything that was given to read, as one sequence of packets in the order of time.
///
/// Files of a rotated capture follow one another, and those that overlap are merged; within one file the file's own order
/// stays, even where its times jump back. A source is opened when its first packet is due, so thousands of files need
/// neither thousands of descriptors nor their buffers. Drive it from one thread:
///
///     var set = try CaptureSet(inputs: ["day1/", "rest.tar.gz"])
///     while try set.advance() { use(set.header, set.packet) }
public struct CaptureSet: ~Copyable {
  /// Open sources with which chunks keep their full size and may be hashed elsewhere.
  static let fullSizeCount = 4
  /// Bytes of chunks altogether, beyond which they shrink.
  static let chunkBudget = 16 << 20
  static let smallestChunk = 16 << 10
  /// Open files whose descriptor is kept between reads.
  static let descriptorLimit = 128
  /// Archives walked at the same time: each may need many megabytes in its decoder.
  static let liveArchiveLimit = 16

  private let options: CaptureOptions
  private let spool: SpoolFile
  private var roots: [ArchiveRoot]
  /// Sources not opened yet, the next one last.
  private var pending: [Survey.Candidate]
  private var nextRank = 0
  private var current = PacketReader()
  /// Up to this time, inclusive, no other source has a packet that goes before.
  private var horizon = Int64.min
  private var merge = PacketMerge()
  private var digestOnly: [(ordinal: Int, bytes: any RandomAccessBytes)]
  private var anomalies: [Anomaly]
  /// What holds no packets and is read by the caller, in the order in which it was given.
  public let documents: [CaptureDocument]
  private let meter = ReadMeter()
  private var isFinished = false

  /// All that was given, known sources and what is no capture included; final once `advance()` returned false.
  public private(set) var sources: [CaptureSource]
  /// Key logs and keys found in the captures so far, bounded.
  public var decryptionSecrets: [DecryptionSecrets] { secrets.all }
  private let secrets: SecretStore
  /// Bytes to read in all; nil when that cannot be known (standard input).
  public let totalBytes: UInt64?

  /// Surveys `inputs`: files, folders, archives, `-` for standard input.
  ///
  /// - Parameters:
  ///   - inputs: paths, or `-`.
  ///   - options: bounds and the hash to use.
  ///   - isKnown: whether a source was read in an earlier call; then it is listed as skipped, without packets.
  /// - Throws: `InputError` when nothing of it can be used, or the disk has no room for what an archive needs; whatever
  ///   `isKnown` throws.
  public init(
    inputs: [String], options: CaptureOptions = .init(),
    isKnown: @escaping (SourceProbe) throws -> Bool = { _ in false }
  ) throws {
    try self.init(inputs.map { CaptureInput.path($0) }, options: options, isKnown: isKnown)
  }

  /// As above, from memory and streams too.
  public init(
    _ inputs: [CaptureInput], options: CaptureOptions = .init(),
    isKnown: @escaping (SourceProbe) throws -> Bool = { _ in false }
  ) throws {
    let survey = Survey(options: options, isKnown: isKnown)
    for input in inputs { try survey.take(input) }
    try survey.removeTwins()
    guard survey.isUsable else {
      throw CaptureSet.refusal(survey.problems)
    }
    self.options = options
    spool = survey.spool
    roots = survey.roots
    secrets = survey.secrets
    sources = survey.sources
    anomalies = survey.anomalies
    digestOnly = survey.digestOnly
    documents = survey.documents
    pending = survey.candidates.sorted(by: CaptureSet.isLater)
    var total: UInt64? = 0
    for candidate in survey.candidates {
      switch candidate.place {
      case .file(let bytes): total? += bytes.byteCount
      case .stream: total = nil
      case .leaf: break
      }
    }
    for root in roots { total? += root.bytes.byteCount }
    for document in survey.documents { total? += document.bytes.byteCount }
    totalBytes = total
  }

  /// The first problem stands for all.
  private static func refusal(_ problems: [InputError]) -> InputError {
    guard var first = problems.first else {
      return InputError(.noCapture, path: "-", reason: "nothing was given to read", advice: InputError.giveCapture)
    }
    if problems.count > 1 { first.reason += ", nor can \(problems.count - 1) others be used" }
    return first
  }

  /// Those without a known time come first: their packets are then put in order as they show.
  private static func isLater(_ one: Survey.Candidate, _ other: Survey.Candidate) -> Bool {
    let (left, right) = (one.firstAt?.nanoseconds ?? .min, other.firstAt?.nanoseconds ?? .min)
    return left != right ? left > right : one.ordinal > other.ordinal
  }

  /// What the capture says of the packet; `source` is its ordinal in `sources`.
  public var header: PacketHeader { current.header }

  /// The packet's bytes, valid until the next `advance()`.
  public var packet: Span<UInt8> {
    @_lifetime(borrow self)
    get { current.packet }
  }

  /// Bytes read so far, as they stand in the files.
  public var bytesRead: UInt64 { totalBytes.map { min($0, meter.count) } ?? meter.count }

  /// Moves to the next packet in the order of time; false at the end of everything.
  ///
  /// - Throws: `InputError` when the disk has no room for what an archive needs to be read in order.
  public mutating func advance() throws -> Bool {
    if current.next() {
      if current.header.time.nanoseconds <= horizon { return true }
      return try switchOver()
    }
    return try moveOn()
  }

  /// Moves to the next packet and hands it to `body`; false at the end of everything.
  public mutating func next(_ body: (PacketHeader, Span<UInt8>) throws -> Void) throws -> Bool {
    guard try advance() else { return false }
    try body(current.header, current.packet)
    return true
  }

  /// The packet just read may have to wait for those of other sources.
  @inline(never)
  private mutating func switchOver() throws -> Bool {
    let (time, rank) = (current.header.time.nanoseconds, current.rank)
    if let next = pending.last, time >= (next.firstAt?.nanoseconds ?? .min) {
      merge.insert(&current)
      return try select()
    }
    if let first = merge.first, first.time < time || (first.time == time && first.rank < rank) {
      merge.exchangeFirst(with: &current)
    }
    setHorizon()
    return true
  }

  /// The current source is over.
  @inline(never)
  private mutating func moveOn() throws -> Bool {
    guard !isFinished else { return false }
    var ended = PacketReader()
    swap(&ended, &current)
    if ended.rank > 0 { finish(&ended) }
    return try select()
  }

  /// Opens the sources that are due and makes the earliest the current one.
  private mutating func select() throws -> Bool {
    while let next = pending.last {
      if let first = merge.first, first.time < (next.firstAt?.nanoseconds ?? .min) { break }
      pending.removeLast()
      var reader = try open(next)
      if reader.next() {
        merge.insert(&reader)
      } else {
        finish(&reader)
      }
    }
    guard merge.count > 0 else {
      try finishAll()
      return false
    }
    merge.removeFirst(into: &current)
    setHorizon()
    return true
  }

  private mutating func setHorizon() {
    var limit = Int64.max
    if let first = merge.first {
      limit = current.rank < first.rank ? first.time : first.time == .min ? .min : first.time - 1
    }
    if let next = pending.last {
      // It is opened before a packet of its time is given away, and its rank is higher.
      let due = next.firstAt?.nanoseconds ?? .min
      limit = min(limit, due == .min ? .min : due - 1)
    }
    horizon = limit
  }

  // MARK: Documents

  /// Reads a document from its first byte to its last, in pieces of at most `chunkByteCount` bytes; stops when `body`
  /// returns false.
  ///
  /// What cannot be read is an anomaly.
  public mutating func read(_ document: CaptureDocument, _ body: (Span<UInt8>) throws -> Bool) rethrows {
    defer { document.bytes.release() }
    let source = ExtentReader(document.bytes, meter: meter)
    let hash = SHA256()
    var block = [UInt8](repeating: 0, count: options.chunkByteCount)
    var total: UInt64 = 0
    while true {
      let count: Int
      do throws(InputError) {
        var space = block.mutableSpan
        count = try source.read(into: &space)
      } catch {
        sources[document.ordinal].isComplete = false
        sources[document.ordinal].remark(error.reason)
        let origin = Origin(source: UInt32(clamping: document.ordinal), packet: 0, offset: total)
        anomalies.append(Anomaly(Anomaly.Code(error.code.name), error.reason, origin: origin))
        break
      }
      guard count > 0 else { break }
      total += UInt64(count)
      let piece = block.span.extracting(0..<count)
      hash.update(piece)
      guard try body(piece) else { return }
    }
    sources[document.ordinal].byteCount = total
    sources[document.ordinal].digest = hash.finish()
  }

  /// The first bytes of a document, as it was recognised by them.
  public func head(of document: CaptureDocument) -> DocumentHead {
    let (head, failure) = readHead(of: ExtentReader(document.bytes), limit: Content.headByteCount)
    return DocumentHead(
      bytes: head, isWhole: failure == nil && head.count < Content.headByteCount, path: document.path)
  }

  /// Notes of a document what only its reader can tell.
  public mutating func describe(
    _ document: CaptureDocument, note: String, isComplete: Bool, firstAt: Timestamp?, lastAt: Timestamp?
  ) {
    sources[document.ordinal].remark(note)
    if !isComplete { sources[document.ordinal].isComplete = false }
    (sources[document.ordinal].firstAt, sources[document.ordinal].lastAt) = (firstAt, lastAt)
  }

  // MARK: Opening and finishing

  private mutating func open(_ candidate: Survey.Candidate) throws -> PacketReader {
    let openCount = merge.count + 1
    let isFull = openCount <= CaptureSet.fullSizeCount
    var chunk = options.chunkByteCount
    if !isFull { chunk = min(chunk, max(CaptureSet.smallestChunk, CaptureSet.chunkBudget / openCount)) }
    if let count = candidate.byteCount, count < UInt64(chunk) { chunk = min(chunk, max(4096, Int(count) + 1)) }
    let isLarge = candidate.byteCount.map { $0 > UInt64(options.chunkByteCount) } ?? true
    let shared = isFull && isLarge ? options.makeHash : nil
    let hash: (any ContentHash)? = options.computesDigests ? shared?() ?? InlineHash() : nil
    let input = ChunkInput(
      try source(of: candidate, openCount: openCount), hash: hash, chunkByteCount: chunk, sharesChunks: shared != nil)
    let log = SourceLog(
      ordinal: UInt32(clamping: candidate.ordinal), anomalyLimit: options.anomalyLimit, secrets: secrets)
    var reader = PacketReader(input, log: log)
    nextRank += 1
    reader.rank = nextRank
    return reader
  }

  private mutating func source(of candidate: Survey.Candidate, openCount: Int) throws -> any ByteSource {
    switch candidate.place {
    case .file(let bytes):
      (bytes as? FileBytes)?.keepsOpen = openCount <= CaptureSet.descriptorLimit
      return ExtentReader(bytes, meter: meter)
    case .stream(let source): return source
    case .leaf(let number, let index):
      let root = roots[number]
      let isCrowded = !root.isLive && roots.count { $0.isLive } >= CaptureSet.liveArchiveLimit
      let source = try root.open(index, spool: spool, meter: meter) { ordinal, member in
        digestMember(ordinal, member)
      }
      if isCrowded { try settle(root) }
      return source
    }
  }

  private mutating func settle(_ root: ArchiveRoot) throws {
    try root.settle(spool: spool, meter: meter) { ordinal, member in digestMember(ordinal, member) }
  }

  /// A member that is no capture: its digest is made as the archive passes it.
  private mutating func digestMember(_ ordinal: Int, _ member: MemberSource) {
    do {
      let measured = try Survey.measure(member)
      sources[ordinal].digest = measured.digest
      sources[ordinal].byteCount = measured.byteCount
    } catch {
      sources[ordinal].isComplete = false
      sources[ordinal].remark(error.reason)
      let origin = Origin(source: UInt32(clamping: ordinal), packet: 0)
      anomalies.append(Anomaly(Anomaly.Code(error.code.name), error.reason, origin: origin))
    }
  }

  private mutating func finish(_ reader: inout PacketReader) {
    let log = reader.log
    let ordinal = Int(log.ordinal)
    reader.close()
    let digest = reader.input.finishHash()
    sources[ordinal].digest = digest
    sources[ordinal].byteCount = reader.input.fetchedCount
    sources[ordinal].packetCount = reader.header.number - reader.otherCount
    sources[ordinal].firstAt = reader.times?.first
    sources[ordinal].lastAt = reader.times?.last
    sources[ordinal].isComplete = log.isComplete
    for remark in log.remarks { sources[ordinal].remark(remark) }
    anomalies += log.takeAnomalies()
  }

  /// Everything is read but what is wanted for its digest alone.
  private mutating func finishAll() throws {
    guard !isFinished else { return }
    isFinished = true
    for root in roots { try settle(root) }
    guard options.computesDigests else { return }
    for (ordinal, bytes) in digestOnly {
      do {
        defer { bytes.release() }
        sources[ordinal].digest = try Survey.digest(of: ExtentReader(bytes))
      } catch let error as InputError {
        sources[ordinal].isComplete = false
        sources[ordinal].remark(error.reason)
      }
    }
  }

  /// Gives away what was found strange since the last call; those of a source come when it is finished at the latest.
  public mutating func takeAnomalies() -> [Anomaly] {
    if !current.log.anomalies.isEmpty { anomalies += current.log.takeAnomalies() }
    defer { anomalies = [] }
    return anomalies
  }
}
