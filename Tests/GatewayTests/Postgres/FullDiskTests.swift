import Evidence
import Foundation
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// The recorder's disk gets full while sessions are served, and has room again.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct FullDiskTests {
  /// Real files, on a disk that takes so many bytes more.
  private final class ScarceDisk: RecordingDisk {
    /// Nil for as many as come.
    let room = Mutex<Int?>(nil)

    func create(_ path: String) throws(RecorderError) -> any SegmentFile {
      ScarceFile(try SystemDisk().create(path), self, path)
    }

    func freeBytes(in folder: String) throws(RecorderError) -> UInt64 {
      UInt64(clamping: room.withLock { $0 } ?? .max)
    }

    fileprivate func take(_ count: Int) -> Int {
      room.withLock { room in
        guard let left = room else { return count }
        room = max(0, left - count)
        return min(left, count)
      }
    }
  }

  private final class ScarceFile: SegmentFile {
    private let file: any SegmentFile
    private let disk: ScarceDisk
    private let path: String

    init(_ file: any SegmentFile, _ disk: ScarceDisk, _ path: String) {
      (self.file, self.disk, self.path) = (file, disk, path)
    }

    func write(_ bytes: Span<UInt8>) throws(RecorderError) {
      let count = disk.take(bytes.count)
      if count > 0 { try file.write(bytes.extracting(0..<count)) }
      guard count == bytes.count else { throw RecorderError(.full, "\(path): No space left on device") }
    }

    func sync() throws(RecorderError) { try file.sync() }
    func truncate(to byteCount: UInt64) throws(RecorderError) { try file.truncate(to: byteCount) }
  }

  /// Nil when it was done; otherwise the code of the error.
  private func insert(_ id: Int, _ client: RawClient) throws -> String? {
    client.query("INSERT INTO t VALUES (\(id))")
    while true {
      let (type, body) = try client.receive()
      if type == "E" { return RawClient.field("C", body) ?? "" }
      if type == "Z" { return nil }
    }
  }

  @Test(arguments: ["strict", "batched"])
  func `a full disk ends all sessions and lets nobody in until it has room`(durability: String) throws {
    let server = try ScratchPostgres()
    _ = try server.query("CREATE TABLE t (id int)")
    let disk = ScarceDisk()
    let gateway = try RunningGateway(server, durability: durability, disk: disk)
    let idle = try RawClient(port: gateway.port, token: gateway.token)
    let busy = try RawClient(port: gateway.port, token: gateway.token)
    #expect(try insert(0, busy) == nil)
    disk.room.withLock { $0 = 2_000 }
    var (done, code) = (0, String?.none)
    while code == nil, done < 100_000 {
      done += 1
      code = try insert(done, busy)
    }
    #expect(code == "58030" && done > 1)
    // Who asked nothing is told too.
    let (type, body) = try idle.receive()
    #expect(type == "E" && RawClient.field("C", body) == "58030")

    // However often it looks, there is no room.
    for _ in 0..<3 { gateway.gateway.core.lookAtRecording() }
    let refused = try gateway.run("SELECT 1")
    #expect(refused.errors.contains("the gateway cannot record, so it lets nobody in"), "\(refused)")
    let port = try #require(gateway.gateway.port(of: "metrics"))
    func health() throws -> String {
      try ScratchPostgres.run("/usr/bin/curl", ["-s", "-i", "http://127.0.0.1:\(port)/health"]).text
    }
    #expect(try health().contains("503") && (try health()).contains("No space left on device"))
    #expect(gateway.metrics.contains("exhibit_gateway_recording 0"))
    #expect(gateway.log.all.contains("\"recording failed\"") && !gateway.log.all.contains("recording goes on"))

    disk.room.withLock { $0 = nil }
    for _ in 0..<2_000 where !gateway.log.all.contains("recording goes on") { usleep(10_000) }
    let later = try RawClient(port: gateway.port, token: gateway.token)
    #expect(try insert(done + 1, later) == nil)
    #expect(try health().contains("200 OK"))
    for line in ["recording 1", "recording_failures_total 1", "recording_restarts_total 1"] {
      #expect(gateway.metrics.contains("exhibit_gateway_" + line), "\(gateway.metrics)")
    }
    let kept = try server.query("SELECT id FROM t")
    #expect(kept.last == String(done + 1))
    try gateway.stop()

    // The log holds over all that was written, tells what was lost, and in strict mode nothing was done that is not there.
    let folder = gateway.folder.appending(path: "recording").path
    let key = try GatewayConfiguration(file: gateway.folder.appending(path: "gateway.yaml").path).recording.key
    let verified = try LogVerifier(log: folder + "/log", recording: folder, trust: LogTrust(key: key.key)).verify()
    #expect(verified.verdict == .intact, "\(verified.reason)")
    #expect(gateway.segments.count == 2)
    var recorded = Data()
    for segment in gateway.segments { recorded += try Data(contentsOf: URL(filePath: segment)) }
    let missing = kept.filter { recorded.range(of: Data("INSERT INTO t VALUES (\($0))\0".utf8)) == nil }
    if durability == "strict" { #expect(missing.isEmpty, "\(missing)") }
    let (log, _) = try EvidenceLog.open(directory: folder + "/log", key: key)
    var reasons: [String] = []
    try log.readBackwards { leaf in
      if case .lost(let loss) = leaf.record { reasons.append(loss.reason) }
      return true
    }
    let fate = durability == "strict" ? "none of them was forwarded" : "they may have been forwarded"
    #expect(reasons.contains { $0.contains("No space left on device") && $0.contains(fate) }, "\(reasons)")
  }
}
