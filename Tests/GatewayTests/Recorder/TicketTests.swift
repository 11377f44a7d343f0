import Bytes
import Evidence
import Foundation
import Gateway
import Glibc
import Model
import Synchronization
import TestKit
import Testing

@Suite struct TicketTests {
  private static let now = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  private func with(
    _ durability: Recorder.Durability, _ change: (inout RecorderOptions) -> Void = { _ in },
    _ body: (Recorder, TestDisk, Recording) throws -> Void
  ) throws {
    try TemporaryFolder.with { folder in
      let disk = TestDisk()
      let recording = try Recording(in: folder)
      let recorder = try recording.open { options in
        options.durability = durability
        options.disk = disk
        change(&options)
      }
      defer { try? recorder.shutDown() }
      try body(recorder, disk, recording)
    }
  }

  @Test func `a strict ticket is passed only after the disk has it`() throws {
    try with(.strict) { recorder, disk, _ in
      let flow = try recorder.open(Recording.opening(), at: Self.now)
      disk.syncing.close()
      let ticket = try flow.record(Array("select 1".utf8), from: .fromClient, at: Self.now)
      let answer = Answer(ticket, of: recorder)
      while !disk.bytes.joined().contains(subsequence: Array("select 1".utf8)) { usleep(1000) }
      usleep(50_000)
      #expect(!recorder.isPassed(ticket) && !answer.isGiven)
      disk.syncing.open()
      #expect(answer.wait() == nil && recorder.isPassed(ticket))
      #expect(disk.state.withLock { $0.syncedCount == $0.writtenCount })
    }
  }

  @Test func `one sync serves all that wait`() throws {
    try with(.strict) { recorder, disk, _ in
      disk.syncing.close()
      let flow = try recorder.open(Recording.opening(), at: Self.now)
      let answers = try (0..<500).map { index in
        Answer(try flow.record(Array("select \(index)".utf8), from: .fromClient, at: Self.now), of: recorder)
      }
      disk.syncing.open()
      #expect(answers.allSatisfy { $0.wait() == nil })
    }
  }

  @Test func `a slow disk holds tickets back and loses nothing`() throws {
    try with(.batched, { $0.bufferBytes = 1 << 20 }) { recorder, disk, _ in
      let flow = try recorder.open(Recording.opening(), at: Self.now)
      disk.writing.close()
      let piece = (0..<30_000).map { UInt8(truncatingIfNeeded: $0) }
      let tickets = try (0..<200).map { _ in try flow.record(piece, from: .fromServer, at: Self.now) }
      #expect(recorder.isPassed(tickets[0]) && !recorder.isPassed(tickets[199]))
      let answer = Answer(tickets[199], of: recorder)
      usleep(50_000)
      #expect(!answer.isGiven)
      disk.writing.open()
      #expect(answer.wait() == nil)
      flow.close("done", at: Self.now)
      try recorder.shutDown()
      let streams = try RecordedStreams(disk.bytes)
      #expect(streams.bytes(.fromServer).count == 200 * piece.count)
      #expect(streams.gapCount == 0)
    }
  }

