public import Bytes

/// What a tree that only grows needs to know of itself: the roots of its full subtrees, at most 64 of them.
public struct TreeFrontier: Hashable, Sendable {
  /// Leaves, or nodes of one level.
  public private(set) var size: UInt64 = 0
  /// Largest first, one for each bit that is set in `size`.
  private var roots: [Digest] = []

  public init() {}

  /// Adds the hash of the next leaf.
  public mutating func append(_ hash: Digest, _ hasher: TreeHasher) {
    var hash = hash
    var bits = size
    while bits & 1 == 1, let left = roots.popLast() {
      hash = hasher.node(left, hash)
      bits >>= 1
    }
    roots.append(hash)
    size &+= 1
  }

  /// The root of all that is there; of nothing, the hash of nothing.
  public func root(_ hasher: TreeHasher) -> Digest {
    guard var root = roots.last else { return hasher.emptyRoot }
    for left in roots.dropLast().reversed() { root = hasher.node(left, root) }
    return root
  }
}
