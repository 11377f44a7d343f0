import Evidence
import Foundation
import TestKit
import Testing

@testable import Gateway

/// What holds of every gateway whose recording's disk was full.
extension GatewayInProcess {
  /// What `/health` says, with its status.
  func health() throws -> String {
    let port = try #require(gateway.port(of: "metrics"))
    return try ScratchPostgres.run("/usr/bin/curl", ["-s", "-i", "http://127.0.0.1:\(port)/health"]).text
  }

  /// Nobody is let in however often it looks, and who watches it knows.
  func expectFull() throws {
    for _ in 0..<3 { gateway.core.lookAtRecording() }
    let health = try health()
    #expect(health.contains("503") && health.contains("No space left on device"), "\(health)")
    #expect(metrics.contains("exhibit_gateway_recording 0"))
    #expect(log.all.contains("\"recording failed\"") && !log.all.contains("recording goes on"))
  }

  /// It goes on by itself.
  func expectRoom() throws {
    for _ in 0..<2_000 where !log.all.contains("recording goes on") { usleep(10_000) }
    #expect(try health().contains("200 OK"))
    for line in ["recording 1", "recording_failures_total 1", "recording_restarts_total 1"] {
      #expect(metrics.contains("exhibit_gateway_" + line), "\(metrics)")
    }
  }

  /// The log holds over all that was written, and tells what was lost. Not to be asked before it is stopped.
  func expectDeclaredLoss(durability: String) throws {
    let folder = path("recording")
    let key = try GatewayConfiguration(file: path("gateway.yaml")).recording.key
    let verified = try LogVerifier(log: folder + "/log", recording: folder, trust: LogTrust(key: key.key)).verify()
    #expect(verified.verdict == .intact, "\(verified.reason)")
    #expect(segments.count == 2)
    let (evidence, _) = try EvidenceLog.open(directory: folder + "/log", key: key)
    var reasons: [String] = []
    try evidence.readBackwards { leaf in
      if case .lost(let loss) = leaf.record { reasons.append(loss.reason) }
      return true
    }
    let fate = durability == "strict" ? "none of them was forwarded" : "they may have been forwarded"
    #expect(reasons.contains { $0.contains("No space left on device") && $0.contains(fate) }, "\(reasons)")
  }
}
