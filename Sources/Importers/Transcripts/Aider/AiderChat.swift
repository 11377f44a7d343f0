import Bytes
import Model

/// One chat of Aider's history, fed line by line.
struct AiderChat: Sendable {
  /// Bytes of an answer or an output that are collected.
  static let textLimit = LLMTrafficReader.textLimit

  private enum Part { case nothing, typed, output, answer }

  private var dialogue: Dialogue
  private let at: Timestamp?
  private var part = Part.nothing
  private var text = ""
  private var origin: Origin
  /// The call whose output is being read.
  private var callKey: String?
  private var output = ""
  /// The last line asked whether a command that the model proposed shall run.
  private var isAllowed = false

  init(_ conversation: Conversation, isTimed: Bool) {
    var conversation = conversation
    conversation.agent = "aider"
    at = isTimed ? conversation.startedAt : nil
    origin = conversation.origin
    dialogue = Dialogue(conversation)
  }

  private var seenAt: Timestamp { dialogue.conversation.startedAt }

  mutating func take(_ line: String, _ origin: Origin, into events: inout [ConversationEvent]) {
    if line == "####" || line.hasPrefix("#### ") {
      turn(to: .typed, origin, into: &events)
      append(String(line.dropFirst(5)))
    } else if line == ">" || line.hasPrefix("> ") {
      turn(to: .output, origin, into: &events)
      note(String(line.dropFirst(2)), origin, into: &events)
    } else if line.isEmpty, part != .answer {
      // Consecutive lines are one prompt, and a blank line ends it.
      if part == .typed { turn(to: .nothing, origin, into: &events) }
    } else {
      turn(to: .answer, origin, into: &events)
      append(line)
    }
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    turn(to: .nothing, origin, into: &events)
    closeCall(into: &events)
    dialogue.finish(into: &events)
  }

  private mutating func append(_ line: String) {
    guard text.utf8.count < Self.textLimit else { return }
    text += (text.isEmpty ? "" : "\n") + line
  }

  private mutating func turn(to next: Part, _ origin: Origin, into events: inout [ConversationEvent]) {
    guard next != part else { return }
    switch part {
    case .typed: prompt(into: &events)
    case .answer:
      var answer = Dialogue.Answer()
      answer.text = text.trimmed
      dialogue.answer(answer, at: seenAt, origin: self.origin, into: &events)
    case .output, .nothing: break
    }
    if next == .typed || next == .answer { closeCall(into: &events) }
    (part, text, self.origin) = (next, "", origin)
  }

  private mutating func prompt(into events: inout [ConversationEvent]) {
    let typed = text.trimmed
    guard !typed.isEmpty else { return }
    let isCommand = typed.hasPrefix("/") || typed.hasPrefix("!")
    dialogue.prompt(
      typed, kind: isCommand ? .command : .human, at: at, seenAt: seenAt, origin: origin, into: &events)
    // Commands that run programs: their output follows.
    for start in ["/run ", "/test ", "/git ", "!"] where typed.hasPrefix(start) {
      let rest = String(typed.dropFirst(start.count)).trimmed
      guard !rest.isEmpty else { continue }
      let tool = start == "!" ? "run" : String(start.dropFirst().dropLast())
      open(tool, rest, isGit: tool == "git", origin, into: &events)
    }
  }

  private mutating func open(
    _ tool: String, _ command: String, isGit: Bool, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    closeCall(into: &events)
    let use = LLMToolUse(id: nil, name: tool, arguments: command)
    callKey = dialogue.open(use, at: at, seenAt: seenAt, origin: origin, into: &events) {
      if isGit { $0.command = "git " + command }
    }
  }

  private mutating func closeCall(into events: inout [ConversationEvent]) {
    guard let key = callKey else { return }
    callKey = nil
    if !output.isEmpty {
      dialogue.close(key, output, at: nil, seenAt: seenAt, origin: origin, into: &events)
    }
    output = ""
  }

  /// A line of output: facts of the chat, a command that the model proposed, or a program's words.
  private mutating func note(_ line: String, _ origin: Origin, into events: inout [ConversationEvent]) {
    if line.hasPrefix("Aider v") {
      dialogue.conversation.agentVersion = String(line.dropFirst(7).prefix { $0 != " " })
    } else if let start = ["Model: ", "Models: ", "Main model: "].first(where: { line.hasPrefix($0) }) {
      dialogue.conversation.model = String(line.dropFirst(start.count).prefix { $0 != " " && $0 != "," })
    } else if isAllowed, line.hasPrefix("Running ") {
      open("run", String(line.dropFirst(8)), isGit: false, origin, into: &events)
      isAllowed = false
      return
    }
    if line.hasPrefix("Run shell command") {
      isAllowed = line.hasSuffix(" y") || line.hasSuffix(" yes") || line.hasSuffix(" a")
    }
    guard callKey != nil, output.utf8.count < Self.textLimit else { return }
    output += (output.isEmpty ? "" : "\n") + line
  }
}
