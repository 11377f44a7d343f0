import Evidence
import Foundation
import Gateway
import Glibc
import Model
import TestKit
import Testing

@Suite struct CrashTests {
  private static let now = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  @Test(arguments: [3_000, 20_000, 150_000, 600_000, 1_010_000, 1_400_000])
  func `killed at any instant, all that was let pass is there and the log goes on`(microseconds: UInt32) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "exhibit-crash-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path: String = folder.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, microseconds = microseconds as UInt32] in
      try CrashTests.recordUntilKilled(path, microseconds)
    }
    let recording = try Recording(in: folder)
    let recorder = try recording.open { $0.segmentBytes = 1 << 19 }
    try recorder.shutDown()
    #expect(try recording.verdict() == .intact)
    let recorded = try RecordedStreams(paths: recording.segmentNames.map { recording.path + "/" + $0 })
    var total = 0
    for worker in 0..<4 {
      let acknowledged = (try? String(contentsOfFile: "\(path)/passed-\(worker)", encoding: .utf8)) ?? ""
      let client = "10.0.0.1:\(20_000 + worker)"
      let stream = recorded.streams[.init(client: client, sender: .fromClient)] ?? []
      // Records are of one length: the last that was passed tells how long the stream is at least.
      let count = acknowledged.split(separator: "\n").count
      total += count
      #expect(stream.count >= count * CrashTests.recordBytes, "worker \(worker): \(stream.count), \(count)")
    }
    #expect(recorded.gapCount == 0)
    if microseconds >= 600_000 { #expect(total > 0) }
  }

  private static let recordBytes = 5_000

  /// Several connections, each of which notes in a file what was let pass; then the process ends as by `kill -9`.
  private static func recordUntilKilled(_ path: String, _ microseconds: UInt32) throws {
    let recorder = try Recording(in: URL(filePath: path, directoryHint: .isDirectory)).open {
      $0.segmentBytes = 1 << 19
    }
    for worker in 0..<4 {
      let flow = try recorder.open(Recording.opening(UInt16(20_000 + worker)), at: now)
      let thread = Thread {
        let file = unsafe open("\(path)/passed-\(worker)", O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        while let ticket = try? flow.record([UInt8](repeating: 0x61, count: recordBytes), from: .fromClient, at: now) {
          guard Answer(ticket, of: recorder).wait() == nil else { return }
          unsafe write(file, "1\n", 2)
        }
      }
      thread.start()
    }
    usleep(microseconds)
    kill(getpid(), SIGKILL)
    sleep(10)
  }
}
