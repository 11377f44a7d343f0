public import Bytes

/// The nodes of a tree of a certain size, wherever they are kept; what proofs are made of.
public struct HashTree {
  public let size: UInt64
  /// The hash of the full subtree of 2^level leaves that begins at leaf `index << level`.
  private let node: (_ level: Int, _ index: UInt64) throws -> Digest
  private let hasher = TreeHasher()

  /// - Parameters:
  ///   - size: Leaves.
  ///   - node: Asked only for subtrees that lie within `size`.
  public init(size: UInt64, node: @escaping (_ level: Int, _ index: UInt64) throws -> Digest) {
    self.size = size
    self.node = node
  }

  /// The root of the first `count` leaves.
  ///
  /// - Throws: what `node` throws.
  public func root(of count: UInt64) throws -> Digest {
    count == 0 ? hasher.emptyRoot : try root(0, min(count, size))
  }

  /// The way of a leaf to the root of the first `count`; nil when it does not stand there.
  ///
  /// - Throws: what `node` throws.
  public func inclusion(of index: UInt64, in count: UInt64) throws -> InclusionProof? {
    guard index < count, count <= size else { return nil }
    var hashes: [Digest] = []
    var (start, end) = (UInt64(0), count)
    // From the root down; the proof goes up.
    while end - start > 1 {
      let middle = start + HashTree.split(end - start)
      if index < middle {
        hashes.append(try root(middle, end))
        end = middle
      } else {
        hashes.append(try root(start, middle))
        start = middle
      }
    }
    return InclusionProof(index: index, hashes: hashes.reversed())
  }

  /// That the first `count` leaves begin with the first `earlier`; nil when there are none or too many.
  ///
  /// - Throws: what `node` throws.
  public func consistency(from earlier: UInt64, to count: UInt64) throws -> ConsistencyProof? {
    guard earlier > 0, earlier <= count, count <= size else { return nil }
    var hashes: [Digest] = []
    var (start, end) = (UInt64(0), count)
    var isKnown = true
    while end != earlier {
      let middle = start + HashTree.split(end - start)
      if earlier <= middle {
        hashes.append(try root(middle, end))
        end = middle
      } else {
        hashes.append(try root(start, middle))
        start = middle
        isKnown = false
      }
    }
    if !isKnown { hashes.append(try root(start, end)) }
    return ConsistencyProof(hashes: hashes.reversed())
  }

  /// The largest power of two below a count of two or more.
  private static func split(_ count: UInt64) -> UInt64 { 1 << UInt64(63 - (count - 1).leadingZeroBitCount) }

  private func root(_ start: UInt64, _ end: UInt64) throws -> Digest {
    let count = end - start
    if count.nonzeroBitCount == 1 {
      let level = count.trailingZeroBitCount
      return try node(level, start >> UInt64(level))
    }
    let middle = start + HashTree.split(count)
    return hasher.node(try root(start, middle), try root(middle, end))
  }
}