  @Test func `what nobody waits for before recording more is refused at a bound`() throws {
    try with(.batched, { ($0.bufferBytes, $0.backlogBytes) = (1 << 20, 1 << 20) }) { recorder, disk, _ in
      let flow = try recorder.open(Recording.opening(), at: Self.now)
      disk.writing.close()
      let piece = [UInt8](repeating: 7, count: 60_000)
      let error = #expect(throws: RecorderError.self) {
        for _ in 0..<100 { _ = try flow.record(piece, from: .fromServer, at: Self.now) }
      }
      #expect(error?.code == .backlog)
      disk.writing.open()
    }
  }

  @Test(arguments: [Recorder.Durability.strict, .batched])
  func `a full disk ends everything and is told by the log`(durability: Recorder.Durability) throws {
    try with(durability) { recorder, disk, recording in
      let flow = try recorder.open(Recording.opening(), at: Self.now)
      _ = Answer(try flow.record([1], from: .fromClient, at: Self.now), of: recorder).wait()
      disk.writing.close()
      disk.state.withLock { $0.room = 100 }
      // More than the buffers hold, so that these wait whatever the durability.
      var last: Ticket?
      for _ in 0..<400 { last = try flow.record([UInt8](repeating: 7, count: 30_000), from: .fromServer, at: Self.now) }
      let ticket = try #require(last)
      let answers = (0..<10).map { _ in Answer(ticket, of: recorder) }
      disk.writing.open()
      for answer in answers { #expect(answer.wait()?.code == .full) }
      #expect(!recorder.isPassed(ticket))
      #expect(throws: RecorderError.self) { try flow.record([1], from: .fromClient, at: Self.now) }
      #expect(throws: RecorderError.self) { try recorder.open(Recording.opening(1), at: Self.now) }
      #expect(throws: RecorderError.self) { try flow.note(.other("x"), at: Self.now) }
      #expect(Answer(ticket, of: recorder).wait()?.code == .full)
      #expect(throws: RecorderError.self) { try recorder.shutDown() }
      let leaves = try recording.leaves()
      let losses = leaves.compactMap { if case .lost(let loss) = $0 { loss } else { nil } }
      #expect(losses.count == 1 && losses[0].count > 400 * 29_000)
      #expect(losses.first?.reason.contains("No space left") == true)
      #expect(!leaves.dropLast().contains { if case .close = $0 { true } else { false } })
      // What is left of the segment ends with a whole block, and extents tell of all of it.
      let kept = disk.bytes.joined().count
      let told = leaves.reduce(UInt64(0)) { sum, leaf in
        if case .extent(let extent) = leaf { sum + extent.length } else { sum }
      }
      #expect(UInt64(kept) == told)
    }
  }

  @Test func `a disk that does not sync ends everything`() throws {
    try with(.strict) { recorder, disk, _ in
      disk.state.withLock { $0.failsToSync = true }
      let flow = try recorder.open(Recording.opening(), at: Self.now)
      guard let ticket = try? flow.record([1], from: .fromClient, at: Self.now) else { return }
      #expect(Answer(ticket, of: recorder).wait()?.code == .disk)
      #expect(recorder.failure?.code == .disk)
    }
  }

  @Test func `a real disk without room fails closed and says so in the log`() throws {
    try TemporaryFolder.with { folder in
      let mount = Process()
      mount.setUnblocked("/bin/mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", folder.path])
      mount.standardError = FileHandle.nullDevice
      try mount.run()
      mount.waitUntilExit()
      guard mount.terminationStatus == 0 else {
        try Test.cancel("a file system in memory cannot be mounted here")
      }
      defer { unsafe umount2(folder.path, Int32(MNT_DETACH)) }
      let recording = try Recording(in: folder)
      let recorder = try recording.open { $0.bufferBytes = 16 << 20 }
      let flow = try recorder.open(Recording.opening(), at: Self.now)
      var last: Ticket?
      for _ in 0..<100 {
        guard let ticket = try? flow.record([UInt8](repeating: 7, count: 60_000), from: .fromServer, at: Self.now)
        else { break }
        last = ticket
      }
      #expect(Answer(try #require(last), of: recorder).wait()?.code == .full)
      #expect(throws: RecorderError.self) { try recorder.shutDown() }
      let losses = try recording.leaves().compactMap { if case .lost(let loss) = $0 { loss } else { nil } }
      #expect(losses.count == 1)
    }
  }

  @Test func `a denial is a leaf of the log before its ticket is passed`() throws {
    try with(.strict) { recorder, _, recording in
      let flow = try recorder.open(Recording.opening(), at: Self.now)
      let denial = GatewayDecision(
        offset: 12, outcome: .denied, rule: "no-drops", subject: SHA256.digest(of: "drop"), people: ["ada"])
      let ticket = try flow.note(.decision(denial), at: Self.now)
      #expect(Answer(ticket, of: recorder).wait() == nil)
      try recorder.shutDown()
      let decisions = try recording.leaves().compactMap {
        if case .decision(let decision) = $0 { decision } else { nil }
      }
      #expect(decisions.map(\.rule) == ["no-drops"] && decisions.map(\.outcome) == ["denied"])
      #expect(decisions.first?.subject == SHA256.digest(of: "drop") && decisions.first?.people == ["ada"])
    }
  }
}

extension Sequence where Element == UInt8 {
  func contains(subsequence wanted: [UInt8]) -> Bool {
    Data(self).range(of: Data(wanted)) != nil
  }
}
