public import Bytes

/// Leaves `start` up to `end` of a tree, so placed that they are a tree of their own: `start` is a multiple of the power
/// of two that `end - start` fits into (draft-ietf-plants-merkle-tree-certs, section "Subtrees").
public struct Subtree: Hashable, Sendable {
  public let start: UInt64
  public let end: UInt64

  /// Nil when those leaves are no subtree; one without leaves stands anywhere.
  public init?(start: UInt64, end: UInt64) {
    guard start <= end else { return nil }
    self.start = start
    self.end = end
    guard start < end else { return }
    let widest = end - start - 1
    let mask: UInt64 = widest == 0 ? 0 : .max >> UInt64(widest.leadingZeroBitCount)
    guard start & mask == 0 else { return nil }
  }

  public var isEmpty: Bool { start == end }

  /// Whether the leaf stands at `index` of the whole tree, by a proof within the subtree.
  public func holds(leaf: Digest, at index: UInt64, proof: [Digest], root: Digest) -> Bool {
    guard index >= start, index < end else { return false }
    return InclusionProof(index: index - start, hashes: proof).holds(leaf: leaf, size: end - start, root: root)
  }
}
