import Bytes

/// Single records of a log and proofs of them, read from its tiles. Everything that it gives is held against the log's
/// newest signed checkpoint.
public final class LogReader {
  private let folder: LogFolder
  private let keys: LogKeys
  /// The newest that is signed.
  public let checkpoint: SignedCheckpoint
  private var tile: (path: TilePath, hashes: [Digest])?

  public var size: UInt64 { checkpoint.checkpoint.size }

  /// - Parameters:
  ///   - log: The log's own folder.
  ///   - key: Signs the log, or vouches for the keys of its epochs.
  ///   - origin: Name of the log; nil for that of the key.
  /// - Throws: `EvidenceLogError` when nothing there is signed by the key.
  public init(log: String, key: NoteKey, origin: String? = nil) throws(EvidenceLogError) {
    folder = LogFolder(path: log)
    let head = try LogHead(folder, key, origin: origin)
    guard let newest = head.newest else {
      throw EvidenceLogError(.otherKey, log, head.fault ?? "has no checkpoint that is signed")
    }
    keys = head.keys
    checkpoint = newest
  }

  /// Keys that may have signed the checkpoint of a proof.
  public var allKeys: [NoteKey] { keys.all }

  /// A record's exact bytes.
  ///
  /// - Throws: `EvidenceLogError` when it is not there, or not what was signed.
  public func record(at index: UInt64) throws -> [UInt8] { try proof(of: index).extra ?? [] }

  /// The proof that a record stands in the log, with the record in it.
  ///
  /// - Throws: `EvidenceLogError` when it is not there, or not what was signed.
  public func proof(of index: UInt64) throws -> TlogProof {
    guard index < size else {
      throw EvidenceLogError(.damaged, folder.path, "has no record \(index); it has \(size)")
    }
    let record = try entry(index)
    guard let inclusion = try tree.inclusion(of: index, in: size) else {
      throw EvidenceLogError(.damaged, folder.path, "has no record \(index)")
    }
    let proof = TlogProof(extra: record, inclusion: inclusion, checkpoint: checkpoint)
    guard proof.holds(of: record, keys: keys.all) else {
      throw EvidenceLogError(
        .damaged, folder.path, "record \(index) or its way to the root is not what was signed; see: exhibit verify")
    }
    return proof
  }

  /// The proof that the log continues an earlier checkpoint of its own.
  ///
  /// - Throws: `EvidenceLogError` when it does not.
  public func consistency(from earlier: Checkpoint) throws -> ConsistencyProof {
    guard let proof = try tree.consistency(from: earlier.size, to: size),
      proof.holds(
        oldSize: earlier.size, oldRoot: earlier.root, newSize: size, newRoot: checkpoint.checkpoint.root)
    else {
      throw EvidenceLogError(.damaged, folder.path, "does not continue the log of \(earlier.size) records")
    }
    return proof
  }

  /// The last extent that is signed, and its record: from its end on nothing of that segment is told. Nil when there is none.
  ///
  /// Reads from the end, so it costs no more than what was written since.
  ///
  /// - Throws: `EvidenceLogError` when a record on the way is missing or not what was signed.
  public func lastExtent() throws -> (record: UInt64, extent: LeafExtent)? {
    let width = UInt64(TilePath.fullWidth)
    var end = size
    while end > 0 {
      let start = (end - 1) / width * width
      for (place, bytes) in try entries(start / width).prefix(Int(end - start)).enumerated().reversed() {
        guard let leaf = try? Leaf(parsing: bytes), case .extent(let extent) = leaf.record else { continue }
        let index = start + UInt64(place)
        guard try record(at: index) == bytes else { continue }
        return (index, extent)
      }
      end = start
    }
    return nil
  }

  private var tree: HashTree { HashTree(size: size) { level, index in try self.node(level, index) } }

  private func entry(_ index: UInt64) throws -> [UInt8] {
    let bundle = index / UInt64(TilePath.fullWidth)
    guard let entry = try entries(bundle).dropFirst(Int(index % UInt64(TilePath.fullWidth))).first else {
      throw EvidenceLogError(
        .damaged, folder.place(TilePath(level: nil, index: bundle).text), "ends before record \(index)")
    }
    return entry
  }

  private func entries(_ bundle: UInt64) throws -> [[UInt8]] {
    let width = TilePath.width(level: 0, index: bundle, size: size)
    let path = TilePath(level: nil, index: bundle, width: width)
    return EntryBundle(try read(path, EntryBundle.byteLimit), limit: width).entries
  }

  /// A node from the tile that it lies in, or that its leaves do.
  private func node(_ level: Int, _ index: UInt64) throws -> Digest {
    let (tileLevel, height) = (level / 8, level % 8)
    let first = index << UInt64(height)
    let tileIndex = first / UInt64(TilePath.fullWidth)
    let path = TilePath(
      level: tileLevel, index: tileIndex, width: TilePath.width(level: tileLevel, index: tileIndex, size: size))
    if tile?.path != path { tile = (path, HashTile.hashes(in: try read(path, HashTile.byteLimit))) }
    let start = Int(first % UInt64(TilePath.fullWidth))
    guard let hashes = tile?.hashes, start + (1 << height) <= hashes.count else {
      throw EvidenceLogError(.damaged, folder.place(path.text), "has not the hashes that it should")
    }
    return TreeHasher().root(of: hashes[start..<(start + (1 << height))])
  }

  private func read(_ path: TilePath, _ limit: Int) throws(EvidenceLogError) -> [UInt8] {
    if let bytes = try folder.read(path.text, limit: limit) { return bytes }
    guard let bytes = try folder.read(path.full.text, limit: limit) else {
      throw EvidenceLogError(.damaged, folder.place(path.text), "is missing")
    }
    return bytes
  }
}
