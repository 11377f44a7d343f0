import Foundation
import Model
import Store
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// Targets, recordings and tokens that fail while HTTP/2 is spoken.
@Suite(.enabled(if: PythonPeers.has("h2"), "no h2 here")) struct HTTP2TroubleTests {
  private static let script = Checkout.root.appending(path: "Tests/Live/http2_target.py").path

  private func until(_ seconds: Double = 10, _ isDone: () -> Bool) {
    let deadline = Date().addingTimeInterval(seconds)
    while !isDone(), Date() < deadline { Thread.sleep(forTimeInterval: 0.01) }
  }

  @Test(arguments: ["--http2-prior-knowledge", "--http1.1"])
  func `a target that breaks off or talks nonsense is told as 502, or cuts the answer`(version: String) throws {
    let (process, port) = try WebTarget.start(GatewayInProcess.python, [Self.script])
    defer { process.terminate() }
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(port)", "http2: true", target: "http2: true"), durability: "batched")
    func ask(_ path: String, _ more: [String] = []) throws -> ScratchPostgres.Output {
      try gateway.curl(path, [version, "-w", " %{http_code}"] + more)
    }
    for path in ["/reset", "/refused", "/nonsense", "/garbage", "/line"] {
      #expect(try ask(path, ["-o", "/dev/null"]).text == " 502", "\(path)")
    }
    for path in ["/half", "/dies"] {
      let answer = try ask(path)
      // Of a stream that is reset in the same breath curl shows nothing that came before.
      let isReset = answer.status == 92 && answer.text.hasSuffix(" 000")
      #expect(answer.status != 0 && (answer.text.hasSuffix("x 200") || isReset), "\(path): \(answer)")
    }
    #expect(try ask("/interim").text == "after hints\n 200")
    #expect(try ask("/early", ["-T", gateway.path("gateway.yaml")]).text == "too large\n 200")
    // It goes on over another connection.
    #expect(try ask("/leaves").text == "bye\n 200")
    if version == "--http1.1" {
      // On one connection of the client.
      let again = ["a", "b"].map { "http://127.0.0.1:\(gateway.port())/\($0)" }
      let twice = try gateway.curl("/leaves", [version] + again)
      #expect(twice.text == "said\nsaid\nbye\n", "\(twice)")
    }
    process.terminate()
    process.waitUntilExit()
    let down = try ask("/a")
    #expect(down.text.hasSuffix(" 502") && down.text.contains("cannot be reached"))
    until { gateway.gateway.core.connectionCount == 0 }
    #expect(gateway.gateway.core.connectionCount == 0 && gateway.gateway.core.sessionCount == 0, "\(gateway.log.all)")
    try gateway.stop()
  }

  @Test func `nothing reaches the server or the client before it is recorded, and nothing after that failed`() throws {
    let server = try WebTarget()
    let recording = DoubtfulRecording()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", "http2: true"), recording: recording)
    func curl(_ path: String) throws -> (Process, () -> String) {
      let (process, file) = (Process(), gateway.folder.appending(path: "said-\(UUID().uuidString)"))
      process.setUnblocked(
        "/usr/bin/curl",
        ["-sS", "-u", "agent:\(gateway.token.secret)", "--http2-prior-knowledge", "-d", "abc", "-o", file.path]
          + ["http://127.0.0.1:\(gateway.port())\(path)"])
      try process.run()
      return (process, { (try? String(contentsOf: file, encoding: .utf8)) ?? "" })
    }
    recording.seen.withLock { $0.isHeldBack = true }
    let (first, said) = try curl("/bytes/5")
    until { recording.seen.withLock { $0.client.suffix(3) == Array("abc".utf8) } }
    Thread.sleep(forTimeInterval: 0.3)
    #expect(server.asked.isEmpty)
    recording.release()
    first.waitUntilExit()
    #expect(said() == "01234")
    recording.seen.withLock { $0.isHeldBack = true }
    let (second, answer) = try curl("/bytes/5")
    until { recording.seen.withLock { !$0.waiting.isEmpty } }
    recording.release(DoubtfulRecording.Failed())
    second.waitUntilExit()
    #expect(answer().contains("urn:exhibit:not-recorded"), "\(answer())")
    #expect(server.asked.count == 1)
    until { gateway.gateway.core.connectionCount == 0 }
    #expect(gateway.gateway.core.connectionCount == 0 && gateway.gateway.core.sessionCount == 0)
    try gateway.stop()
  }

  @Test func `a token that is revoked ends its requests`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", "http2: true"), limits: "hold: 20s, revoke-sessions: true")
    let (process, file) = (Process(), gateway.folder.appending(path: "said"))
    process.setUnblocked(
      "/usr/bin/curl",
      ["-sS", "-u", "agent:\(gateway.token.secret)", "--http2-prior-knowledge", "-o", file.path]
        + ["http://127.0.0.1:\(gateway.port())/slow?20"])
    try process.run()
    until { !server.asked.isEmpty }
    try gateway.reload("gateway.yaml") { $0.replacing("name: agent,", with: "name: agent2,") }
    process.waitUntilExit()
    #expect(try String(contentsOf: file, encoding: .utf8).contains("urn:exhibit:revoked"))
    until { gateway.gateway.core.connectionCount == 0 }
    #expect(gateway.gateway.core.connectionCount == 0 && gateway.gateway.core.sessionCount == 0)
    try gateway.stop()
  }

  @Test func `what a client takes back is recorded as that, and nothing of it goes on`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)", "http2: true"))
    let (process, file) = (Process(), gateway.folder.appending(path: "said"))
    process.setUnblocked(
      "/usr/bin/curl",
      ["-sS", "-u", "agent:\(gateway.token.secret)", "--http2-prior-knowledge", "-m", "1", "-o", file.path]
        + ["http://127.0.0.1:\(gateway.port())/slow?5"])
    try process.run()
    process.waitUntilExit()
    until { gateway.gateway.core.connectionCount == 0 }
    #expect(gateway.gateway.core.connectionCount == 0)
    try gateway.stop()
    let found = try gateway.ingest()
    var actions: [Action] = []
    for session in try found.sessions() { try found.forEachAction(session: session.id) { actions.append($0) } }
    #expect(actions.count == 1 && actions.first?.status == .incomplete, "\(actions)")
    #expect(actions.first?.message?.contains("RST_STREAM CANCEL by the client") == true, "\(actions)")
  }
}
