import Bytes

/// Reads the end of a log, so that it can be continued.
struct LogResumption {
  var builder = TileBuilder()
  var checkpoint: SignedCheckpoint?
  var tail = LogTail.new
  /// The leaf hash of the last leaf; zeros when there is none.
  var previous = Digest.zero
  var lastTime: LogClock.Reading?
  /// The epoch of the key that signs next; nil when keys have no epochs.
  var epoch: UInt64?

  private let folder: LogFolder
  private let hasher = TreeHasher()

  /// - Throws: `EvidenceLogError` when the log is another key's, or its end is not what its checkpoint says.
  init(_ folder: LogFolder, key: NoteKey, epochs: EpochKeys?) throws(EvidenceLogError) {
    self.folder = folder
    try readCheckpoint(key, epochs)
    try readTiles()
    let dropped = try readUnsigned()
    try readLast(key, epochs)
    guard let checkpoint, !dropped.isEmpty else {
      if checkpoint == nil, !dropped.isEmpty { tail = .unsigned(size: 0, leaves: dropped) }
      return
    }
    tail = .unsigned(size: checkpoint.checkpoint.size, leaves: dropped)
  }

  /// The newest checkpoint of the history or the file, after the history was cut behind its last whole note.
  private mutating func readCheckpoint(_ key: NoteKey, _ epochs: EpochKeys?) throws(EvidenceLogError) {
    let keys = [key] + (epochs?.keys ?? [])
    func take(_ bytes: [UInt8], _ name: String) throws(EvidenceLogError) -> SignedCheckpoint {
      do throws(NoteError) {
        let found = try SignedCheckpoint(parsing: bytes)
        _ = try found.note.verified(by: keys)
        return found
      } catch {
        throw EvidenceLogError(.otherKey, folder.place(name), "\(error); give the log's own key, or a new folder")
      }
    }
    let last = try HistoryFile(folder).readLast()
    let older = try last.map { bytes throws(EvidenceLogError) in try take(bytes, LogFolder.historyName) }
    let current = try folder.read(LogFolder.checkpointName, limit: SignedNote.byteLimit)
      .map { bytes throws(EvidenceLogError) in try take(bytes, LogFolder.checkpointName) }
    checkpoint = [older, current].compactMap(\.self).max { $0.checkpoint.size < $1.checkpoint.size }
    if let checkpoint, checkpoint.checkpoint.origin != key.name {
      throw EvidenceLogError(
        .otherKey, folder.path, "is the log \(checkpoint.checkpoint.origin), and the key is of \(key.name)")
    }
  }

  private mutating func readTiles() throws(EvidenceLogError) {
    guard let checkpoint = checkpoint?.checkpoint, checkpoint.size > 0 else { return }
    let size = checkpoint.size
    let rest = Int(size % UInt64(TilePath.fullWidth))
    var entries: [UInt8] = []
    if rest > 0 {
      let path = TilePath(level: nil, index: size / UInt64(TilePath.fullWidth), width: rest)
      guard let bytes = try tile(path, limit: EntryBundle.byteLimit) else { throw damaged(path.text, "is missing") }
      let bundle = EntryBundle(bytes, limit: rest)
      guard bundle.entries.count == rest else { throw damaged(path.text, "has not \(rest) entries") }
      for entry in bundle.entries { EntryBundle.append(entry, to: &entries) }
    }
    var levels: [[Digest]] = []
    for level in 0..<TilePath.levelLimit {
      let count = size >> UInt64(8 * level)
      guard count > 0 else { break }
      let width = Int(count % UInt64(TilePath.fullWidth))
      guard width > 0 else {
        levels.append([])
        continue
      }
      let path = TilePath(level: level, index: count / UInt64(TilePath.fullWidth), width: width)
      guard let bytes = try tile(path, limit: HashTile.byteLimit) else { throw damaged(path.text, "is missing") }
      let hashes = HashTile.hashes(in: bytes, limit: width)
      guard hashes.count == width else { throw damaged(path.text, "has not \(width) hashes") }
      levels.append(hashes)
    }
    builder = TileBuilder(size: size, entries: entries, levels: levels)
    guard builder.root(hasher) == checkpoint.root else {
      throw damaged(LogFolder.checkpointName, "has not the root of the tiles; see: exhibit verify")
    }
  }

