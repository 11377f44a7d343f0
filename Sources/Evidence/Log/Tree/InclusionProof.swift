public import Bytes

/// That a leaf stands at a place of a tree: the hashes beside its way to the root, lowest first (RFC 9162 §2.1.3).
public struct InclusionProof: Hashable, Sendable {
  /// A tree of 2^64 leaves has ways of 64.
  static let hashLimit = 64

  public var index: UInt64
  public var hashes: [Digest]

  public init(index: UInt64, hashes: [Digest]) {
    self.index = index
    self.hashes = hashes
  }

  /// The root of the tree of `size` leaves that the proof leads to, used up exactly; nil when it leads nowhere.
  public func root(leaf: Digest, size: UInt64, _ hasher: TreeHasher = TreeHasher()) -> Digest? {
    guard index < size else { return nil }
    var (place, last, root) = (index, size - 1, leaf)
    for hash in hashes {
      if last == 0 { return nil }
      if place & 1 == 1 || place == last {
        root = hasher.node(hash, root)
        while place & 1 == 0, place != 0 {
          place >>= 1
          last >>= 1
        }
      } else {
        root = hasher.node(root, hash)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 ? root : nil
  }

  /// Whether the leaf with that hash stands at `index` in the tree of that size and root.
  public func holds(leaf: Digest, size: UInt64, root: Digest) -> Bool {
    self.root(leaf: leaf, size: size) == root
  }
}
