import Bytes

/// One verification, from the first record to the verdict.
struct LogExamination {
  private let verifier: LogVerifier
  private let folder: LogFolder
  private let head: LogHead
  private let newest: SignedCheckpoint
  private let glance: LogGlance?
  private let hasher = TreeHasher()
  private var judge: LeafJudge
  private var segments: SegmentJudge?
  private var tracks: [MarkTrack] = []
  private var walk: TileWalk

  /// The trees of the entries and of the hashes in tiles, as far as each has no hole.
  private var entryTree: TreeFrontier? = TreeFrontier()
  private var tileTree: TreeFrontier? = TreeFrontier()
  /// The first entry that is missing or is not that of the tiles.
  private var badEntry: (index: UInt64, isMissing: Bool)?
  /// The first record that is not what a recorder writes.
  private var badLeaf: (index: UInt64, detail: String)?

  /// The leaf just read, when it hands over to another key.
  private var handOver: UInt64?
  /// The first such leaf that the key before did not sign as the last of its own: else the key of today could sign for
  /// yesterday.
  private var unsignedHandOver: UInt64?

  init(
    _ verifier: LogVerifier, _ folder: LogFolder, _ head: LogHead, _ newest: SignedCheckpoint, asOf glance: LogGlance?
  ) throws(EvidenceLogError) {
    self.glance = glance
    self.verifier = verifier
    self.folder = folder
    self.head = head
    self.newest = newest
    judge = LeafJudge(head.keys, origin: head.origin)
    segments = verifier.recording.map { SegmentJudge(folder: $0) }
    walk = TileWalk(folder, size: newest.checkpoint.size, hasher)
    try addTrack(.history, folder.place(LogFolder.historyName), LogFolder.historyName)
    if let state = verifier.state { try addTrack(.state, state, state) }
    for path in verifier.anchors { try addTrack(.anchor, path, path) }
    for name in try folder.names(in: AnchorFolder.name) where name.hasSuffix(AnchorFolder.checkpointSuffix) {
      let name = "\(AnchorFolder.name)/\(name)"
      try addTrack(.anchor, folder.place(name), name)
    }
  }

  private mutating func addTrack(_ source: MarkTrack.Source, _ path: String, _ name: String) throws(EvidenceLogError) {
    tracks.append(try MarkTrack(source, path: path, name: name, keys: head.keys, origin: head.origin))
  }

  mutating func run() throws -> LogVerification {
    for track in tracks { try track.advance() }
    var walk = walk
    try walk.walk { step in try take(step) }
    self.walk = walk
    for track in tracks {
      try track.finish()
      // What the log's own folder holds is the log's business; what it is to be held against must be sound.
      guard track.source == .state || verifier.anchors.contains(track.name), let fault = track.fault else { continue }
      throw EvidenceLogError(.damaged, track.name, "cannot be held against this log: \(fault)")
    }
    var found = try verdict()
    fill(&found)
    return found
  }

  private mutating func take(_ step: TileWalk.Step) throws {
    if let hash = step.tileHash { tileTree?.append(hash, hasher) } else { tileTree = nil }
    if let hash = step.entryHash, let entry = step.entry {
      entryTree?.append(hash, hasher)
      if entryTree != nil { try judgeLeaf(entry, hash, step.index) }
    } else {
      entryTree = nil
    }
    if badEntry == nil, step.entryHash == nil || step.entryHash != step.tileHash {
      badEntry = (step.index, step.entryHash == nil)
    }
    let size = step.index + 1
    for track in tracks {
      while track.nextSize == size {
        let key = badLeaf == nil && entryTree != nil ? head.keys.key(of: judge.epoch) : nil
        try track.judge(entries: entryTree?.root(hasher), tiles: tileTree?.root(hasher), key: key)
      }
    }
    if let handOver {
      if history.lastSound?.checkpoint.size != size { unsignedHandOver = unsignedHandOver ?? handOver }
      self.handOver = nil
    }
  }

  private mutating func judgeLeaf(_ entry: [UInt8], _ hash: Digest, _ index: UInt64) throws {
    guard badLeaf == nil else { return }
    let leaf: Leaf
    do throws(LeafError) {
      leaf = try judge.judge(entry, hash: hash, at: index)
    } catch {
      badLeaf = (index, "\(error)")
      return
    }
    try segments?.judge(leaf)
    if case .epoch = leaf.record { handOver = index }
  }

  // MARK: The verdict

  private var history: MarkTrack { tracks[0] }

  private mutating func verdict() throws -> LogVerification {
    let size = newest.checkpoint.size
    let isProven = entryTree?.size == size && entryTree?.root(hasher) == newest.checkpoint.root
    let areTilesProven = tileTree?.size == size && tileTree?.root(hasher) == newest.checkpoint.root
    if let fork = fork(isProven: isProven, areTilesProven: areTilesProven) { return fork }
    if isProven || areTilesProven, let newer = try newer() {
      return made(
        .rolledBack, "the log has \(size) records, and was seen with \(newer.checkpoint.size)", proven: size)
    }
    if isProven { return try provenVerdict() }
    return areTilesProven ? tilesVerdict() : unprovenVerdict()
  }

  /// A checkpoint of more records than the log has, kept elsewhere; not one of records that came while it was read.
  private func newer() throws -> SignedCheckpoint? {
    let seen = tracks.filter { $0.source != .history }.compactMap(\.newer)
    guard let newer = seen.max(by: { $0.checkpoint.size < $1.checkpoint.size }) else { return nil }
    let now = try LogHead(folder, verifier.trust.key, origin: verifier.origin).newest?.checkpoint.size ?? 0
    return newer.checkpoint.size > now ? newer : nil
  }

