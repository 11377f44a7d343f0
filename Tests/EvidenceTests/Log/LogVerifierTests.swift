import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Evidence

@Suite struct LogVerifierTests {
  private func with(
    segments: Int = 2, extents: Int = 10, closes: Bool = true, leavesPerCommit: UInt64 = 3,
    _ body: (RecordedLog) throws -> Void
  ) throws {
    try TemporaryFolder.with { folder in
      try body(
        try RecordedLog(
          in: folder.appending(path: "rec"), segments: segments, extents: extents, closes: closes,
          leavesPerCommit: leavesPerCommit))
    }
  }

  @Test func `what was recorded and closed is intact`() throws {
    try with { recorded in
      let found = try recorded.verify()
      #expect(found.verdict == .intact, "\(found.reason)")
      #expect(found.checkpoint?.checkpoint.size == 23 && found.provenCount == 23 && found.extentCount == 20)
      #expect(found.byteCount == 2000 && found.segmentCount == 2 && found.runCount == 1 && found.findings.isEmpty)
      #expect(found.historyCount == 9)
    }
    try with(closes: false) { recorded in
      let found = try recorded.verify()
      #expect(found.verdict == .intactButOpen)
    }
  }

  @Test func `logs of every size around full tiles are intact`() throws {
    for extents in [1, 251, 252, 253, 254, 255, 509, 510, 511, 700] {
      try with(segments: 1, extents: extents, leavesPerCommit: 100) { recorded in
        let found = try recorded.verify()
        #expect(found.verdict == .intact, "\(extents): \(found.reason)")
        #expect(found.checkpoint?.checkpoint.size == UInt64(extents + 3))
      }
    }
  }

  @Test func `a machine that was started anew, a clock that was set back, a run that crashed`() throws {
    try with(closes: false) { recorded in
      var options = RecordedLog.options(from: 1_799_000_000)
      options.heartbeatNanoseconds = 1_500_000_000
      options.clock = LogClock { [clock = options.clock] in
        var reading = clock.read()
        reading.monotonic = (reading.monotonic - 5_000_000_000) * 2
        return reading
      }
      do {
        let (log, tail) = try EvidenceLog.open(directory: recorded.log, key: recorded.key, options: options)
        #expect(tail == .open(size: 22))
        try log.append(.lost(LeafLoss(what: "events", count: 3, reason: "disk full")))
        try log.close(reason: "test")
      }
      let found = try recorded.verify()
      #expect(found.verdict == .intact, "\(found.reason)")
      #expect(found.runCount == 2)
      #expect(found.findings.map(\.kind) == [.clock, .unclosed, .gap, .loss, .gap])
    }
  }

  @Test func `segments that were deleted with a leaf are no fault`() throws {
    try with { recorded in
      do {
        let (log, _) = try EvidenceLog.open(
          directory: recorded.log, key: recorded.key, options: RecordedLog.options(from: 1_800_001_000))
        try log.append(.deletion(LeafDeletion(segment: "0.pcapng", byteCount: 1000, reason: "retention")))
        try log.close(reason: "test")
      }
      #expect(try recorded.verify().verdict == .intact)
      try recorded.remove("0.pcapng")
      #expect(try recorded.verify().verdict == .intact)
      try recorded.remove("1.pcapng")
      #expect(try recorded.verify().verdict == .truncatedAfter(12))
    }
  }

  @Test func `a log can be verified while it is written`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "exhibit-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let key = try #require(LogVectors.signer)
    let place = folder.appending(path: "log").path
    var options = RecordedLog.options()
    options.mirrors = [folder.appending(path: "mirror").path]
    let (log, _) = try EvidenceLog.open(directory: place, key: key, options: options)
    let writer = Task.detached {
      for count in 0..<150 {
        for _ in 0..<7 { try log.append(.heartbeat(LeafHeartbeat(sessionCount: count))) }
        try log.commit()
      }
    }
    var size: UInt64 = 0
    for _ in 0..<40 {
      var verifier = LogVerifier(log: place, recording: nil, trust: LogTrust(key: key.key))
      verifier.anchors = [folder.appending(path: "mirror/checkpoints").path]
      let found = try verifier.verify()
      #expect([.intactButOpen, .unsignedTail].contains(found.verdict), "\(found.verdict) \(found.reason)")
      let newest = try #require(found.checkpoint?.checkpoint.size)
      #expect(newest >= size)
      size = newest
    }
    try await writer.value
    try log.close(reason: "test")
    let found = try LogVerifier(log: place, recording: nil, trust: LogTrust(key: key.key)).verify()
    #expect(found.verdict == .intact && found.checkpoint?.checkpoint.size == 1052, "\(found.reason)")
  }
}
