import Foundation
import TestKit
import Testing

@testable import Gateway

/// The recorder's disk gets full while requests of HTTP are served, and has room again.
@Suite struct WebFullDiskTests {
  private static func request(_ gateway: WebGateway, _ mark: String) -> String {
    let field = "Authorization: Bearer \(gateway.token.secret)\r\n"
    return "POST /echo?\(mark) HTTP/1.1\r\nHost: a\r\n\(field)Content-Length: \(mark.utf8.count)\r\n\r\n\(mark)"
  }

  /// Asks on one connection until something else than 200 comes; gives how many requests it sent, and the last answer.
  private static func fill(_ gateway: WebGateway) throws -> (count: Int, last: String) {
    let client = try RawWeb(port: gateway.port())
    for count in 1..<100_000 {
      client.send(request(gateway, "mark-\(count)-x"))
      let answer = client.receive(until: "}\n")
      guard answer.hasPrefix("HTTP/1.1 200 "), answer.hasSuffix("}\n") else { return (count, answer + client.rest()) }
    }
    return (0, "")
  }

  @Test(arguments: ["strict", "batched"])
  func `a full disk ends all connections and lets nothing pass until it has room`(durability: String) throws {
    let server = try WebTarget()
    let disk = ScarceDisk()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)"), durability: durability, disk: disk)
    let idle = try RawWeb(port: gateway.port())
    idle.send(Self.request(gateway, "idle"))
    #expect(idle.receive(until: "}\n").hasPrefix("HTTP/1.1 200 "))
    let tunnel = try RawWeb(port: gateway.port())
    let field = "Authorization: Bearer \(gateway.token.secret)\r\n"
    tunnel.send("GET /shout HTTP/1.1\r\nHost: a\r\n\(field)Connection: Upgrade\r\nUpgrade: shout\r\n\r\nhere")
    #expect(tunnel.receive(until: "HERE").hasPrefix("HTTP/1.1 101 "))

    disk.leave(20_000)
    let (count, last) = try Self.fill(gateway)
    #expect(count > 1)
    // Either the request was not taken any more, or its answer could not be shown.
    #expect(last.isEmpty || last.hasPrefix("HTTP/1.1 503 ") && last.contains("urn:exhibit:not-recorded"), "\(last)")
    // Who asked nothing is told too, and who had a tunnel has none.
    #expect(["", "HTTP/1.1 503"].contains(String(idle.rest().prefix(12))))
    tunnel.send("more")
    #expect(!tunnel.rest().contains("MORE"))

    try gateway.expectFull()
    let before = server.asked.count
    for _ in 0..<3 {
      let refused = try gateway.curl("/echo", ["-d", "refused", "-w", " %{http_code}"])
      #expect(refused.text.hasSuffix(" 503") && refused.text.contains("not-recorded"), "\(refused)")
    }
    #expect(server.asked.count == before)

    disk.leave(nil)
    try gateway.expectRoom()
    #expect(try gateway.curl("/echo", ["-d", "mark-later-x", "-o", "/dev/null", "-w", "%{http_code}"]).text == "200")
    try gateway.stop()

    try gateway.expectDeclaredLoss(durability: durability)
    let recorded = try gateway.recordedBytes()
    let asked = server.asked.joined(separator: "\n")
    #expect(asked.contains("mark-later-x") && !asked.contains("refused"))
    guard durability == "strict" else { return }
    let missing = (1...count).map { "mark-\($0)-x" }
      .filter { asked.contains("?\($0) ") && recorded.range(of: Data("POST /echo?\($0) ".utf8)) == nil }
    #expect(missing.isEmpty, "\(missing)")
  }

  @Test(
    .enabled(if: LiveDisk.isPossible && ScratchSSHD.isPresent, Comment(rawValue: LiveDisk.absence)),
    arguments: ["strict", "batched"])
  func `the command itself, under HTTP and SSH, on a disk that others fill and clear, three times`(
    durability: String
  ) throws {
    try LiveDisk.run("full_web.sh", durability)
  }

  @Test(.enabled(if: PythonPeers.has("grpc"), "no grpcio here"))
  func `calls of gRPC end with a status, and go on when there is room`() throws {
    let script = Checkout.root.appending(path: "Tests/Live/grpc_peer.py").path
    let (process, port) = try WebTarget.start(GatewayInProcess.python, [script, "serve"])
    defer { process.terminate() }
    let disk = ScarceDisk()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(port)", "http2: true", target: "http2: true"), disk: disk)
    func call() throws -> String {
      try ScratchPostgres.run(
        "/usr/bin/timeout",
        [
          "60", GatewayInProcess.python, script, "call", "127.0.0.1:\(gateway.port())", gateway.token.secret,
          "GetOrder",
        ]
      ).text
    }
    #expect(try call().contains("\"OK\""))
    disk.leave(200)
    let refused = try call()
    #expect(!refused.contains("\"OK\"") && refused.contains("\"status\""), "\(refused)")
    try gateway.expectFull()
    #expect(try call().contains("\"UNAVAILABLE\""))
    disk.leave(nil)
    try gateway.expectRoom()
    #expect(try call().contains("\"OK\""))
    try gateway.stop()
    try gateway.expectDeclaredLoss(durability: "strict")
  }
}
