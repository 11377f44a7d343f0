public import Bytes

/// Hashes of a Merkle tree (RFC 6962 §2.1, RFC 9162 §2.1.1): SHA-256, with a byte before that tells leaves from nodes.
public final class TreeHasher {
  private let hash = SHA256()
  private let leafMark: [UInt8] = [0]
  private let nodeMark: [UInt8] = [1]

  public init() {}

  /// The root of a tree without leaves: the hash of nothing, which no leaf has.
  public var emptyRoot: Digest { hash.finish() }

  public func leaf(_ bytes: Span<UInt8>) -> Digest {
    update(leafMark)
    hash.update(bytes)
    return hash.finish()
  }

  public func leaf(_ bytes: [UInt8]) -> Digest { leaf(bytes.span) }

  private func update(_ bytes: [UInt8]) { hash.update(bytes.span) }

  public func node(_ left: Digest, _ right: Digest) -> Digest {
    update(nodeMark)
    update(left.bytes)
    update(right.bytes)
    return hash.finish()
  }

  /// The root over consecutive hashes of one level; the tree splits at the largest power of two below their count.
  public func root(of hashes: ArraySlice<Digest>) -> Digest {
    var frontier = TreeFrontier()
    for hash in hashes { frontier.append(hash, self) }
    return frontier.root(self)
  }
}
