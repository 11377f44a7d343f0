import Bytes

/// Reads a log from its first leaf to the last that is signed, and holds entries and tiles against each other.
struct TileWalk {
  /// A leaf as the entries have it, and its hash as they and the tiles have it; nil where it is missing.
  struct Step {
    var index: UInt64
    var entry: [UInt8]?
    var entryHash: Digest?
    var tileHash: Digest?
  }

  /// The first place where tiles are not what the leaves below them make.
  struct TileFault {
    var leaf: UInt64
    var detail: String
  }

  private let folder: LogFolder
  private let size: UInt64
  private let hasher: TreeHasher
  /// Roots of full tiles of the level below, of the tile that is not yet read.
  private var above: [[Digest]] = []
  private(set) var tileFault: TileFault?
  /// Bytes in the last bundle behind its last signed entry; in another, a fault.
  private(set) var unsignedDetail: String?
  /// Something is wrong with a file itself.
  private(set) var fileFault: TileFault?
  /// Whether an entry is there behind one that is missing.
  private(set) var hasLaterEntry = false
  private var isMissing = false

  init(_ folder: LogFolder, size: UInt64, _ hasher: TreeHasher) {
    self.folder = folder
    self.size = size
    self.hasher = hasher
  }

  /// Goes through all leaves.
  ///
  /// - Throws: `EvidenceLogError` when the disk does not give a file; what `body` throws.
  mutating func walk(_ body: (Step) throws -> Void) throws {
    let width = UInt64(TilePath.fullWidth)
    let count = size / width + (size % width == 0 ? 0 : 1)
    var index: UInt64 = 0
    while index < count {
      let (entries, hashes) = (try entries(index), try hashes(0, index))
      if entries.isEmpty, hashes.isEmpty, try isEnd(index, count) { break }
      let tileWidth = TilePath.width(level: 0, index: index, size: size)
      var made: [Digest] = []
      for place in 0..<tileWidth {
        var step = Step(index: index * width + UInt64(place))
        if place < entries.count {
          step.entry = entries[place]
          step.entryHash = hasher.leaf(entries[place])
          if isMissing { hasLaterEntry = true }
        } else {
          isMissing = true
        }
        if place < hashes.count { step.tileHash = hashes[place] }
        if let hash = step.tileHash ?? step.entryHash { made.append(hash) }
        if step.entryHash != step.tileHash, step.entry != nil {
          fault(step.index, "\(TilePath(level: 0, index: index).text) has another hash for it, or none")
        }
        try body(step)
      }
      if made.count == TilePath.fullWidth { try check(1, index, hasher.root(of: made[...])) }
      index += 1
    }
    for level in 1..<max(1, above.count + 1) { try checkTile(level, size >> UInt64(8 * (level + 1))) }
  }

  /// Nothing is there any more, nor at the end: the rest need not be looked for.
  private mutating func isEnd(_ index: UInt64, _ count: UInt64) throws -> Bool {
    guard index + 1 < count else { return true }
    for next in [index + 1, count - 1] where try !bytes(nil, next, EntryBundle.byteLimit).isEmpty { return false }
    return true
  }

  private mutating func entries(_ index: UInt64) throws -> [[UInt8]] {
    let width = TilePath.width(level: 0, index: index, size: size)
    let path = TilePath(level: nil, index: index, width: width)
    let exact = try file(path, EntryBundle.byteLimit)
    let bytes = try exact ?? substitute(path, EntryBundle.byteLimit)
    let bundle = EntryBundle(bytes, limit: width)
    if bundle.entries.count == width, bundle.tornByteCount > 0, exact != nil {
      unsignedDetail =
        unsignedDetail ?? "\(path.text): \(bundle.tornByteCount) bytes behind its last record are not signed"
    }
    return bundle.entries
  }

