import Foundation
import Model
import Parsers
import TestKit
import Testing

@testable import Pipeline

/// A workload of all kinds of statements against a real PostgreSQL server, captured, beside the server's own log.
@Suite(.serialized) struct LiveServerTests {
  private static var isPossible: Bool {
    let servers = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    return !servers.isEmpty && FileManager.default.isExecutableFile(atPath: "/usr/bin/tcpdump")
  }

  private static func record(into folder: URL) throws {
    let process = Process()
    let script = Checkout.root.appending(path: "Tests/Live/record.sh").path
    process.setUnblocked("/bin/bash", [script, folder.path, "--statements", "2000"])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "Tests/Live/record.sh failed")
  }

  @Test(.enabled(if: isPossible, "no PostgreSQL server or no tcpdump here"))
  func `the capture tells what the server's log tells, and damage loses only what the gaps cover`() throws {
    try TemporaryFolder.with { folder in
      try Self.record(into: folder)
      let log = try ServerLog.read(folder)
      let clean = try Evidence([folder.appending(path: "clean.pcap").path])
      #expect(clean.gaps.isEmpty)
      #expect(clean.anomalies.isEmpty, "\(clean.anomalies.prefix(5))")
      let seen = ServerLog.seen(clean)
      var compared = 0
      for (client, expected) in log.sorted(by: { $0.key < $1.key }) {
        let ours = ServerLog.settled(seen[client] ?? [], expected)
        compared += expected.count
        #expect(ours.count == expected.count, "\(client)")
        if let index = zip(ours, expected).enumerated().first(where: { $1.0 != $1.1 })?.offset {
          let pairs = zip(ours[index].parameters, expected[index].parameters).filter { $0 != $1 }
          Issue.record("\(client) request \(index): \(pairs) ours \(ours[index]), the server's \(expected[index])")
        }
      }
      print("\(compared) requests of \(log.count) sessions equal the server's log")
      #expect(compared >= 2_000)
      #expect(seen.values.joined().flatMap(\.parameters).count { $0 == ServerLog.untold } < 20)

      let damaged = try Evidence([folder.appending(path: "damaged.pcap").path])
      #expect(!damaged.gaps.isEmpty)
      let left = ServerLog.seen(damaged)
      var missing = 0
      for (client, expected) in log {
        let flows = damaged.flows.values.filter { $0.client.description == client }
        let hasGap = damaged.gaps.contains { gap in flows.contains { $0.id == gap.0 } }
        let ours = ServerLog.settled(left[client] ?? [], expected)
        let isWhole = !hasGap && !flows.isEmpty && flows.allSatisfy(\.sawHandshake)
        if isWhole { #expect(ours == expected, "\(client) has no gap") }
        missing += max(0, expected.count - ours.filter { expected.contains($0) }.count)
      }
      // A dropped packet costs the requests in it and those of the same cycle, no more.
      print("\(damaged.gaps.count) gaps, \(missing) of \(compared) requests not seen whole")
      #expect(missing < compared / 10)
    }
  }
}
