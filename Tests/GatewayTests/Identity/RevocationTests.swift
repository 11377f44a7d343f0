import Foundation
import Model
import TestKit
import Testing

@testable import Gateway

/// Sessions of tokens that do not count any more.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct RevocationTests {
  private static let message = "terminating connection: what you were let in by was revoked"

  @Test(arguments: [
    ("name: agent,", "name: other,"), ("human: alice", "human: bob"), ("run: run-7", "expires: 2020-01-01T00:00:00Z"),
  ])
  func `a token that is gone, changed or over ends its sessions`(change: (from: String, to: String)) throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server)
    let client = try LivePsql(gateway)
    try client.expect("SELECT 'here'", "here")
    // What has nothing to do with it ends nothing.
    try gateway.reload("gateway.yaml") { $0.replacing("hold: 20s", with: "hold: 30s") }
    try client.expect("SELECT 'still'", "still")
    try gateway.reload("gateway.yaml") { $0.replacing(change.from, with: change.to) }
    let rest = try client.end("SELECT 'again'")
    #expect(rest.contains(Self.message), "\(rest)")
    #expect(!rest.contains("again\n"))
    #expect(gateway.log.all.contains("\"revoked\""))
    try gateway.stop()
    let text = try gateway.segments.map { try String(contentsOf: URL(filePath: $0), encoding: .isoLatin1) }.joined()
    #expect(text.contains("\"reason\":\"revoked\""))
  }

  @Test func `sessions go on where the limits say so`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server, limits: "revoke-sessions: false")
    let client = try LivePsql(gateway)
    try client.expect("SELECT 'here'", "here")
    try gateway.reload("gateway.yaml") { $0.replacing("name: agent,", with: "name: other,") }
    try client.expect("SELECT 'still'", "still")
    let refused = try gateway.run("SELECT 1")
    #expect(refused.errors.contains("authentication failed"), "\(refused)")
    #expect(try client.end("SELECT 'to the end'").contains("to the end\n"))
    try gateway.stop()
  }

  @Test func `a session ends when the time of its token is over`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server)
    let end = RunningGateway.now().adding(seconds: 4).formatted(fractionDigits: 0)
    try gateway.reload("gateway.yaml") { $0.replacing("run: run-7", with: "expires: \(end)") }
    let client = try LivePsql(gateway)
    let rest = try client.end("SELECT 'here'; SELECT pg_sleep(15)")
    #expect(rest.contains("here") && rest.contains(Self.message), "\(rest)")
    try gateway.stop()
  }
}