  /// A partial tile, or the full one that took its place.
  private func tile(_ path: TilePath, limit: Int) throws(EvidenceLogError) -> [UInt8]? {
    if let bytes = try folder.read(path.text, limit: limit) { return bytes }
    return try folder.read(path.full.text, limit: limit)
  }

  /// Whole leaves behind the last checkpoint, in the bundle where it ends and the next ones.
  private func readUnsigned() throws(EvidenceLogError) -> [[UInt8]] {
    let width = UInt64(TilePath.fullWidth)
    var (index, skip) = (builder.size / width, Int(builder.size % width))
    var found: [[UInt8]] = []
    while found.count < LogResumption.unsignedLimit {
      let full = TilePath(level: nil, index: index)
      let widths = try folder.names(in: full.partialFolder).compactMap { Int($0) }.filter { $0 < TilePath.fullWidth }
      let widest = widths.max().map { TilePath(level: nil, index: index, width: $0) }
      let whole = try folder.read(full.text, limit: EntryBundle.byteLimit)
      var bytes = whole
      if bytes == nil, let widest { bytes = try folder.read(widest.text, limit: EntryBundle.byteLimit) }
      guard let bytes else { break }
      found += EntryBundle(bytes).entries.dropFirst(skip)
      guard whole != nil else { break }
      (index, skip) = (index + 1, 0)
    }
    return found
  }

  /// Unsigned leaves that are looked at.
  private static let unsignedLimit = 100_000

  private mutating func readLast(_ key: NoteKey, _ epochs: EpochKeys?) throws(EvidenceLogError) {
    guard let checkpoint, builder.size > 0 else {
      epoch = epochs == nil ? nil : 1
      return
    }
    let index = builder.size - 1
    let bundle = index / UInt64(TilePath.fullWidth)
    let place = Int(index % UInt64(TilePath.fullWidth))
    var last = EntryBundle(builder.entries).entries.last
    if last == nil {
      let bytes = try folder.read(TilePath(level: nil, index: bundle).text, limit: EntryBundle.byteLimit) ?? []
      last = EntryBundle(bytes).entries.dropFirst(place).first
    }
    let tile = try folder.read(TilePath(level: 0, index: bundle).text, limit: HashTile.byteLimit)
    let hash = builder.levels.first?.last ?? tile.flatMap { HashTile.hashes(in: $0).dropFirst(place).first }
    guard let last, let hash, hasher.leaf(last) == hash else {
      throw damaged(TilePath(level: nil, index: bundle).text, "does not end with the leaf that was signed")
    }
    previous = hash
    let leaf: Leaf
    do throws(LeafError) {
      leaf = try Leaf(parsing: last)
    } catch {
      throw damaged(folder.path, "its last leaf \(error)")
    }
    lastTime = leaf.time
    if case .close = leaf.record { tail = .closed(size: builder.size) } else { tail = .open(size: builder.size) }
    try checkKey(key, epochs, leaf, checkpoint)
  }

  /// The key that writes on must be the one that signed last, or the one that the last leaf hands over to.
  private mutating func checkKey(
    _ key: NoteKey, _ epochs: EpochKeys?, _ last: Leaf, _ checkpoint: SignedCheckpoint
  ) throws(EvidenceLogError) {
    let signers = (try? checkpoint.note.verified(by: [key] + (epochs?.keys ?? []))) ?? []
    var isNext = signers.contains(key)
    if case .epoch(let handOver) = last.record { isNext = handOver.key == key.description }
    guard isNext else {
      throw EvidenceLogError(.otherKey, folder.path, "is to be continued by another key than \(key)")
    }
    epoch = epochs?.number(of: key)
  }

  private func damaged(_ name: String, _ detail: String) -> EvidenceLogError {
    EvidenceLogError(.damaged, folder.place(name), detail)
  }
}

extension Digest {
  /// What stands for the leaf before the first.
  static let zero = Digest([UInt8](repeating: 0, count: 32)) ?? SHA256.digest(of: "")
}
