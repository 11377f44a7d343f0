import Bytes
import Foundation
import TestKit
import Testing

@testable import Evidence

/// Proofs and forgeries of them that another project keeps to test Merkle trees with, 518 of them.
@Suite(.enabled(if: Corpus.isPresent, "\(Corpus.absence)")) struct ProofProbeTests {
  /// A probe, its file name, and what it says.
  private func probes(_ kind: String) throws -> [(name: String, document: JSONValue)] {
    let root = try #require(Corpus.root).appending(path: "tlog/merkle-testdata/testdata/\(kind)")
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
    return try (files ?? []).filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.map { file in
      (file.path, try #require(JSONValue.document(in: Array(try Data(contentsOf: file)))))
    }
  }

  private func number(_ value: JSONValue?) throws -> UInt64 { try #require(value?.scalar.flatMap { UInt64($0) }) }

  /// Nil for what is no digest: such a probe is refused before any proof is looked at.
  private func digest(_ value: JSONValue?) -> Digest? {
    value?.string.flatMap { Data(base64Encoded: $0) }.flatMap { Digest(Array($0)) }
  }

  /// Some roots of consistency are words, as any bytes are a root where they come from; their hash stands for them, which
  /// is equal where they are and leads nowhere else.
  private func root(_ value: JSONValue?) -> Digest? {
    guard let bytes = value?.string.flatMap({ Data(base64Encoded: $0) }).map({ Array($0) }) else { return nil }
    return Digest(bytes) ?? SHA256.digest(of: ([0] + bytes).span)
  }

  private func proof(_ document: JSONValue) -> [Digest]? {
    let elements = document["proof"]?.elements ?? []
    let digests = elements.compactMap { digest($0) }
    return digests.count == elements.count ? digests : nil
  }

  @Test func `inclusion`() throws {
    let probes = try probes("inclusion")
    #expect(probes.count == 98)
    for (name, probe) in probes {
      let index = try number(probe["leafIdx"])
      let size = try number(probe["treeSize"])
      var holds = false
      if let root = digest(probe["root"]), let leaf = digest(probe["leafHash"]), let proof = proof(probe) {
        holds = InclusionProof(index: index, hashes: proof).holds(leaf: leaf, size: size, root: root)
      }
      #expect(holds == (probe["wantErr"]?.bool == false), "\(name)")
    }
  }

  @Test func `consistency`() throws {
    let probes = try probes("consistency")
    #expect(probes.count == 98)
    for (name, probe) in probes {
      let (old, new) = (try number(probe["size1"]), try number(probe["size2"]))
      var holds = false
      if let oldRoot = root(probe["root1"]), let newRoot = root(probe["root2"]), let proof = proof(probe) {
        holds = ConsistencyProof(hashes: proof).holds(
          oldSize: old, oldRoot: oldRoot, newSize: new, newRoot: newRoot)
      }
      #expect(holds == (probe["wantErr"]?.bool == false), "\(name)")
    }
  }

  @Test func `inclusion in a subtree`() throws {
    let probes = try probes("subtreeinclusion")
    #expect(probes.count == 204)
    for (name, probe) in probes {
      let index = try number(probe["leafIdx"])
      let subtree = Subtree(start: try number(probe["start"]), end: try number(probe["end"]))
      var holds = false
      if let subtree, let root = digest(probe["root"]), let leaf = digest(probe["leafHash"]), let proof = proof(probe) {
        holds = subtree.holds(leaf: leaf, at: index, proof: proof, root: root)
      }
      #expect(holds == (probe["wantErr"]?.bool == false), "\(name)")
    }
  }

  @Test func `consistency of a subtree`() throws {
    let probes = try probes("subtreeconsistency")
    #expect(probes.count == 118)
    for (name, probe) in probes {
      let subtree = Subtree(start: try number(probe["start"]), end: try number(probe["end"]))
      let size = try number(probe["size"])
      var holds = false
      if let subtree, let part = root(probe["root1"]), let whole = root(probe["root2"]), let proof = proof(probe) {
        holds = ConsistencyProof(hashes: proof).holds(subtree, root: part, size: size, of: whole)
      }
      #expect(holds == (probe["wantErr"]?.bool == false), "\(name)")
    }
  }
}
