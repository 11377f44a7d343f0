import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Evidence

@Suite struct TlogProofTests {
  @Test(.enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
  func `a proof of another implementation holds, and is written alike`() throws {
    let vectors = try LogVectors()
    let bytes = Array(try vectors.text("tlog_proof_300_128").utf8)
    let proof = try TlogProof(parsing: bytes)
    let key = try NoteKey(parsing: try vectors.text("vkey"))
    #expect(proof.bytes == bytes && proof.inclusion.index == 128)
    #expect(proof.holds(of: LogVectors.event(128), keys: [key]))
    #expect(!proof.holds(of: LogVectors.event(129), keys: [key]))
  }

  @Test func `no byte of a proof can be changed`() throws {
    try TemporaryFolder.with { folder in
      let recorded = try RecordedLog(in: folder.appending(path: "rec"), segments: 1, extents: 5)
      let proof = try LogReader(log: recorded.log, key: recorded.key.key).proof(of: 3)
      let bytes = proof.bytes
      #expect(try TlogProof(parsing: bytes) == proof)
      func holds(_ bytes: [UInt8]) -> Bool {
        guard let found = try? TlogProof(parsing: bytes), let record = found.extra else { return false }
        return found.holds(of: record, keys: [recorded.key.key])
      }
      #expect(holds(bytes))
      for index in bytes.indices {
        var changed = bytes
        changed[index] ^= 1 << UInt8(index % 8)
        #expect(!holds(changed), "\(index)")
        #expect(!holds(Array(bytes[..<index])), "\(index)")
      }
      #expect(!holds(bytes + [0x0A]))
    }
  }

  @Test func `a log that is continued proves its earlier checkpoints`() throws {
    try TemporaryFolder.with { folder in
      let recorded = try RecordedLog(in: folder.appending(path: "rec"), segments: 1, extents: 300, leavesPerCommit: 20)
      let reader = try LogReader(log: recorded.log, key: recorded.key.key)
      for earlier in try NoteList.checkpoints(in: try recorded.read("log/checkpoints")) {
        _ = try reader.consistency(from: earlier.checkpoint)
        let other = Checkpoint(
          origin: reader.checkpoint.checkpoint.origin, size: earlier.checkpoint.size, root: TreeHasher().leaf([9]))
        #expect(throws: EvidenceLogError.self) { try reader.consistency(from: other) }
      }
      for index in 0..<reader.size { #expect(!(try reader.record(at: index)).isEmpty) }
      #expect(throws: EvidenceLogError.self) { try reader.proof(of: reader.size) }
      let last = try #require(try reader.lastExtent())
      #expect(last.record == 301 && last.extent.segment == "0.pcapng" && last.extent.offset == 29_900)
    }
  }
}
