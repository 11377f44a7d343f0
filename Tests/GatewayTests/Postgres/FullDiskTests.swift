import Foundation
import TestKit
import Testing

@testable import Gateway

/// The recorder's disk gets full while sessions are served, and has room again.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct FullDiskTests {
  @Test(.enabled(if: LiveDisk.isPossible, Comment(rawValue: LiveDisk.absence)), arguments: ["strict", "batched"])
  func `the command itself, on a disk that others fill and clear, three times`(durability: String) throws {
    try LiveDisk.run("full.sh", durability)
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
    disk.leave(2_000)
    var (done, code) = (0, String?.none)
    while code == nil, done < 100_000 {
      done += 1
      code = try insert(done, busy)
    }
    #expect(code == "58030" && done > 1)
    // Who asked nothing is told too.
    let (type, body) = try idle.receive()
    #expect(type == "E" && RawClient.field("C", body) == "58030")

    try gateway.expectFull()
    let refused = try gateway.run("SELECT 1")
    #expect(refused.errors.contains("the gateway cannot record, so it lets nobody in"), "\(refused)")

    disk.leave(nil)
    try gateway.expectRoom()
    let later = try RawClient(port: gateway.port, token: gateway.token)
    #expect(try insert(done + 1, later) == nil)
    let kept = try server.query("SELECT id FROM t")
    #expect(kept.last == String(done + 1))
    try gateway.stop()

    // In strict mode nothing was done that is not there.
    try gateway.expectDeclaredLoss(durability: durability)
    var recorded = Data()
    for segment in gateway.segments { recorded += try Data(contentsOf: URL(filePath: segment)) }
    let missing = kept.filter { recorded.range(of: Data("INSERT INTO t VALUES (\($0))\0".utf8)) == nil }
    if durability == "strict" { #expect(missing.isEmpty, "\(missing)") }
  }
}
