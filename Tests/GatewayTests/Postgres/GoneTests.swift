import Foundation
import NIOCore
import NIOEmbedded
import TestKit
import Testing

@testable import Gateway

/// Peers that are gone, or behave as if they were.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct GoneTests {
  @Test func `a target that takes the connection and says nothing is given up, and nothing of it stays`() throws {
    let silent = try SilentServer()
    let gateway = try RunningGateway(
      server: "127.0.0.1:\(silent.port)", target: "tls: { insecure: none }, ", limits: "login: 2s")
    let output = try gateway.run("SELECT 1")
    #expect(output.status != 0 && output.errors.contains("FATAL"), "\(output)")
    #expect(Self.eventually { silent.isLeft })
    try gateway.stop()
  }

  @Test func `who asks for encryption again and again is dropped`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server)
    let client = try RawClient(port: gateway.port)
    let request: [UInt8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30]
    client.send(request + request + request)
    // One answer, of one byte, and the end.
    #expect(throws: RawClient.Failure.self) { _ = try client.receive() }
    #expect(Self.eventually { gateway.log.all.contains("encryption was asked for twice") })
    try gateway.stop()
  }

  @Test func `a client that does not read loses its connection when its session is over`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server, limits: "drain: 1s")
    let before = Self.connections(of: gateway.port)
    let client = try RawClient(port: gateway.port, token: gateway.token)
    client.query("SELECT repeat('x', 1000) FROM generate_series(1, 300000)")
    #expect(try client.receive().type == "T")
    _ = try server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    #expect(Self.eventually { gateway.log.all.contains("session over") })
    #expect(Self.eventually { Self.connections(of: gateway.port) == before })
    withExtendedLifetime(client) {}
    try gateway.stop()
  }

  private static func eventually(_ holds: () -> Bool) -> Bool {
    for _ in 0..<2_000 where !holds() { usleep(10_000) }
    return holds()
  }

  /// Connections that the gateway has open at its own port.
  private static func connections(of port: Int) -> Int {
    let text = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
    let mine = ":" + String(format: "%04X", port)
    return text.split(separator: "\n").count { line in
      let words = line.split(separator: " ")
      // 01 is ESTABLISHED, of sockets that a process still has.
      return words.count > 9 && words[1].hasSuffix(mine) && words[3] == "01" && words[9] != "0"
    }
  }

  @Test func `a client that vanished without a word is found out`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server, limits: "keepalive: 1s")
    do {
      let client = try RawClient(port: gateway.port, token: gateway.token)
      // Its kernel forgets the connection and tells nobody (TCP_REPAIR, for root alone).
      guard client.vanish() else { return try gateway.stop() }
    }
    #expect(Self.eventually { gateway.log.all.contains("session over") })
    try gateway.stop()
  }

  @Test func `what is left to say is sent before a connection closes, however late it is recorded`() throws {
    let channel = EmbeddedChannel()
    let outbox = Outbox(channel)
    let gate = Outbox.Gate()
    outbox.send(ByteBuffer(string: "last words"), after: gate)
    outbox.finish(within: 30)
    #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
    outbox.open(gate)
    #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "last words"))
    channel.embeddedEventLoop.run()
    #expect(!channel.isActive)
  }
}

/// A server that accepts connections and never says anything.
private final class SilentServer {
  let port: Int
  private let descriptor: Int32
  private var accepted: Int32 = -1

  init() throws {
    (descriptor, port) = try Loopback.listen()
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit {
    if accepted >= 0 { close(accepted) }
    close(descriptor)
  }

  /// Whoever connected has closed.
  var isLeft: Bool {
    if accepted < 0 { accepted = accept(descriptor, nil, nil) }
    guard accepted >= 0 else { return false }
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe recv(accepted, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
      }
      if count == 0 { return true }
      if count < 0 { return errno == ECONNRESET }
    }
  }
}
