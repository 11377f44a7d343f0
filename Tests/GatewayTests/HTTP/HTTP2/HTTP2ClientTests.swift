import Bytes
import Foundation
import Model
import NIOCore
import Store
import TestKit
import Testing

@testable import Gateway

/// Clients that speak HTTP/2, before a server that speaks HTTP/1.1.
@Suite struct HTTP2ClientTests {
  private static let clear = ["--http2-prior-knowledge"]

  private func with(
    policy: String = WebGateway.open, limits: String = "hold: 20s", approvals: Bool = false, more: String = "",
    _ body: (WebTarget, WebGateway) throws -> Void
  ) throws {
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", "http2: true\n    \(more)"), policy: policy, limits: limits,
      approvals: approvals)
    try body(server, gateway)
    try gateway.stop()
  }

  @Test func `curl gets in HTTP/2 what it gets without a gateway`() throws {
    try with { server, gateway in
      let paths = [
        "/bytes/0", "/bytes/3", "/bytes/3000000", "/chunked", "/until-close", "/sse", "/interim", "/status/404",
      ]
      for path in paths {
        let here = try gateway.curl(path, Self.clear + ["-w", " %{http_version} %{http_code}"])
        let there = try WebGateway.curl(["http://127.0.0.1:\(server.port)\(path)", "-w", " 2 %{http_code}"])
        #expect(here.status == 0 && here.text == there.text, "\(path): \(here.text.suffix(80)) \(here.errors)")
      }
      let heads = try gateway.curl("/chunked", Self.clear + ["-D", "/dev/stderr", "-o", "/dev/null"])
      #expect(heads.errors.contains("HTTP/2 200") && heads.errors.contains("x-sum: 42"), "\(heads.errors)")
      #expect(try gateway.curl("/status/204", Self.clear + ["-w", "%{http_code}"]).text == "204")
      #expect(try gateway.curl("/bytes/500", Self.clear + ["-I"]).text.contains("content-length: 500"))
      let file = gateway.path("policy.yaml")
      let sent = try gateway.curl("/echo", Self.clear + ["-X", "PUT", "--data-binary", "@\(file)"])
      let last = try #require(server.asked.last)
      #expect(sent.status == 0 && last.contains("PUT /echo HTTP/1.1") && !last.lowercased().contains("authorization"))
      // Content of which nobody said how long it is.
      let streamed = try gateway.curl("/echo", Self.clear + ["-T", file, "-H", "Content-Length:"])
      #expect(streamed.status == 0 && server.asked.last?.contains("chunked") == true, "\(streamed.errors)")
    }
  }

  /// Starts the client that has several requests under way.
  private func client(
    _ gateway: WebGateway, _ mode: String, _ argument: String = ""
  ) throws -> (process: Process, input: Pipe, output: () -> [String]) {
    let process = Process()
    let script = Checkout.root.appending(path: "Tests/Live/http2_client.py").path
    process.setUnblocked(
      GatewayInProcess.python, [script, String(gateway.port()), gateway.token.secret, mode, argument])
    let (input, file) = (Pipe(), gateway.folder.appending(path: "said-\(UUID().uuidString)"))
    try Data().write(to: file)
    process.standardInput = input
    process.standardOutput = try FileHandle(forWritingTo: file)
    try process.run()
    return (
      process, input,
      { ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init) }
    )
  }

  private func run(_ gateway: WebGateway, _ mode: String, _ argument: String = "") throws -> [String] {
    let (process, _, output) = try client(gateway, mode, argument)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return output()
  }

  private func until(_ seconds: Double = 20, _ isDone: () -> Bool) {
    let deadline = Date().addingTimeInterval(seconds)
    while !isDone(), Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
  }

  private static let careful = """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: no-deletes, when: { verb: [DELETE, delete] }, then: deny }
      - { id: no-tools, when: { verb: tools/call }, then: deny }
    default: require-approval
    approvals: { signers: allowed_signers, namespace: test }
    """

  @Test(.enabled(if: PythonPeers.has("h2"), "no h2 here"), arguments: [true, false])
  func `others go on while one is held, and it goes on when it is approved`(isApproved: Bool) throws {
    try TemporaryFolder.with { folder in
      let signer = try Signer("bob", in: folder)
      let server = try WebTarget()
      let gateway = try WebGateway(
        WebGateway.reverse("http://127.0.0.1:\(server.port)", "http2: true"), policy: Self.careful,
        limits: "hold: \(isApproved ? 60 : 3)s", approvals: true, files: ["allowed_signers": try signer.line])
      let core = gateway.gateway.core
      let (process, _, output) = try client(gateway, "held", "/orders/7")
      until { !output().isEmpty }
      #expect(output() == ["others 40 None"])
      let held = try #require(core.held.all.first)
      #expect(held.text == "PUT http://shop/orders/7 (13 bytes of content)", "\(held.text)")
      let message = String(buffer: held.message)
      #expect(message.contains("{\"price\": 10}") && !message.contains(gateway.token.secret), "\(message)")
      #expect(!server.asked.contains { $0.contains("/orders") })
      if isApproved {
        let posted = try #require(held.posted)
        #expect(posted.text.contains("body-sha256: \(SHA256.digest(of: "{\"price\": 10}").hex)"), "\(posted.text)")
        let armored = try signer.sign(posted.text, as: "approval@test")
        let desk = try #require(core.approvals)
        _ = try desk.take(Array(armored.utf8), reason: "", under: posted, at: core.now())
        core.lookAtApprovals()
      }
      process.waitUntilExit()
      let last = output().last ?? ""
      #expect(last.hasPrefix(isApproved ? "held 200 " : "held 403 "), "\(last)")
      #expect(server.asked.contains { $0.contains("/orders") } == isApproved)
      try gateway.stop()
      let outcome = isApproved ? "approved" : "expired"
      #expect(try gateway.recordedBytes().firstRange(of: Data("\"outcome\":\"\(outcome)\"".utf8)) != nil)
      let found = try gateway.ingest()
      var actions: [Action] = []
      for session in try found.sessions() { try found.forEachAction(session: session.id) { actions.append($0) } }
      #expect(actions.count == 41 && actions.filter { $0.code == "200" }.count == (isApproved ? 41 : 40))
      let order = try #require(actions.first { $0.verb == "PUT" })
      #expect(order.status == (isApproved ? .ok : .denied), "\(order)")
    }
  }

  @Test(.enabled(if: PythonPeers.has("h2"), "no h2 here"))
  func `a stream that nobody reads holds up itself alone`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", "http2: true"), durability: "batched")
    let (process, input, output) = try client(gateway, "slow")
    until(40) { !output().isEmpty }
    #expect(output() == ["others 10 first 65535 65535"])
    let bytes = try gateway.recordedBytes().count
    #expect(bytes < 40_000_000, "\(bytes) were recorded that nobody reads")
    try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
    process.waitUntilExit()
    #expect(output().last == "first 100000000 end")
    try gateway.stop()
  }

  @Test(.enabled(if: PythonPeers.has("h2"), "no h2 here"))
  func `content that the server does not take holds up its stream alone`() throws {
    let script = #"""
      import socket, threading, time
      def serve(peer):
          data = b""
          while True:
              got = peer.recv(4096)
              if not got: return
              data += got
              if data.startswith(b"POST /stuck"): time.sleep(60)
              elif data.endswith(b"\r\n\r\n"):
                  data = b""
                  peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000)
      server = socket.socket()
      server.bind(("127.0.0.1", 0))
      server.listen(64)
      print(server.getsockname()[1], flush=True)
      while True: threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
      """#
    let (process, port) = try WebTarget.start("/usr/bin/python3", ["-c", script])
    defer { process.terminate() }
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(port)", "http2: true\n    limits: { body-kib: 64 }"), durability: "batched"
    )
    let said = try run(gateway, "upload", "/stuck")
    #expect(said.dropFirst() == ["other 200 1000", "after 200"], "\(said)")
    let sent = Int(said.first?.dropFirst(5) ?? "") ?? 0
    #expect(sent > 100_000 && sent < 8 << 20, "\(sent)")
    try gateway.stop()
    #expect(gateway.gateway.core.connectionCount == 0)
  }

  @Test(.enabled(if: PythonPeers.has("h2"), "no h2 here"))
  func `another token takes another connection`() throws {
    guard let other = NewToken() else { return }
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", "http2: true"),
      tokens: ["{ name: second, human: eve@example.com, sha256: \(other.sha256) }"])
    let said = try run(gateway, "tokens", other.secret)
    #expect(said == ["401 200 421", "goaway NO_ERROR"], "\(said)")
    #expect(server.asked.count == 1)
    // Answered before the request came to its end, which nobody waits for.
    #expect(try run(gateway, "early") == ["401 end"])
    try gateway.stop()
  }

  @Test(.enabled(if: PythonPeers.has("h2"), "no h2 here"))
  func `what is refused is told in the words of what was asked`() throws {
    try TemporaryFolder.with { folder in
      let server = try WebTarget()
      let signer = try Signer("bob", in: folder)
      let gateway = try WebGateway(
        WebGateway.reverse("http://127.0.0.1:\(server.port)", "http2: true"), policy: Self.careful, approvals: true,
        files: ["allowed_signers": try signer.line])
      let problem = try run(gateway, "message", "DELETE /orders/7 - ")
      #expect(problem.first?.hasPrefix("403 application/problem+json") == true, "\(problem)")
      #expect(problem.first?.contains("no-deletes") == true)
      let call = #"{"jsonrpc":"2.0","id":"a-7","method":"tools/call","params":{"name":"wipe","arguments":{}}}"#
      let error = try run(gateway, "message", "POST /mcp application/json \(call)")
      let told = try #require(error.first)
      #expect(told.hasPrefix("200 application/json") && told.contains("a-7"), "\(error)")
      let connect = try run(gateway, "message", "TRACE / - ")
      #expect(connect.first?.hasPrefix("501 ") == true, "\(connect)")
      #expect(server.asked.isEmpty)
      try gateway.stop()
    }
  }

  @Test func `what is recorded of a request is what is recorded of it in HTTP 1`() throws {
    try with { server, gateway in
      let requests: [(String, [String])] = [
        ("/bytes/70000", []), ("/echo?a=1", ["-d", "a=1&b=2"]), ("/chunked", []), ("/status/404", []),
        ("/echo", ["-X", "PUT", "-H", "Content-Type: application/json", "-d", "{\"a\": [1, 2]}"]),
        ("/mcp", ["-H", "Content-Type: application/json", "-d", #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#]),
        ("/status/204", ["-X", "DELETE"]), ("/bytes/9", ["-I"]), ("/until-close", []),
        ("/api/v1/namespaces/shop/pods", ["-A", "kubectl/v1.30.2 (linux/amd64) kubernetes/39683505"]),
      ]
      for (path, arguments) in requests {
        for version in ["--http1.1", "--http2-prior-knowledge"] {
          #expect(try gateway.curl(path, arguments + [version, "-o", "/dev/null"]).status == 0)
        }
      }
      try gateway.stop()
      #expect(try gateway.recordedBytes().range(of: Data(gateway.token.secret.utf8)) == nil)
      let found = try gateway.ingest()
      var seen: [[String]] = []
      for session in try found.sessions() {
        var actions: [Action] = []
        try found.forEachAction(session: session.id) { actions.append($0) }
        for action in actions {
          let sent = try found.requestPayload(of: action.id)
          let got = try found.responsePayload(of: action.id)
          // What echoes fields tells how they were spelled.
          let answer = got?.bytes.starts(with: Array("{\"line\"".utf8)) == true ? nil : got?.sha256
          seen.append([
            action.verb, action.text, action.kind, "\(action.effect) \(action.status)", action.code ?? "",
            sent?.sha256 ?? "-", answer ?? "-", "\(got?.byteCount ?? 0)",
          ])
        }
      }
      #expect(seen.count == requests.count * 2)
      for index in stride(from: 0, to: seen.count - 1, by: 2) { #expect(seen[index] == seen[index + 1]) }
      #expect(try found.anomalies().isEmpty)
    }
  }

  @Test func `a gateway that goes down lets come to its end what is under way`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)", "http2: true"))
    let (process, file) = (Process(), gateway.folder.appending(path: "said"))
    process.setUnblocked(
      "/usr/bin/curl",
      ["-sS", "-u", "agent:\(gateway.token.secret)", "--http2-prior-knowledge", "-o", file.path]
        + ["http://127.0.0.1:\(gateway.port())/slow?2"])
    try process.run()
    until { !server.asked.isEmpty }
    try gateway.stop()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try String(contentsOf: file, encoding: .utf8) == "slow\n")
    #expect(gateway.gateway.core.connectionCount == 0)
  }
}
