import Model

/// Separates what a person typed from what the agent's program wrapped around it.
enum UserText {
  /// The elements that a text of a user message holds; none when it is the program's alone.
  ///
  /// `afterResult` says that it follows a tool result in the same turn: it was typed while the model was at work.
  static func elements(_ text: String, afterResult: Bool) -> [LLMElement] {
    var (rest, context) = removing(text, tags: wrappers)
    var queued: [String] = []
    for reminder in context {
      for start in ["The user sent the following message:", "The user sent a new message while you were working:"] {
        guard let found = reminder.firstRange(of: start) else { continue }
        var typed = reminder[found.upperBound...]
        for end in ["\n\nPlease address", "\n\nIMPORTANT:", "</system-reminder>"] {
          if let stop = typed.firstRange(of: end) { typed = typed[..<stop.lowerBound] }
        }
        queued.append(String(typed).trimmed)
      }
    }
    rest = rest.trimmed
    var kind: Prompt.Kind = afterResult ? .queued : .human
    if rest.hasPrefix("<command-name") || rest.hasPrefix("<command-message") {
      kind = .command
      let name = inner(rest, "command-name") ?? inner(rest, "command-message") ?? ""
      context.append(rest)
      rest = [name.trimmed, inner(rest, "command-args")?.trimmed ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    } else if let line = whole(rest, "bash-input") {
      // A command line that was typed to the agent and run without its model.
      kind = .command
      context.append(rest)
      rest = "!" + line.trimmed
    } else if rest.hasPrefix("<task-notification") {
      kind = .notification
    } else if rest.hasPrefix("This session is being continued from a previous conversation") {
      kind = .summary
    } else if programs.contains(where: { rest.hasPrefix($0) }) {
      context.append(rest)
      rest = ""
    } else if let typed = ["user_query", "task", "feedback", "user_message"].lazy.compactMap({ whole(rest, $0) }).first
    {
      rest = typed.trimmed
    }
    var elements: [LLMElement] = []
    if !rest.isEmpty {
      let joined = context.joined(separator: "\n")
      elements.append(.user(rest, kind: kind, context: joined.isEmpty ? nil : joined))
    }
    return elements + queued.filter { !$0.isEmpty }.map { .user($0, kind: .queued, context: nil) }
  }

  /// Blocks of the program's that may stand anywhere in a text.
  private static let wrappers = [
    "system-reminder", "environment_details", "local-command-caveat", "ide_opened_file", "ide_selection",
    "ide_diagnostics",
  ]

  /// How texts begin that no person typed.
  private static let programs = [
    "<local-command-", "Caveat:", "# AGENTS.md instructions", "<environment_context>", "<user_instructions>",
    "<permissions instructions>", "<INSTRUCTIONS>", "<turn_aborted>", "[Request interrupted by user",
    "[SUGGESTION MODE", "<session_context>", "<bash-stdout>", "<bash-stderr>",
  ]

  /// The text without the blocks of these tags, and the blocks.
  ///
  /// Bytes are compared, not characters: a combining mark after a tag does not hide it.
  private static func removing(_ text: String, tags: [String]) -> (String, [String]) {
    guard text.utf8.contains(UInt8(ascii: "<")) else { return (text, []) }
    var rest = Array(text.utf8)
    var blocks: [String] = []
    for tag in tags {
      guard var open = rest.firstIndex(of: "<\(tag)>") else { continue }
      var kept: [UInt8] = []
      var position = 0
      while true {
        kept += rest[position..<open]
        let close = "</\(tag)>"
        position = rest.firstIndex(of: close, from: open).map { $0 + close.utf8.count } ?? rest.count
        blocks.append(String(decoding: rest[open..<position], as: UTF8.self))
        guard let next = rest.firstIndex(of: "<\(tag)>", from: position) else { break }
        open = next
      }
      rest = kept + rest[position...]
    }
    return (blocks.isEmpty ? text : String(decoding: rest, as: UTF8.self), blocks)
  }

  private static func inner(_ text: String, _ tag: String) -> String? {
    guard let open = text.firstRange(of: "<\(tag)>"),
      let close = text[open.upperBound...].firstRange(of: "</\(tag)>")
    else { return nil }
    return String(text[open.upperBound..<close.lowerBound])
  }

  private static func whole(_ text: String, _ tag: String) -> String? {
    text.hasPrefix("<\(tag)>") ? inner(text, tag) : nil
  }
}
