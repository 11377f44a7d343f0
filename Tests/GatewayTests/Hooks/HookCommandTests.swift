import Foundation
import TestKit
import Testing

@testable import Gateway

/// `exhibit hook` itself, with standard input that is much or has no end.
@Suite(.enabled(if: RelayProcess.isPossible, "no command")) struct HookCommandTests {
  private static let command = "\(RelayProcess.program) hook claude-code --socket /nowhere/gateway.sock --closed"

  private func run(_ script: String) throws -> ScratchPostgres.Output {
    try ScratchPostgres.run("/usr/bin/timeout", ["60", "/bin/bash", "-c", script])
  }

  @Test func `what is longer than an input may be is refused, and not waited for`() throws {
    for source in ["head -c 20000000 /dev/zero", "cat /dev/zero"] {
      let output = try run("\(source) | \(Self.command); echo ${PIPESTATUS[1]}")
      #expect(output.text == "2\n" && output.errors.contains("hook_event_name"), "\(source): \(output)")
    }
  }

  @Test func `where no gateway answers a command has its id all the same, unless nothing may run`() throws {
    let text =
      #"{"session_id":"c","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"toolu_1","tool_input":{"command":"ls"}}"#
    let open = Self.command.replacing(" --closed", with: "")
    let marked = try run("printf '%s' '\(text)' | \(open) --mark-calls; echo ${PIPESTATUS[1]}")
    #expect(
      marked.text.hasPrefix(#"{"systemMessage":"exhibit hook: /nowhere/gateway.sock: no gateway answers there"#),
      "\(marked)")
    #expect(marked.text.contains("claude-code/toolu_1") && marked.text.hasSuffix("}}\n0\n") && marked.errors.isEmpty)
    let plain = try run("printf '%s' '\(text)' | \(open); echo ${PIPESTATUS[1]}")
    #expect(plain.text == "1\n" && plain.errors.contains("no gateway answers there"), "\(plain)")
    let closed = try run("printf '%s' '\(text)' | \(Self.command) --mark-calls; echo ${PIPESTATUS[1]}")
    #expect(closed.text == "2\n" && closed.errors.contains("no gateway answers there"), "\(closed)")
  }

  @Test func `what comes in pieces is read to its end`() throws {
    let text =
      #"{"session_id":"c","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t","tool_input":{"command":""#
    let output = try run(
      "{ printf '%s' '\(text)'; sleep 0.2; head -c 300000 /dev/zero | tr '\\0' x; sleep 0.2; printf '\"}}'; }"
        + " | \(Self.command); echo ${PIPESTATUS[1]}")
    // It is an input; there is no gateway.
    #expect(output.text == "2\n" && output.errors.contains("no gateway answers there"), "\(output)")
  }
}
