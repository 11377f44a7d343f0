import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Evidence

/// The log as a recorder writes it.
@Suite struct EvidenceLogTests {
  private let key = LogVectors.signer

  @Test func `a log is begun, closed and gone on with`() throws {
    let key = try #require(key)
    try TemporaryFolder.with { folder in
      let place = folder.appending(path: "rec/log").path
      do {
        let (log, tail) = try EvidenceLog.open(directory: place, key: key)
        #expect(tail == .new)
        for count in 0..<600 { try log.append(.heartbeat(LeafHeartbeat(sessionCount: count))) }
        let checkpoint = try log.commit()
        #expect(checkpoint.checkpoint.size == 601)
        try log.close(reason: "test")
        #expect(throws: EvidenceLogError.self) { try log.append(.heartbeat(LeafHeartbeat(sessionCount: 1))) }
        #expect(throws: EvidenceLogError.self) { _ = try EvidenceLog.open(directory: place, key: key) }
      }
      do {
        let (log, tail) = try EvidenceLog.open(directory: place, key: key)
        #expect(tail == .closed(size: 602))
        #expect(log.size == 603)
      }
      let (_, tail) = try EvidenceLog.open(directory: place, key: key)
      #expect(tail == .open(size: 603))
    }
  }

  @Test func `many threads append and commit`() async throws {
    let key = try #require(key)
    let folder = FileManager.default.temporaryDirectory.appending(path: "exhibit-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = folder.appending(path: "log").path
    let (log, _) = try EvidenceLog.open(directory: place, key: key)
    let places = try await withThrowingTaskGroup(of: [UInt64].self) { group in
      for task in 0..<4 {
        group.addTask {
          var places: [UInt64] = []
          for count in 0..<150 {
            let place = try log.append(.heartbeat(LeafHeartbeat(sessionCount: task)))
            places.append(place)
            // What was appended before a commit is in its checkpoint, whoever commits.
            if count % 25 == task { #expect(try log.commit().checkpoint.size > place) }
          }
          return places
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(places) == Set(1...600))
    try log.close(reason: "test")
    #expect(log.pendingByteCount == 0 && log.checkpoint?.checkpoint.size == 602)
    let found = try LogVerifier(log: place, recording: nil, trust: LogTrust(key: key.key)).verify()
    #expect(found.verdict == .intact, "\(found.reason)")
  }

  @Test func `what the format cannot hold is refused, and the log goes on`() throws {
    let key = try #require(key)
    try TemporaryFolder.with { folder in
      let place = folder.appending(path: "log").path
      let (log, _) = try EvidenceLog.open(directory: place, key: key)
      let long = LeafRecord.lost(LeafLoss(what: "x", count: 1, reason: String(repeating: "y", count: 66_000)))
      #expect(throws: EvidenceLogError.self) { try log.append(long) }
      let most = LeafRecord.lost(LeafLoss(what: "x", count: 1, reason: String(repeating: "\u{1}\"\\é", count: 5_000)))
      #expect(try log.append(most) == 1)
      try log.close(reason: "test")
      let found = try LogVerifier(log: place, recording: nil, trust: LogTrust(key: key.key)).verify()
      #expect(found.verdict == .intact && found.findings.map(\.kind) == [.loss], "\(found.reason)")
    }
  }

  @Test func `another's log, and one that is damaged, are not written on`() throws {
    let key = try #require(key)
    try TemporaryFolder.with { folder in
      let recorded = try RecordedLog(in: folder.appending(path: "rec"))
      for name in [key.key.name, "other.example/log"] {
        let other = try NoteSigner(generating: name)
        #expect { _ = try EvidenceLog.open(directory: recorded.log, key: other) } throws: {
          ($0 as? EvidenceLogError)?.code == .otherKey
        }
      }
      for level in ["entries", "0"] {
        let name = try recorded.newest(level)
        let bytes = try recorded.read(name)
        var changed = bytes
        changed[bytes.count - 3] ^= 1
        try recorded.write(name, changed)
        #expect { _ = try EvidenceLog.open(directory: recorded.log, key: key) } throws: {
          ($0 as? EvidenceLogError)?.code == .damaged
        }
        try recorded.write(name, bytes)
      }
      #expect(try recorded.verify().verdict == .intact)
    }
  }
}
