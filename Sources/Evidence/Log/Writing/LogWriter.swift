import Bytes

/// Puts leaves on disk and signs them: entries and tiles first, then the list of checkpoints, then the checkpoint.
///
/// Nothing that a signed checkpoint needs is changed or removed before the next one is durable, so that whatever ends the
/// process or the machine leaves a log that its last checkpoint proves.
struct LogWriter {
  private var folder: LogFolder
  private var builder: TileBuilder
  private let hasher = TreeHasher()
  private let mirrors: [CheckpointMirror]
  private var signer: NoteSigner
  /// Taken over and not yet durable.
  private var waiting: [PendingLeaf] = []
  private(set) var checkpoint: SignedCheckpoint?
  /// Whether readers and mirrors have the last checkpoint.
  private var isPublished = true
  /// Whether the name of the file `checkpoint` is known to be durable.
  private var isNamed = false

  init(
    folder: LogFolder, builder: TileBuilder, checkpoint: SignedCheckpoint?, signer: NoteSigner,
    mirrors: [CheckpointMirror]
  ) {
    self.folder = folder
    self.builder = builder
    self.checkpoint = checkpoint
    self.signer = signer
    self.mirrors = mirrors
  }

  /// Takes over leaves; they stay until a commit made them durable.
  mutating func take(_ leaves: [PendingLeaf]) { waiting += leaves }

  /// Makes all leaves that were taken over durable and signs them; when there are none, gives the last checkpoint.
  ///
  /// - Throws: `EvidenceLogError`; the leaves are still there, and the next call tries again.
  mutating func commit() throws(EvidenceLogError) -> SignedCheckpoint {
    if let checkpoint, waiting.isEmpty {
      if !isPublished { try publish(checkpoint) }
      return checkpoint
    }
    while let end = waiting.firstIndex(where: { $0.successor != nil }) {
      _ = try commit(through: end + 1)
    }
    return try commit(through: waiting.count)
  }

  /// With one key.
  private mutating func commit(through end: Int) throws(EvidenceLogError) -> SignedCheckpoint {
    if let checkpoint, end == 0 { return checkpoint }
    var next = builder
    var filled: [TilePath] = []
    for leaf in waiting[..<end] {
      try next.append(leaf.bytes, hash: leaf.hash, hasher) { path, bytes throws(EvidenceLogError) in
        try folder.put(path.text, bytes)
        filled.append(path)
      }
    }
    // Those of before are durable, and have the same hashes where they have the same width.
    let known = Set(builder.partials.map(\.path))
    for (path, bytes) in next.partials where checkpoint == nil || !known.contains(path) {
      try folder.put(path.text, bytes)
    }
    try folder.sync()
    let signed: SignedCheckpoint
    do throws(NoteError) {
      signed = try SignedCheckpoint(
        Checkpoint(origin: signer.key.name, size: next.size, root: next.root(hasher)), by: signer)
    } catch {
      throw EvidenceLogError(.key, folder.path, "\(error)")
    }
    try folder.append(LogFolder.historyName, signed.note.bytes + [0x0A])
    try folder.sync()
    // From here on the checkpoint is out: what follows may fail and be done again, but never with another tree.
    builder = next
    checkpoint = signed
    isPublished = false
    if let successor = waiting[..<end].last?.successor { signer = successor }
    waiting.removeFirst(end)
    try publish(signed)
    // A partial tile may go once the full one is there (C2SP tlog-tiles, "Partial Tiles").
    for path in filled {
      for name in try folder.names(in: path.partialFolder) { folder.remove("\(path.partialFolder)/\(name)") }
      folder.remove(path.partialFolder)
    }
    return signed
  }

  /// Puts the checkpoint where readers look for it, and where it is kept besides.
  mutating func publish(_ signed: SignedCheckpoint) throws(EvidenceLogError) {
    // Once there, it need not be this one that is durable: the list, which is, has the same.
    try folder.put(LogFolder.checkpointName, signed.note.bytes, syncsName: !isNamed)
    try folder.sync()
    isNamed = true
    for mirror in mirrors { try mirror.add(signed) }
    isPublished = true
  }

  /// Removes what stands behind the last checkpoint and was never signed.
  mutating func removeUnsigned() throws(EvidenceLogError) {
    for level in [nil] + (0..<TilePath.levelLimit).map(Optional.some) {
      let count = builder.size >> UInt64(8 * (level ?? 0))
      var index = count / UInt64(TilePath.fullWidth)
      let width = Int(count % UInt64(TilePath.fullWidth))
      var kept = width
      while true {
        let full = TilePath(level: level, index: index)
        let names = try folder.names(in: full.partialFolder)
        for name in names where (Int(name) ?? .max) > kept { folder.remove("\(full.partialFolder)/\(name)") }
        let isThere = try folder.contains(full.text)
        if isThere { folder.remove(full.text) }
        guard isThere || (kept == 0 && !names.isEmpty) else { break }
        (index, kept) = (index + 1, 0)
      }
    }
    for name in [LogFolder.checkpointName, EpochKeys.fileName] { folder.remove(name + ".tmp") }
  }

  /// The history is ahead of the file when a crash came between them.
  mutating func publishLast() throws(EvidenceLogError) {
    guard let checkpoint else { return }
    let there = try folder.read(LogFolder.checkpointName, limit: SignedNote.byteLimit)
    let last = try HistoryFile(folder).readLast()
    if last != checkpoint.note.bytes { try folder.append(LogFolder.historyName, checkpoint.note.bytes + [0x0A]) }
    if there != checkpoint.note.bytes { try publish(checkpoint) }
  }

  mutating func put(_ name: String, _ bytes: [UInt8]) throws(EvidenceLogError) {
    try folder.put(name, bytes)
    try folder.sync()
  }
}

/// A leaf that is in the tree and not yet on disk.
struct PendingLeaf: Sendable {
  var bytes: [UInt8]
  var hash: Digest
  /// Signs what comes behind this leaf.
  var successor: NoteSigner?
}