  private mutating func hashes(_ level: Int, _ index: UInt64) throws -> [Digest] {
    let width = TilePath.width(level: level, index: index, size: size)
    guard width > 0 else { return [] }
    let path = TilePath(level: level, index: index, width: width)
    let exact = try file(path, HashTile.byteLimit)
    let bytes = try exact ?? substitute(path, HashTile.byteLimit)
    if exact != nil, bytes.count != width * 32 {
      fault(index << UInt64(8 * (level + 1)), "\(path.text) has not the length of \(width) hashes")
    }
    return HashTile.hashes(in: bytes, limit: width)
  }

  private mutating func bytes(_ level: Int?, _ index: UInt64, _ limit: Int) throws -> [UInt8] {
    let width = TilePath.width(level: level ?? 0, index: index, size: size)
    let path = TilePath(level: level, index: index, width: max(1, width))
    return try file(path, limit) ?? substitute(path, limit)
  }

  /// The full tile, or as much of it as a narrower one has.
  private mutating func substitute(_ path: TilePath, _ limit: Int) throws -> [UInt8] {
    if !path.isFull, let bytes = try file(path.full, limit) { return bytes }
    let widths = try folder.names(in: path.partialFolder).compactMap { Int($0) }
    guard let width = widths.filter({ (1..<path.width).contains($0) }).max() else { return [] }
    return try file(TilePath(level: path.level, index: path.index, width: width), limit) ?? []
  }

  /// A link, or a file that is too long, is one that is not there.
  private mutating func file(_ path: TilePath, _ limit: Int) throws -> [UInt8]? {
    do throws(EvidenceLogError) {
      return try folder.read(path.text, limit: limit)
    } catch {
      guard error.code == .damaged else { throw error }
      let leaf = path.index << UInt64(8 * ((path.level ?? 0) + 1))
      fileFault = fileFault ?? TileFault(leaf: leaf, detail: "\(path.text) \(error.detail)")
      return nil
    }
  }

  private mutating func fault(_ leaf: UInt64, _ detail: String) {
    if leaf < tileFault?.leaf ?? .max { tileFault = TileFault(leaf: leaf, detail: detail) }
  }

  /// Takes the root of a full tile of the level below.
  private mutating func check(_ level: Int, _ index: UInt64, _ root: Digest) throws {
    while above.count < level { above.append([]) }
    above[level - 1].append(root)
    guard above[level - 1].count == TilePath.fullWidth else { return }
    let tile = index / UInt64(TilePath.fullWidth)
    let whole = hasher.root(of: above[level - 1][...])
    try checkTile(level, tile)
    try check(level + 1, tile, whole)
  }

  /// Holds a tile against the roots that were made of those below it.
  private mutating func checkTile(_ level: Int, _ index: UInt64) throws {
    guard level <= above.count, !above[level - 1].isEmpty else { return }
    let found = try hashes(level, index)
    for (place, made) in above[level - 1].enumerated() where place >= found.count || found[place] != made {
      let below = index * UInt64(TilePath.fullWidth) + UInt64(place)
      fault(below << UInt64(8 * level), "\(TilePath(level: level, index: index).text) has another hash for it, or none")
      break
    }
    above[level - 1] = []
  }

  /// What stands behind the last leaf that is signed; nil when nothing does, or nothing that was there at the glance.
  mutating func unsigned(asOf glance: LogGlance?) throws -> String? {
    if let unsignedDetail { return unsignedDetail }
    if let glance {
      return glance.entryCount > size ? "\(glance.entryCount - size) records behind the last that is signed" : nil
    }
    let index = size / UInt64(TilePath.fullWidth)
    let width = Int(size % UInt64(TilePath.fullWidth))
    for level in [nil, 0] {
      let full = TilePath(level: level, index: index)
      let wider = try folder.names(in: full.partialFolder).compactMap { Int($0) }.filter { $0 > width }
      if let widest = wider.max() { return "\(full.partialFolder)/\(widest): records behind the last that is signed" }
      if try folder.contains(full.text) { return "\(full.text): records behind the last that is signed" }
    }
    return nil
  }
}
