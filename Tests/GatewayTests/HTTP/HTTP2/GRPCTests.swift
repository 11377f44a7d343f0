import Bytes
import Foundation
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// gRPC by its own library of Python, client and server.
@Suite(.enabled(if: PythonPeers.has("grpc"), "no grpcio here")) struct GRPCTests {
  private static let script = Checkout.root.appending(path: "Tests/Live/grpc_peer.py").path

  private func with(
    policy: String = WebGateway.open, target: String = "http2: true", _ body: (WebGateway, Int) throws -> Void
  ) throws {
    let (process, port) = try WebTarget.start(GatewayInProcess.python, [Self.script, "serve"])
    defer { process.terminate() }
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(port)", "http2: true", target: target), policy: policy)
    try body(gateway, port)
    try gateway.stop()
  }

  private func call(_ gateway: WebGateway, _ methods: [String], port: Int? = nil) throws -> [JSONValue] {
    let out = try ScratchPostgres.run(
      "/usr/bin/timeout",
      ["90", GatewayInProcess.python, Self.script, "call", "127.0.0.1:\(port ?? gateway.port())", gateway.token.secret]
        + methods)
    #expect(out.status == 0, "\(out.errors)")
    return out.text.split(separator: "\n").compactMap { JSONValue.document(in: Array($0.utf8)) }
  }

  @Test func `calls of all four kinds end as they do without a gateway`() throws {
    try with { gateway, port in
      let methods = ["GetOrder", "ListOrders", "Upload", "Chat", "GetFail"]
      let here = try call(gateway, methods)
      let there = try call(gateway, methods, port: port)
      #expect(here.count == 5)
      for (ours, theirs) in zip(here, there) {
        for name in ["method", "status", "details"] { #expect(ours[name]?.string == theirs[name]?.string, "\(ours)") }
        #expect("\(String(describing: ours["said"]))" == "\(String(describing: theirs["said"]))", "\(ours)")
      }
      let known = here.first?["trailers"]?["x-known"]?.string ?? ""
      #expect(known.contains("user-agent") && !known.contains("authorization"), "\(known)")
      let many = try call(gateway, ["parallel"])
      #expect(many.count == 40 && many.allSatisfy { $0["status"]?.string == "OK" }, "\(many)")
      try gateway.stop()
      let found = try gateway.ingest()
      var seen: [String] = []
      for session in try found.sessions() {
        try found.forEachAction(session: session.id) { seen.append("\($0.text) \($0.status)") }
      }
      for method in methods { #expect(seen.contains { $0.contains("shop.Orders/\(method)") }, "\(method)") }
      #expect(seen.count == 45, "\(seen.prefix(5))")
    }
  }

  @Test func `what is refused is PERMISSION_DENIED, and what has no token UNAUTHENTICATED`() throws {
    let policy = """
      version: 1
      rules: [{ id: no-deletes, when: { verb: DeleteOrder }, then: deny }]
      default: allow
      """
    try with(policy: policy) { gateway, _ in
      let said = try call(gateway, ["DeleteOrder", "GetOrder"])
      #expect(said.first?["status"]?.string == "PERMISSION_DENIED", "\(said)")
      #expect(said.first?["details"]?.string?.contains("refused by policy") == true)
      #expect(said.last?["status"]?.string == "OK")
      let out = try ScratchPostgres.run(
        GatewayInProcess.python, [Self.script, "call", "127.0.0.1:\(gateway.port())", "exg_nobody", "GetOrder"])
      #expect(out.text.contains("UNAUTHENTICATED"), "\(out.text) \(out.errors)")
    }
  }

  @Test func `a call waits for its approval, and a stream that waits for answers cannot`() throws {
    let policy = """
      version: 1
      rules: [{ id: reads, when: { effect: read }, then: allow }]
      default: require-approval
      approvals: { signers: allowed_signers, namespace: test }
      """
    try TemporaryFolder.with { folder in
      let signer = try Signer("bob", in: folder)
      let (process, port) = try WebTarget.start(GatewayInProcess.python, [Self.script, "serve"])
      defer { process.terminate() }
      let gateway = try WebGateway(
        WebGateway.reverse("http://127.0.0.1:\(port)", "http2: true", target: "http2: true"), policy: policy,
        approvals: true, files: ["allowed_signers": try signer.line])
      let (client, file) = (Process(), gateway.folder.appending(path: "said"))
      try Data().write(to: file)
      client.setUnblocked(
        GatewayInProcess.python,
        [Self.script, "call", "127.0.0.1:\(gateway.port())", gateway.token.secret, "DeleteOrder", "GetOrder", "Chat"])
      client.standardOutput = try FileHandle(forWritingTo: file)
      try client.run()
      let core = gateway.gateway.core
      let deadline = Date().addingTimeInterval(15)
      while core.held.all.isEmpty, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
      let posted = try #require(core.held.all.first?.posted)
      let armored = try signer.sign(posted.text, as: "approval@test")
      _ = try #require(core.approvals).take(Array(armored.utf8), reason: "", under: posted, at: core.now())
      core.lookAtApprovals()
      client.waitUntilExit()
      let said = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        .compactMap { JSONValue.document(in: Array($0.utf8)) }
      #expect(said.map { $0["status"]?.string ?? "" } == ["OK", "OK", "PERMISSION_DENIED"], "\(said)")
      #expect(said.last?["details"]?.string?.contains("approval") == true, "\(said)")
      try gateway.stop()
    }
  }

  @Test func `a target that speaks HTTP 1 is no target of gRPC`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)", "http2: true"))
    let said = try call(gateway, ["GetOrder"])
    #expect(said.first?["status"]?.string == "UNIMPLEMENTED", "\(said)")
    #expect(said.first?["details"]?.string?.contains("speaks HTTP/1.1") == true)
    #expect(server.asked.isEmpty)
    try gateway.stop()
  }

  @Test func `answers are masked, message by message`() throws {
    let policy = """
      version: 1
      rules: []
      default: allow
      masking: [{ id: mails, detect: [email], action: redact }]
      """
    try with(policy: policy) { gateway, _ in
      let said = try call(gateway, ["ListMails"])
      #expect(said.first?["status"]?.string == "OK", "\(said)")
      #expect(said.first?["said"]?.elements.count == 2 && !"\(said)".contains("@shop.example"), "\(said)")
      #expect("\(said)".contains("write to *") && "\(said)".contains("* today"))
      try gateway.stop()
      #expect(try gateway.recordedBytes().range(of: Data("@shop.example".utf8)) == nil)
    }
  }
}
