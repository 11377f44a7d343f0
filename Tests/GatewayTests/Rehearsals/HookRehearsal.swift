import Bytes
import Model

@testable import Gateway

/// What agents give their hooks, and agents' settings, as any bytes. Stops the process where something does not hold.
enum HookRehearsal {
  // MARK: Input

  /// What a hook is given is refused, or tells the gateway something that it can take, within its limits; and the command that it answers
  /// is the agent's own with the marks before it.
  static func input(_ bytes: [UInt8]) {
    for agent in ["claude-code", "codex"] {
      guard let input = try? HookInput(bytes, agent: agent, human: "mia") else { continue }
      check(input.marks)
      if let told = input.told { check(told) }
      if let answer = input.markedCommand(warning: agent == "codex" ? "late" : nil) { check(answer, of: input, bytes) }
    }
  }

  private static func check(_ marks: WireMarks) {
    hold((1...63).contains(marks.name.utf8.count), "the name is cut by the server: \(marks.name)")
    hold(
      marks.name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || "-_/".utf8.contains(byte)
      }, "a shell would read the name: \(marks.name)")
    let parts = marks.traceparent.split(separator: "-", omittingEmptySubsequences: false)
    hold(parts.map(\.utf8.count) == [2, 32, 16, 2], marks.traceparent)
  }

  private static func check(_ told: AgentEvent) {
    hold((told.text?.utf8.count ?? 0) <= AgentEvent.textLimit, "the text is longer than what is kept")
    let members = told.members
    hold(members.count <= ControlSide.lineLimit / 2 || isLong(told), "the gateway would not take it")
    guard let value = JSONValue.document(in: members) else { fatalError("what is told is no JSON") }
    // Ids that are too long, or not to be shown, are refused there.
    guard let read = try? AgentEvent(members: value) else { return }
    hold(read == told, "another event is read than was told")
  }

  /// One of its words alone is longer than the gateway takes.
  private static func isLong(_ told: AgentEvent) -> Bool {
    [told.conversation, told.turn, told.call, told.subagent, told.tool].contains { ($0?.utf8.count ?? 0) > 256 }
  }

  private static func check(_ answer: [UInt8], of input: HookInput, _ bytes: [UInt8]) {
    guard let value = JSONValue.document(in: answer)?["hookSpecificOutput"]?["updatedInput"],
      let asked = JSONValue.document(in: bytes)?["tool_input"]
    else { fatalError("the answer is no JSON") }
    hold(value.members.map(\.name) == asked.members.map(\.name), "other arguments")
    var isMarked = false
    for (mine, theirs) in zip(value.members, asked.members) {
      if !isMarked, mine.name == "command" {
        isMarked = true
        let text = "\(input.marks.exports); \(theirs.value.string ?? "")"
        hold(mine.value.string == text, "another command")
      } else {
        hold(answer[mine.value.range] == bytes[theirs.value.range], "an argument is not what it was")
      }
    }
  }

  // MARK: Settings

  private static let command = "/usr/bin/exhibit hook claude-code --socket /run/g.sock"

  /// Hooks are put in and taken out again, and what else there is stays.
  static func settings(_ bytes: [UInt8]) {
    guard var file = try? HookSettings(bytes) else { return }
    let before = file.bytes
    guard (try? file.uninstall(where: isOwn)) != nil else { fatalError("what was JSON is none any more") }
    let clean = file.bytes
    do { try file.install(command) } catch {
      // Nothing is written then.
      return
    }
    var installed = file
    hold(others(file.bytes) == others(clean), "something else changed")
    let count = (try? installed.uninstall(where: isOwn)) ?? 0
    hold(count == HookSettings.events.count, "\(count) hooks were taken out")
    hold(!commands(installed.bytes).contains(where: isOwn), "a hook is left")
    hold(others(installed.bytes) == others(before), "something else changed")
    hold(commands(installed.bytes) == commands(clean), "a hook of others is gone")
  }

  private static func isOwn(_ command: String) -> Bool { command.contains("exhibit hook claude-code ") }

  /// Each member but the hooks, as it stands there.
  private static func others(_ bytes: [UInt8]) -> [[UInt8]] {
    (JSONValue.document(in: bytes)?.members ?? []).filter { $0.name != "hooks" }
      .map { Array(bytes[$0.nameRange.lowerBound..<$0.value.range.upperBound]) }
  }

  /// Of all events, in order.
  private static func commands(_ bytes: [UInt8]) -> [String] {
    let hooks = JSONValue.document(in: bytes)?["hooks"]
    return (hooks?.members ?? []).flatMap { event in
      event.value.elements.flatMap { $0["hooks"]?.elements ?? [] }.compactMap { $0["command"]?.string }
    }
  }
}
