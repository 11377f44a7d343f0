public import Bytes

/// That a tree began with the leaves of an earlier one (RFC 9162 §2.1.4), or has them as a subtree.
public struct ConsistencyProof: Hashable, Sendable {
  /// Of two trees of 2^64 leaves.
  static let hashLimit = 65

  public var hashes: [Digest]

  public init(hashes: [Digest]) { self.hashes = hashes }

  /// Whether the tree of `newSize` leaves began with the `oldSize` leaves of the other.
  ///
  /// An old tree without leaves is refused: it is the beginning of every tree, so that its proof says nothing.
  public func holds(oldSize: UInt64, oldRoot: Digest, newSize: UInt64, newRoot: Digest) -> Bool {
    guard oldSize > 0, let subtree = Subtree(start: 0, end: oldSize) else { return false }
    return holds(subtree, root: oldRoot, size: newSize, of: newRoot)
  }

  /// Whether the tree of `size` leaves has the subtree with that root.
  public func holds(_ subtree: Subtree, root: Digest, size: UInt64, of whole: Digest) -> Bool {
    guard subtree.end <= size else { return false }
    let hasher = TreeHasher()
    // Every tree has the one without leaves; nothing is proven of the tree.
    if subtree.isEmpty { return hashes.isEmpty && root == hasher.emptyRoot }
    var way = Way(first: subtree.start, last: subtree.end - 1, end: size - 1)
    while way.first != way.last, way.last == way.end || way.last & 1 == 1 { way.climb() }
    var rest = hashes[...]
    let start: Digest
    if way.first == way.last {
      start = root
    } else {
      guard let hash = rest.popFirst() else { return false }
      start = hash
    }
    var (part, all) = (start, start)
    for hash in rest {
      if way.end == 0 { return false }
      if way.last & 1 == 1 || way.last == way.end {
        if way.first < way.last { part = hasher.node(hash, part) }
        all = hasher.node(hash, all)
        while way.last & 1 == 0, way.last != 0 { way.climb() }
      } else {
        all = hasher.node(all, hash)
      }
      way.climb()
    }
    return way.end == 0 && part == root && all == whole
  }

  /// Places of one level: of the subtree's first and last leaf, and of the tree's last.
  private struct Way {
    var first: UInt64
    var last: UInt64
    var end: UInt64

    mutating func climb() {
      first >>= 1
      last >>= 1
      end >>= 1
    }
  }
}
