import Bytes
import Foundation
import Model
import Policy

/// Tool calls as agents make them.
enum Calls {
  static func make(
    _ tool: String, _ arguments: [String: Any], id: String? = nil, continues: String? = nil, directory: String? = "/w"
  ) -> ToolCall {
    let data = (try? JSONSerialization.data(withJSONObject: arguments, options: [.sortedKeys])) ?? Data()
    return make(tool, text: String(decoding: data, as: UTF8.self), id: id, continues: continues, directory: directory)
  }

  static func make(
    _ tool: String, text: String, id: String? = nil, continues: String? = nil, directory: String? = "/w"
  ) -> ToolCall {
    var call = ToolCall(
      nativeID: id, conversationID: "cnv", ordinal: 0, tool: tool, arguments: text, seenAt: Timestamp(nanoseconds: 0),
      origin: .unknown)
    call.continuesCallID = continues
    call.workingDirectory = directory
    return call
  }

  static func bash(_ command: String) -> [ExpectedEffect] {
    var expander = EffectExpander()
    return expander.expand(make("Bash", ["command": command]))
  }

  /// `sql|SELECT 1`, with `?` behind the kind for what may not happen and `*` for what may repeat.
  static func shown(_ effects: [ExpectedEffect]) -> [String] {
    effects.map { "\($0.kind.rawValue)\($0.isConditional ? "?" : "")\($0.mayRepeat ? "*" : "")|\($0.text)" }
  }

  static func bashShown(_ command: String) -> [String] { shown(bash(command)) }
}
