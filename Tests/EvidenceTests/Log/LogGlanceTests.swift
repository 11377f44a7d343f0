import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Evidence

/// A log that is verified while a recorder writes it.
struct LogGlanceTests {
  private static let at = Timestamp(nanoseconds: 1_800_000_000_000_000_000)

  private func tell(_ log: EvidenceLog, _ name: String, _ offset: Int, _ bytes: [UInt8]) throws {
    try log.append(
      .extent(
        LeafExtent(
          segment: name, offset: UInt64(offset), length: UInt64(bytes.count), sha256: SHA256.digest(of: bytes.span),
          first: Self.at, last: Self.at)))
  }

  private func with(_ body: (RecordedLog, EvidenceLog, LogVerifier) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      let place = folder.appending(path: "recording")
      let recorded = try RecordedLog(in: place, segments: 1, closes: false)
      let (log, _) = try EvidenceLog.open(
        directory: recorded.log, key: recorded.key, options: RecordedLog.options(from: 1_800_001_000))
      try log.commit()
      try body(
        recorded, log, LogVerifier(log: recorded.log, recording: place.path, trust: LogTrust(key: recorded.key.key)))
    }
  }

  @Test func `what was there at the first look is signed at the second, and what came since is another look's`() throws
  {
    try with { recorded, log, verifier in
      let (first, second, third) = (RecordedLog.bytes(7, 50), RecordedLog.bytes(8, 70), RecordedLog.bytes(9, 20))
      try recorded.write("5.pcapng", first)
      #expect(try verifier.verify().verdict == .unsignedTail)
      let glance = try verifier.glance()
      #expect(try verifier.verify(asOf: glance).verdict == .unsignedTail)
      try tell(log, "5.pcapng", 0, first)
      try log.commit()
      try recorded.write("5.pcapng", first + second)
      try recorded.write("6.pcapng", third)
      #expect(try verifier.verify().verdict == .unsignedTail)
      let found = try verifier.verify(asOf: glance)
      #expect(found.verdict == .intactButOpen, "\(found.reason)")
      // Another look asks for those.
      let later = try verifier.glance()
      #expect(try verifier.verify(asOf: later).verdict == .unsignedTail)
    }
  }

  @Test func `bytes that no recorder signs stay unsigned, however much it signs`() throws {
    try with { recorded, log, verifier in
      let bytes = RecordedLog.bytes(7, 50)
      try recorded.write("5.pcapng", bytes + [1])
      try recorded.write("6.pcapng", [1])
      let glance = try verifier.glance()
      try tell(log, "5.pcapng", 0, bytes)
      try log.commit()
      let found = try verifier.verify(asOf: glance)
      #expect(found.verdict == .unsignedTail && found.reason.contains("5.pcapng: 1 bytes"), "\(found.reason)")
      try recorded.write("5.pcapng", bytes)
      let other = try verifier.verify(asOf: glance)
      #expect(other.verdict == .unsignedTail && other.reason.contains("6.pcapng"), "\(other.reason)")
    }
  }

  @Test func `records behind the last that is signed stay so until they are signed`() throws {
    try with { recorded, log, verifier in
      let newest = try recorded.newest("entries")
      let width = try #require(Int(newest.split(separator: "/").last.map(String.init) ?? ""))
      let forged = newest.split(separator: "/").dropLast().joined(separator: "/") + "/\(width + 2)"
      try recorded.write(forged, try recorded.read(newest) + [0, 1, 65, 0, 1, 66])
      let glance = try verifier.glance()
      #expect(glance.entryCount == UInt64(width + 2))
      #expect(try verifier.verify(asOf: glance).verdict == .unsignedTail)
      try log.append(.heartbeat(LeafHeartbeat(sessionCount: 1)))
      try log.commit()
      // One more was signed, and two were there.
      #expect(try verifier.verify(asOf: glance).verdict == .unsignedTail)
    }
  }
}
