import Bytes
import Foundation
import TestKit
import Testing

@testable import Gateway

/// Whatever comes at the gateway's socket, it answers or closes, and goes on.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct HostileControlTests {
  /// A connection that sends bytes and reads what comes, for at most some seconds.
  private final class Peer {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)

    init(_ path: String) throws {
      let address = try #require(UnixAddress(path))
      try #require(address.connect(descriptor) == 0)
      var limit = timeval(tv_sec: 10, tv_usec: 0)
      unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes {
          unsafe Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }

    /// Something came, or it ended.
    var isAnswered: Bool {
      var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      return unsafe poll(&one, 1, 0) == 1
    }

    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next line, or what came before the end.
    func line() -> String {
      var text: [UInt8] = []
      var byte: UInt8 = 0
      while unsafe recv(descriptor, &byte, 1, 0) == 1, byte != 0x0A { text.append(byte) }
      return String(decoding: text, as: UTF8.self)
    }
  }

  private func with(_ body: (String, RunningGateway) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      let bob = try Signer("bob", in: folder)
      // No server is needed.
      let gateway = try RunningGateway(
        server: "127.0.0.1:1", policy: ControlTests.policy(), approvals: true,
        files: ["allowed_signers": try bob.line], more: "socket: gateway.sock")
      try body(gateway.folder.appending(path: "gateway.sock").path, gateway)
      // It lives.
      let answer = try ControlClient(path: gateway.folder.appending(path: "gateway.sock").path).ask("list")
      #expect(answer["held"]?.elements.isEmpty == true)
      try gateway.stop()
    }
  }

  @Test func `what is no request is answered with one line that says so`() throws {
    try with { path, _ in
      let deep = String(repeating: "[", count: 50_000)
      let lines = [
        ("", "malformed"), ("x", "malformed"), ("[]", "malformed"), ("{}", "malformed"), ("{\"ask\":7}", "malformed"),
        ("{\"ask\":\"no\"}", "unknown-verb"), ("{\"ask\":\"show\"}", "malformed"),
        ("{\"ask\":\"show\",\"id\":7}", "malformed"), ("{\"ask\":\"show\",\"id\":\"-1\"}", "malformed"),
        ("{\"ask\":\"show\",\"id\":\"99999999999999999999999\"}", "malformed"),
        ("{\"ask\":\"show\",\"id\":\"7\"}", "missing"), ("{\"ask\":\"decide\",\"id\":\"7\"}", "missing"),
        (deep, "malformed"), ("{\"ask\":\(deep)", "malformed"), ("\u{0}\u{1}\u{2}", "malformed"),
      ]
      let peer = try Peer(path)
      for (line, code) in lines {
        peer.send(Array(line.utf8) + [0x0A])
        let answer = try #require(JSONValue.document(in: Array(peer.line().utf8)), "\(line.prefix(40))")
        #expect(answer["ok"]?.bool == false && answer["code"]?.string == code, "\(line.prefix(40))")
      }
      peer.send([0xFF, 0xFE, 0x0A])
      #expect(peer.line().contains("malformed"))
    }
  }

  @Test func `requests may come together, in pieces, and with the end of the sending`() throws {
    try with { path, _ in
      let request = Array("{\"ask\":\"list\"}\n".utf8)
      let together = try Peer(path)
      together.send(request + request + request)
      for _ in 0..<3 { #expect(together.line() == "{\"ok\":true,\"held\":[],\"over\":[]}") }
      let pieces = try Peer(path)
      for byte in request { pieces.send([byte]) }
      #expect(pieces.line() == "{\"ok\":true,\"held\":[],\"over\":[]}")
      let last = try Peer(path)
      last.send(request)
      last.endSending()
      #expect(last.line() == "{\"ok\":true,\"held\":[],\"over\":[]}" && last.line() == "")
      let cut = try Peer(path)
      cut.send(request.dropLast())
      cut.endSending()
      #expect(cut.line() == "")
    }
  }

  @Test func `a line without an end is cut off, and too many connections are turned away`() throws {
    try with { path, _ in
      let long = try Peer(path)
      let block = [UInt8](repeating: 0x20, count: 64 << 10)
      var sent = 0
      while sent < 200, long.send(block) { sent += 1 }
      #expect(sent < 200, "it took 12 MiB")
      var peers: [Peer] = []
      for _ in 0..<(ControlServer.connectionLimit + 5) {
        // In the backlog there is room for some more.
        if let peer = try? Peer(path) { peers.append(peer) }
      }
      // Which of them are too many the gateway's threads find out.
      let tooMany = peers.count - ControlServer.connectionLimit
      var refused: [Peer] = []
      for _ in 0..<500 where refused.count < max(tooMany, 1) {
        refused = peers.filter(\.isAnswered)
        usleep(10_000)
      }
      #expect(refused.count >= max(tooMany, 1))
      for peer in refused { #expect(peer.line().contains("\"busy\"")) }
      peers = []
      // They are let go one after the other.
      for _ in 0..<500 {
        if (try? ControlClient(path: path).ask("list")) != nil { break }
        usleep(10_000)
      }
    }
  }

  @Test func `noise of every kind ends no gateway`() throws {
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0...UInt64.max, using: &random)
    try with { path, _ in
      var state = seed | 1
      func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
      }
      let words = [
        "{", "}", "\"ask\"", ":", "\"list\"", "\"show\"", "\"decide\"", ",", "\"id\"", "\"1\"", "\n", "\u{0}", "[", "]",
        "\"signature\"", "-----BEGIN SSH SIGNATURE-----\\n", "\"reason\"", "1e999999", "\\ud800", "null",
      ]
      for _ in 0..<200 {
        guard let peer = try? Peer(path) else { continue }
        var bytes: [UInt8] = []
        for _ in 0..<(next() % 60) {
          if next() % 4 == 0 { bytes.append(UInt8(truncatingIfNeeded: next())) }
          bytes += Array(words[Int(next() % UInt64(words.count))].utf8)
        }
        peer.send(bytes)
        if next() % 2 == 0 { peer.endSending() }
      }
      for _ in 0..<500 {
        if (try? ControlClient(path: path).ask("list")) != nil { break }
        usleep(10_000)
      }
    }
    print("seed \(seed)")
  }
}
