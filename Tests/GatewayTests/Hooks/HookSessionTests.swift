import Bytes
import Foundation
import Model
import Pipeline
import Store
import TestKit
import Testing

@testable import Gateway

/// What hooks tell a gateway, and what comes of it.
@Suite struct HookSessionTests {
  private static let prompt =
    #"{"session_id":"3f1c9a0b-7d2e-4c55-9a0b-7d2e4c551234","prompt_id":"p-1","hook_event_name":"UserPromptSubmit","prompt":"clear the stock; the key is AKIAIOSFODNN7EXAMPLE"}"#
  private static let call =
    #"{"session_id":"3f1c9a0b-7d2e-4c55-9a0b-7d2e4c551234","prompt_id":"p-1","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"toolu_01StockStock","tool_input":{"command":"make clear-stock"}}"#
  private static let result =
    #"{"session_id":"3f1c9a0b-7d2e-4c55-9a0b-7d2e4c551234","prompt_id":"p-1","hook_event_name":"PostToolUse","tool_name":"Bash","tool_use_id":"toolu_01StockStock","tool_response":{}}"#

  private func told(_ text: String) throws -> AgentEvent {
    try #require(try HookInput(Array(text.utf8), agent: "claude-code", human: "lin").told)
  }

  @Test(.enabled(if: ScratchPostgres.isPresent))
  func `a statement goes back to the prompt that the agent's hook told`() throws {
    let server = try ScratchPostgres()
    _ = try server.query("CREATE TABLE stock (id int); INSERT INTO stock VALUES (1), (2)")
    let keys = URL(filePath: "/tmp/exhibit-keys-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: keys, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: keys) }
    let alice = try Signer("alice", in: keys)
    let gateway = try RunningGateway(
      server, policy: "version: 1\nrules: []\ndefault: allow\napprovals: { signers: allowed_signers }\n",
      approvals: true, files: ["allowed_signers": try alice.line], more: "socket: gateway.sock")
    let socket = HookSocket(path: gateway.folder.appending(path: "gateway.sock").path, limit: 30_000)
    try socket.tell(try told(Self.prompt))
    try socket.tell(try told(Self.call))
    let marks = try HookInput(Array(Self.call.utf8), agent: "claude-code", human: nil).marks
    let output = try gateway.psql(["-c", "DELETE FROM stock"], ["PGAPPNAME": marks.name])
    #expect(output.text == "DELETE 2\n", "\(output)")
    try socket.tell(try told(Self.result))
    #expect(throws: HookSocket.Failure.self) { try HookSocket(path: "/nowhere/gateway.sock").tell(try told(Self.call)) }
    try gateway.stop()
    let text = try gateway.segments.map { try String(contentsOf: URL(filePath: $0), encoding: .isoLatin1) }.joined()
    #expect(!text.contains("AKIAIOSFODNN7EXAMPLE"))

    let contents = try IngestTests().ingest(
      [gateway.folder.appending(path: "recording").path], gateway.folder.appending(path: "case.exhibit").path
    ) { _ = try Attributor.run($0) }
    var actions: [Action] = []
    try contents.forEachAction(session: nil) { if $0.verb == "DELETE" { actions.append($0) } }
    let action = try #require(actions.first)
    let prompts = try contents.prompts()
    #expect(prompts.count == 1)
    #expect(prompts.first?.text.hasPrefix("clear the stock; the key is [redacted") == true, "\(prompts)")
    #expect(prompts.first?.human == "lin" && prompts.first?.nativeID == "p-1")
    let found = try contents.attributions(of: action.id)
    #expect(found.first?.prompt?.id == prompts.first?.id, "\(found)")
    #expect(found.first?.method == .explicitID)
  }

  @Test func `what is told is recorded without the secrets in it`() throws {
    let gateway = try RunningGateway(server: "/nowhere:5432")
    let desk = AgentDesk(gateway.gateway.core)
    for text in [Self.prompt, Self.call, Self.result] {
      #expect(desk.take(JSONValue.document(in: try told(text).members)) == nil)
    }
    for text in [
      "{}", "[]", #"{"agent":"a","kind":"other","conversation":"c"}"#,
      #"{"agent":"a\u0000","kind":"call","conversation":"c"}"#,
    ] {
      #expect(desk.take(JSONValue.document(in: Array(text.utf8))) != nil)
    }
    #expect(desk.take(JSONValue?.none) != nil)
    try gateway.stop()
    let events = try Recording.events(gateway.segments).compactMap { event -> AgentEvent? in
      if case .agent(let told) = event.event { told } else { nil }
    }
    #expect(events.map(\.kind) == [.prompt, .call, .result])
    #expect(events.first?.text?.contains("AKIAIOSFODNN7EXAMPLE") == false)
    #expect(events.first?.text?.hasPrefix("clear the stock; the key is ") == true)
  }

  @Test func `a call is told with its result, or at the end without one`() throws {
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      let recorder = try recording.open { $0.durability = .batched }
      for text in [Self.prompt, Self.call, Self.result] {
        try recorder.note(.agent(try told(text)), at: RunningGateway.now())
      }
      var open = try told(Self.call)
      (open.call, open.tool) = ("toolu_02NoResult", "Read")
      try recorder.note(.agent(open), at: RunningGateway.now())
      try recorder.shutDown()
      let contents = try IngestTests().ingest([recording.path], folder.path + "/case.exhibit")
      let prompts = try contents.prompts()
      #expect(prompts.map(\.nativeID) == ["p-1"] && prompts.first?.human == "lin")
      let calls = prompts.flatMap(\.toolCalls).sorted { $0.tool < $1.tool }
      #expect(calls.map(\.nativeID) == ["toolu_01StockStock", "toolu_02NoResult"])
      #expect(calls.map(\.status) == [.succeeded, .pending])
      #expect(calls.first?.command == "make clear-stock")
    }
  }

  @Test func `a gateway that does not answer costs no more than its time`() throws {
    let path = "/tmp/exhibit-mute-\(UUID().uuidString.prefix(8)).sock"
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(descriptor)
      unsafe unlink(path)
    }
    let address = try #require(UnixAddress(path))
    try #require(address.bind(descriptor) == 0 && listen(descriptor, 4) == 0)
    let event = try told(Self.call)
    let start = DispatchTime.now().uptimeNanoseconds
    #expect(throws: HookSocket.Failure.self) { try HookSocket(path: path).tell(event) }
    #expect(DispatchTime.now().uptimeNanoseconds - start >= 40_000_000)
  }
}