  private func made(_ verdict: LogVerdict, _ reason: String, proven: UInt64) -> LogVerification {
    var found = LogVerification(verdict, reason, origin: head.origin)
    found.checkpoint = newest
    found.provenCount = proven
    return found
  }

  /// Two checkpoints that the key signed, of which neither log continues the other.
  private func fork(isProven: Bool, areTilesProven: Bool) -> LogVerification? {
    var proof = head.fork
    if proof.isEmpty {
      for track in tracks {
        let others = [track.lastSound, track.newer].compactMap(\.self)
        let same = others.first {
          $0.checkpoint.size == newest.checkpoint.size && $0.checkpoint.root != newest.checkpoint.root
        }
        let excluded = isProven ? track.excluded.entries : areTilesProven ? track.excluded.tiles : same
        if let excluded {
          proof = [excluded, newest]
          break
        }
      }
    }
    guard let (one, other) = proof.first.flatMap({ first in proof.last.map { (first, $0) } }) else { return nil }
    var found = made(
      .forked,
      "the key signed a log of \(one.checkpoint.size) records with the root \(one.checkpoint.root.hex), "
        + "and one of \(other.checkpoint.size) that does not continue it", proven: 0)
    found.forkProof = proof
    return found
  }

  /// All entries are those that were signed.
  private mutating func provenVerdict() throws -> LogVerification {
    let size = newest.checkpoint.size
    var faults: [(index: UInt64, detail: String, isCut: Bool)] = []
    if let badLeaf { faults.append((badLeaf.index, "record \(badLeaf.index) \(badLeaf.detail)", false)) }
    if let fault = walk.tileFault { faults.append((fault.leaf, fault.detail, false)) }
    if let fault = walk.fileFault { faults.append((fault.leaf, fault.detail, false)) }
    if let segment = segments?.finish() {
      faults.append((segment.leaf, "record \(segment.leaf): \(segment.detail)", segment.isCut))
    }
    let listed = history.lastSound?.checkpoint.size ?? 0
    if let fault = history.fault { faults.append((listed, fault, false)) }
    if head.isListCut, history.fault == nil {
      faults.append((listed, "\(LogFolder.historyName): ends at size \(listed), and \(size) was signed", false))
    }
    if let fault = head.fault { faults.append((size, fault, false)) }
    if let unsignedHandOver {
      faults.append(
        (
          unsignedHandOver, "record \(unsignedHandOver) hands over to the next key, and the key before did not sign it",
          false
        ))
    }
    if let first = faults.min(by: { $0.index < $1.index }) {
      return made(first.isCut ? .truncatedAfter(first.index) : .brokenAt(first.index), first.detail, proven: size)
    }
    if let unsigned = try walk.unsigned(asOf: glance) ?? segments?.unsigned(asOf: glance) {
      return made(.unsignedTail, unsigned, proven: size)
    }
    return judge.isOpen
      ? made(.intactButOpen, "the recorder did not say that it ended", proven: size)
      : made(.intact, "", proven: size)
  }

  /// The hashes in tiles are those that were signed, and some entries are not.
  private func tilesVerdict() -> LogVerification {
    guard let badEntry else { return unprovenVerdict() }
    let index = badEntry.index
    let bundle = TilePath(level: nil, index: index / UInt64(TilePath.fullWidth)).text
    if let badLeaf, badLeaf.index < index {
      return made(.brokenAt(badLeaf.index), "record \(badLeaf.index) \(badLeaf.detail)", proven: index)
    }
    if let segment = segments?.finish(), segment.leaf < index, !segment.isCut {
      return made(.brokenAt(segment.leaf), "record \(segment.leaf): \(segment.detail)", proven: index)
    }
    if badEntry.isMissing, !walk.hasLaterEntry {
      let size = newest.checkpoint.size
      return made(.truncatedAfter(index), "\(bundle): ends before record \(index); \(size) were signed", proven: index)
    }
    let reason = badEntry.isMissing ? "is missing" : "is not the one that was signed"
    return made(.brokenAt(index), "\(bundle): record \(index) \(reason)", proven: index)
  }

  /// Neither entries nor tiles lead to what was signed last: only what an earlier checkpoint proves holds.
  private func unprovenVerdict() -> LogVerification {
    let proven = history.matched.entries?.checkpoint.size ?? 0
    let size = newest.checkpoint.size
    let isCut = history.excluded.entries == nil && badLeaf == nil && badEntry.map { $0.isMissing } != false
    if isCut, badEntry?.isMissing == true, !walk.hasLaterEntry {
      return made(
        .truncatedAfter(proven),
        "\(size) records were signed; the last that is proven is \(proven) by an older checkpoint",
        proven: proven)
    }
    let hint = badLeaf.map { "; record \($0.index) \($0.detail)" } ?? ""
    return made(
      .brokenAt(proven),
      "records from \(proven) on are not those that were signed, by the entries nor by the tiles\(hint)", proven: proven
    )
  }

  private mutating func fill(_ found: inout LogVerification) {
    if history.isTorn {
      judge.find(.torn, newest.checkpoint.size, "\(LogFolder.historyName): ends within a checkpoint")
    }
    found.findings = judge.findings
    found.findingCount = judge.findingCount
    found.runCount = judge.runCount
    found.segmentCount = segments?.segmentCount
    found.extentCount = segments?.extentCount ?? 0
    found.byteCount = segments?.byteCount ?? 0
    found.firstTime = judge.firstTime
    found.lastTime = judge.lastTime
    found.historyCount = history.count
    AnchorFolder(folder).judge(tracks, newest, verifier.trust, &found)
  }
}
