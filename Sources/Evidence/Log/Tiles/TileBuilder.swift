import Bytes

/// The right edge of a log: the tiles that are not full yet.
struct TileBuilder: Sendable {
  private(set) var size: UInt64
  /// The bundle of entries that is not full.
  private(set) var entries: [UInt8]
  /// By level, the hashes of the tile that is not full.
  private(set) var levels: [[Digest]]

  init(size: UInt64 = 0, entries: [UInt8] = [], levels: [[Digest]] = []) {
    self.size = size
    self.entries = entries
    self.levels = levels
  }

  /// Adds a leaf, and gives each tile that it fills.
  mutating func append(
    _ leaf: [UInt8], hash: Digest, _ hasher: TreeHasher, full: (TilePath, [UInt8]) throws(EvidenceLogError) -> Void
  ) throws(EvidenceLogError) {
    EntryBundle.append(leaf, to: &entries)
    let bundle = size / UInt64(TilePath.fullWidth)
    size += 1
    if size % UInt64(TilePath.fullWidth) == 0 {
      try full(TilePath(level: nil, index: bundle), entries)
      entries = []
    }
    var (hash, level) = (hash, 0)
    while true {
      if level == levels.count { levels.append([]) }
      levels[level].append(hash)
      guard levels[level].count == TilePath.fullWidth else { return }
      let index = (size >> UInt64(8 * (level + 1))) - 1
      try full(TilePath(level: level, index: index), HashTile.bytes(levels[level]))
      hash = hasher.root(of: levels[level][...])
      levels[level] = []
      level += 1
    }
  }

  /// The tiles that are not full, with what is in them.
  var partials: [(path: TilePath, bytes: [UInt8])] {
    var found: [(TilePath, [UInt8])] = []
    if !entries.isEmpty {
      let width = Int(size % UInt64(TilePath.fullWidth))
      found.append((TilePath(level: nil, index: size / UInt64(TilePath.fullWidth), width: width), entries))
    }
    for (level, hashes) in levels.enumerated() where !hashes.isEmpty {
      let index = size >> UInt64(8 * (level + 1))
      found.append((TilePath(level: level, index: index, width: hashes.count), HashTile.bytes(hashes)))
    }
    return found
  }

  /// The root of the whole tree.
  func root(_ hasher: TreeHasher) -> Digest {
    var root: Digest?
    for hashes in levels {
      // Within a tile the subtrees of the lower bits are further right.
      var end = hashes.count
      while end > 0 {
        let width = 1 << end.trailingZeroBitCount
        let left = hasher.root(of: hashes[(end - width)..<end])
        root = root.map { hasher.node(left, $0) } ?? left
        end -= width
      }
    }
    return root ?? hasher.emptyRoot
  }
}
