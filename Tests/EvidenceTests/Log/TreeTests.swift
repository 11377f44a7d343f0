import Bytes
import Foundation
import TestKit
import Testing

@testable import Evidence

@Suite(.enabled(if: Corpus.isPresent, "\(Corpus.absence)")) struct TreeTests {
  private let hasher = TreeHasher()

  private func tree(_ size: Int) -> HashTree {
    let leaves = (0..<size).map { hasher.leaf(LogVectors.event($0)) }
    return HashTree(size: UInt64(size)) { level, index in
      let start = Int(index) << level
      return TreeHasher().root(of: leaves[start..<(start + (1 << level))])
    }
  }

  @Test func `roots are those of another implementation`() throws {
    let vectors = try LogVectors()
    #expect(hasher.emptyRoot.hex == (try vectors.text("empty_root_hex")))
    let roots = try #require(vectors["roots"]?.members)
    #expect(roots.count >= 10)
    for member in roots {
      let size = try #require(Int(member.name))
      var (frontier, builder) = (TreeFrontier(), TileBuilder())
      for index in 0..<size {
        let leaf = LogVectors.event(index)
        frontier.append(hasher.leaf(leaf), hasher)
        try builder.append(leaf, hash: hasher.leaf(leaf), hasher) { _, _ in }
      }
      let expected = try LogVectors.digest(member.value)
      #expect(frontier.root(hasher) == expected, "\(size)")
      #expect(builder.root(hasher) == expected, "\(size)")
      #expect(try tree(size).root(of: UInt64(size)) == expected, "\(size)")
    }
  }

  @Test func `proofs are those of another implementation`() throws {
    let vectors = try LogVectors()
    for item in try #require(vectors["inclusion"]?.elements) {
      let (size, index) = (try LogVectors.number(item["n"]), try LogVectors.number(item["i"]))
      let made = try #require(try tree(Int(size)).inclusion(of: index, in: size))
      #expect(made.hashes == (try LogVectors.digests(item["proof"])), "\(index) of \(size)")
    }
    for item in try #require(vectors["consistency"]?.elements) {
      let (old, new) = (try LogVectors.number(item["m"]), try LogVectors.number(item["n"]))
      let made = try #require(try tree(Int(new)).consistency(from: old, to: new))
      #expect(made.hashes == (try LogVectors.digests(item["proof"])), "\(old) to \(new)")
    }
  }

  @Test func `every proof of small trees holds, and of no other leaf, size or root`() throws {
    let tree = tree(40)
    for size in UInt64(1)...40 {
      let root = try tree.root(of: size)
      for index in 0..<size {
        let proof = try #require(try tree.inclusion(of: index, in: size))
        let leaf = hasher.leaf(LogVectors.event(Int(index)))
        #expect(proof.holds(leaf: leaf, size: size, root: root))
        #expect(!proof.holds(leaf: hasher.leaf([]), size: size, root: root))
        #expect(!InclusionProof(index: index + 1, hashes: proof.hashes).holds(leaf: leaf, size: size, root: root))
      }
      for old in 1...size {
        let proof = try #require(try tree.consistency(from: old, to: size))
        let oldRoot = try tree.root(of: old)
        #expect(proof.holds(oldSize: old, oldRoot: oldRoot, newSize: size, newRoot: root))
        #expect(!proof.holds(oldSize: old, oldRoot: hasher.emptyRoot, newSize: size, newRoot: root))
        #expect(!proof.holds(oldSize: old, oldRoot: oldRoot, newSize: size, newRoot: hasher.emptyRoot))
      }
      #expect(try tree.consistency(from: 0, to: size) == nil)
      #expect(try tree.inclusion(of: size, in: size) == nil)
    }
  }

  @Test func `tiles are those of another implementation`() throws {
    let vectors = try LogVectors()
    var builder = TileBuilder()
    var full: [String: [UInt8]] = [:]
    for index in 0..<300 {
      let leaf = LogVectors.event(index)
      try builder.append(leaf, hash: hasher.leaf(leaf), hasher) { path, bytes in full[path.text] = bytes }
    }
    let partial = Dictionary(uniqueKeysWithValues: builder.partials.map { ($0.path.text, $0.bytes) })
    #expect(Set(full.keys) == ["tile/0/000", "tile/entries/000"])
    #expect(Set(partial.keys) == ["tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1"])
    func sha(_ bytes: [UInt8]?) throws -> String {
      let bytes = try #require(bytes)
      return SHA256.digest(of: bytes.span).hex
    }
    #expect(try sha(full["tile/0/000"]) == (try vectors.text("tile_0_000_sha256")))
    #expect(try sha(partial["tile/0/001.p/44"]) == (try vectors.text("tile_0_001_p_44_sha256")))
    #expect(partial["tile/1/000.p/1"]?.hex == (try vectors.text("tile_1_000_p_1_hex")))
    #expect(try sha(full["tile/entries/000"]) == (try vectors.text("entries_000_sha256")))
    for (index, name) in [(0, "0"), (5, "5"), (255, "255"), (1_234_067, "1234067")] {
      #expect(TilePath(level: 0, index: UInt64(index)).text == vectors["tile_paths"]?[name]?.string)
    }
    #expect(TilePath(level: 0, index: 273, width: 112).text == "tile/0/273.p/112")
    // The tree of 70,000 leaves that the specification describes.
    let widths = (0..<4).map { level in TilePath.width(level: level, index: [273, 1, 0, 0][level], size: 70_000) }
    #expect(widths == [112, 17, 1, 0])
    #expect(TilePath.width(level: 1, index: 0, size: 70_000) == 256)
  }
}
