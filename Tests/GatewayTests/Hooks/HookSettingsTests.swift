import Bytes
import Foundation
import Testing

@testable import Gateway

/// Hooks in an agent's settings.
@Suite struct HookSettingsTests {
  private static let command = "/usr/bin/exhibit hook claude-code --socket '/run/a b'"
  private static func isOwn(_ command: String) -> Bool { command.contains("exhibit hook claude-code ") }

  static let texts = [
    "{\n  \"model\": \"opus\",\n  \"permissions\": { \"allow\": [\"Bash(ls:*)\"] }\n}\n",
    "{\"hooks\":{\"PreToolUse\":[{\"matcher\":\"Bash\",\"hooks\":[{\"type\":\"command\",\"command\":\"mine\"}]}]},\"x\":1.50e3}",
    "{ \"hooks\": { \"Stop\": [ ], \"PreToolUse\": [{ \"hooks\": [{ \"command\": \"a\" }, { \"command\": \"b\" }] }] } }",
    "{\n\t\"a\": \"\\u0041\",\n\t\"b\": [ ]\n}", "{}",
    "{\"hooks\":{\"UserPromptSubmit\":[{\"hooks\":[{\"command\":\"x\"}]}]}}",
  ]

  @Test(arguments: texts) func `what was there stays there, byte for byte`(text: String) throws {
    var settings = try HookSettings(Array(text.utf8))
    try settings.install(Self.command)
    let value = try #require(JSONValue.document(in: settings.bytes))
    for event in HookSettings.events {
      let groups = try #require(value["hooks"]?[event.name]?.elements)
      let own = groups.filter { $0["hooks"]?.elements.contains { $0["command"]?.string == Self.command } == true }
      #expect(own.count == 1)
      #expect(own.first?["matcher"]?.string == (event.hasMatcher ? "*" : nil))
      #expect(groups.last?["hooks"]?.elements.last?["command"]?.string == Self.command)
    }
    #expect(try settings.uninstall(where: Self.isOwn) == HookSettings.events.count)
    #expect(String(decoding: settings.bytes, as: UTF8.self) == text)
    #expect(try settings.uninstall(where: Self.isOwn) == 0)
  }

  @Test func `an empty file is one without settings, and what is none is left as it is`() throws {
    var settings = try HookSettings(Array(" \n".utf8))
    try settings.install(Self.command)
    #expect(try settings.uninstall(where: Self.isOwn) == 4)
    #expect(String(decoding: settings.bytes, as: UTF8.self) == "{}\n")
    for text in ["[]", "{", "{} {}", "// comment\n{}"] {
      #expect(throws: HookSettings.Problem.self) { try HookSettings(Array(text.utf8)) }
    }
    for text in ["{\"hooks\": []}", "{\"hooks\": {\"PreToolUse\": {}}}"] {
      var settings = try HookSettings(Array(text.utf8))
      #expect(throws: HookSettings.Problem.self) { try settings.install(Self.command) }
    }
  }

  @Test func `a hook that somebody put beside ours stays`() throws {
    var settings = try HookSettings(
      Array(
        "{\"hooks\":{\"PreToolUse\":[{\"hooks\":[{\"command\":\"\(Self.command)\"},{\"command\":\"mine\"}]}]}}".utf8))
    #expect(try settings.uninstall(where: Self.isOwn) == 1)
    #expect(
      String(decoding: settings.bytes, as: UTF8.self)
        == "{\"hooks\":{\"PreToolUse\":[{\"hooks\":[{\"command\":\"mine\"}]}]}}")
  }
}
