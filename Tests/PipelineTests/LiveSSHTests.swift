import Bytes
import Decryption
import Foundation
import Model
import Parsers
import TestKit
import Testing

@testable import Pipeline

/// OpenSSH's server with its own client, asyncssh, scp, sftp, rsync, git and psql, captured: what we see beside what they say.
@Suite(.serialized) struct LiveSSHTests {
  private static let isPossible = [
    "/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/tcpdump", "/usr/bin/rsync", "/usr/bin/git", "/usr/bin/cc",
  ].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

  private static func record(_ more: String..., in folder: URL) throws {
    let process = Process()
    let script = Checkout.root.appending(path: "Tests/Live/ssh.sh").path
    process.setUnblocked("/bin/bash", [script, folder.path] + more)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "Tests/Live/ssh.sh failed")
  }

  private static func evidence(in folder: URL) throws -> Evidence {
    var keys = KeyRing()
    let log = Array(try Data(contentsOf: folder.appending(path: "keys.log")))
    #expect(keys.add(log.span).secretCount > 0)
    return try Evidence([folder.appending(path: "capture.pcap").path], keys: keys)
  }

  @Test(.enabled(if: isPossible, "no sshd, ssh, rsync, git, C compiler or tcpdump here"))
  func `every command, file, tunnel and push is what both ends say`() throws {
    try TemporaryFolder.with { folder in
      try Self.record(in: folder)
      let account = try SSHAccount(folder)
      let evidence = try Self.evidence(in: folder)
      #expect(evidence.gaps.isEmpty)
      #expect(evidence.anomalies.isEmpty, "\(evidence.anomalies.prefix(5))")
      var comparison = SSHComparison(evidence)
      for scene in account.scenes { try comparison.compare(scene) }
      try comparison.compareTunnels(with: ServerLog.read(folder))
      let counts = comparison.counts
      print(
        "as both ends say: \(counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))"
      )
      for (kind, least) in [
        "connections": 20, "commands": 30, "streams": 90, "files": 35, "contents": 15, "forwardings": 5, "logins": 15,
        "refusals": 2, "statements": 60, "calls": 2, "pushes": 3, "updates": 6, "commits": 25, "changes": 60,
        "diffs": 15,
      ] { #expect(counts[kind, default: 0] >= least, "\(kind): \(counts[kind, default: 0])") }
    }
  }

  @Test(.enabled(if: isPossible, "no sshd, ssh, rsync, git, C compiler or tcpdump here"))
  func `every cipher, MAC and compression opens through all rekeying`() throws {
    try TemporaryFolder.with { folder in
      try Self.record("--matrix", in: folder)
      let account = try SSHAccount(folder)
      let evidence = try Self.evidence(in: folder)
      #expect(evidence.gaps.isEmpty)
      #expect(evidence.anomalies.isEmpty, "\(evidence.anomalies.prefix(5))")
      var comparison = SSHComparison(evidence)
      for scene in account.scenes { try comparison.compare(scene) }
      let counts = comparison.counts
      print("\(counts["commands", default: 0]) ciphers with MACs, \(counts["rekeys", default: 0]) rekeyings")
      #expect(counts["commands", default: 0] >= 42)
      #expect(counts["streams", default: 0] >= 3 * 42)
      #expect(counts["rekeys", default: 0] >= 150)
    }
  }
}
