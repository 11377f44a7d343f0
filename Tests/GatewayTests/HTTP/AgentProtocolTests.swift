import Bytes
import Foundation
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Protocols that agents speak over HTTP, each by its own library on both ends.
@Suite struct AgentProtocolTests {
  private static func script(_ name: String) -> String { Checkout.root.appending(path: "Tests/Live/\(name)").path }

  private static func policy(_ verb: String) -> String {
    """
    version: 1
    rules: [{ id: no-deletes, when: { verb: \(verb) }, then: deny }]
    default: allow
    """
  }

  private func with(
    _ name: String, policy: String,
    _ body: (WebGateway, _ direct: Int, _ call: (Int, [String]) throws -> [JSONValue]) throws -> Void
  ) throws {
    let (process, port) = try WebTarget.start(GatewayInProcess.python, [Self.script(name), "serve"])
    defer { process.terminate() }
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(port)"), policy: policy)
    try body(gateway, port) { port, arguments in
      let path = name.hasPrefix("mcp") ? "/mcp" : ""
      let out = try ScratchPostgres.run(
        "/usr/bin/timeout",
        [
          "90", GatewayInProcess.python, Self.script(name), "call", "http://127.0.0.1:\(port)\(path)",
          gateway.token.secret,
        ] + arguments)
      #expect(out.status == 0, "\(out.errors)")
      return out.text.split(separator: "\n").compactMap { JSONValue.document(in: Array($0.utf8)) }
    }
    try gateway.stop()
  }

  private func actions(_ gateway: WebGateway) throws -> [Action] {
    let found = try gateway.ingest()
    var actions: [Action] = []
    for session in try found.sessions() { try found.forEachAction(session: session.id) { actions.append($0) } }
    return actions
  }

  @Test(.enabled(if: PythonPeers.has("mcp.server.mcpserver"), "no mcp here"))
  func `tools of MCP are called, tell how far they are, and one is refused`() throws {
    try with("mcp_peer.py", policy: Self.policy("tools/call") + "") { gateway, direct, call in
      let refused = try call(gateway.port(), ["read_order"])
      #expect(refused.last?["error"]?.string?.contains("refused by policy") == true, "\(refused)")
      #expect(refused.first?["tools"]?.elements.count == 3)
      _ = direct
    }
    try with("mcp_peer.py", policy: WebGateway.open) { gateway, direct, call in
      let tools = ["read_order", "count", "delete_order"]
      let (here, there) = (try call(gateway.port(), tools), try call(direct, tools))
      #expect(here.count == 4 && "\(here)" == "\(there)", "\(here) \(there)")
      #expect(here.contains { $0["steps"]?.elements.count == 7 }, "\(here)")
      try gateway.stop()
      let found = try actions(gateway)
      let calls = found.filter { $0.verb == "tools/call" }
      #expect(calls.count == 3, "\(found.map { "\($0.verb) \($0.text.prefix(60))" })")
    }
  }

  @Test(.enabled(if: PythonPeers.has("kubernetes, aiohttp"), "no kubernetes client here"))
  func `Kubernetes' own client lists, watches, makes and runs, and may not delete`() throws {
    try with("kubernetes_peer.py", policy: Self.policy("delete")) { gateway, direct, call in
      let (here, there) = (try call(gateway.port(), []), try call(direct, []))
      #expect(here.count == 6 && there.count == 6)
      for (ours, theirs) in zip(here, there).dropLast() { #expect("\(ours)" == "\(theirs)") }
      let last = try #require(here.last)
      #expect(last["status"]?.scalar == "403" && last["kind"]?.string == "Status", "\(last)")
      #expect(last["reason"]?.string == "Forbidden" && there.last?["said"]?.string == "gone")
      try gateway.stop()
      let actions = try actions(gateway)
      let runs = actions.filter { $0.kind == "exec" || $0.kind == "shell" || $0.text.contains("/exec") }
      #expect(runs.contains { $0.text.contains("id -u") }, "\(actions.map { "\($0.kind) \($0.verb) \($0.text)" })")
      #expect(actions.contains { $0.verb == "delete" && $0.status != .ok })
    }
  }
}
