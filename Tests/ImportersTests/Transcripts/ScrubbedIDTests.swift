import Model
import Testing

@testable import Importers

@Suite struct ScrubbedIDTests {
  @Test(arguments: ["REDACTED", "<redacted>", "[REDACTED]", "call_REDACTED", "****", "xxxxxxxx"])
  func `what stands in the place of an id names nothing`(id: String) {
    #expect(ScrubbedID.isOne(id))
    #expect(ScrubbedID.named(id) == nil)
  }

  @Test(arguments: ["toolu_01bK8s94Q9Umf6M4br9jt9Sg", "call_1", "x1", "1"])
  func `an id stays one`(id: String) { #expect(ScrubbedID.named(id) == id) }

  @Test func `calls whose ids were scrubbed stay apart, and take their results in turn`() {
    let claude = TranscriptReading(
      #"""
      {"type":"user","uuid":"u1","sessionId":"s1","timestamp":"2026-11-20T04:00:00.000Z","message":{"role":"user","content":"Look"}}
      {"type":"assistant","uuid":"u2","parentUuid":"u1","sessionId":"s1","timestamp":"2026-11-20T04:00:01.000Z","message":{"id":"m1","role":"assistant","content":[{"type":"tool_use","id":"REDACTED","name":"Bash","input":{"command":"psql -c 'SELECT 1'"}}]}}
      {"type":"assistant","uuid":"u3","parentUuid":"u2","sessionId":"s1","timestamp":"2026-11-20T04:00:01.100Z","message":{"id":"m1","role":"assistant","content":[{"type":"tool_use","id":"REDACTED","name":"Bash","input":{"command":"psql -c 'SELECT 2'"}}]}}
      {"type":"user","uuid":"u4","parentUuid":"u3","sessionId":"s1","timestamp":"2026-11-20T04:00:02.000Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"REDACTED","content":"one"}]}}
      {"type":"user","uuid":"u5","parentUuid":"u4","sessionId":"s1","timestamp":"2026-11-20T04:00:03.000Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"REDACTED","content":"two"}]}}
      """#)
    #expect(claude.format == "claude-code")
    #expect(claude.calls.map(\.command) == ["psql -c 'SELECT 1'", "psql -c 'SELECT 2'"])
    #expect(claude.calls.map(\.result) == ["one", "two"])
    #expect(claude.calls.map(\.nativeID) == [nil, nil])
    #expect(Set(claude.calls.map(\.id)).count == 2)
    #expect(claude.calls.allSatisfy { $0.promptID == claude.prompts.first?.id })

    let codex = TranscriptReading(
      #"""
      {"timestamp":"2026-11-20T04:00:00.000Z","type":"session_meta","payload":{"id":"th1","cwd":"/srv","cli_version":"0.142.2"}}
      {"timestamp":"2026-11-20T04:00:01.000Z","type":"event_msg","payload":{"type":"user_message","message":"Look"}}
      {"timestamp":"2026-11-20T04:00:02.000Z","type":"response_item","payload":{"type":"function_call","name":"exec_command","arguments":"{\"cmd\":\"psql\"}","call_id":"REDACTED"}}
      {"timestamp":"2026-11-20T04:00:03.000Z","type":"response_item","payload":{"type":"function_call_output","call_id":"REDACTED","output":"Process running with session ID 7\nOutput:\n"}}
      {"timestamp":"2026-11-20T04:00:04.000Z","type":"response_item","payload":{"type":"function_call","name":"write_stdin","arguments":"{\"session_id\":7,\"chars\":\"SELECT 1;\"}","call_id":"REDACTED"}}
      {"timestamp":"2026-11-20T04:00:05.000Z","type":"response_item","payload":{"type":"function_call_output","call_id":"REDACTED","output":"Process exited with code 3\nOutput:\n"}}
      """#)
    #expect(codex.calls.map(\.tool) == ["exec_command", "write_stdin"])
    #expect(codex.calls.map(\.status) == [.succeeded, .failed])
    // What types into a program knows it though neither bears an id.
    #expect(codex.calls.last?.continuesCallID == codex.calls.first?.id)
  }
}
