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
}
