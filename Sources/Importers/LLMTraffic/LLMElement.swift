import Model

/// A part of a conversation, the same for all APIs: how messages are grouped differs among them and is left out.
enum LLMElement: Sendable, Hashable {
  /// What a user message holds, with who is behind it.
  case user(String, kind: Prompt.Kind, context: String?)
  case assistant(String)
  case toolUse(LLMToolUse)
  case toolResult(id: String?, name: String?, text: String, isError: Bool?)

  /// What a later request is compared by. Arguments and results are left out where an id names them: clients write
  /// them anew, or clear old ones.
  var key: [String] {
    switch self {
    case .user(let text, _, _): ["user", text.trimmed]
    case .assistant(let text): ["assistant", text.trimmed]
    case .toolUse(let use): ["use", use.id ?? "", use.name, use.id == nil ? use.arguments : ""]
    case .toolResult(let id, let name, let text, _): ["result", id ?? name ?? "", id == nil ? text : ""]
    }
  }

  /// The same with its ids and names cut to what is kept of them.
  var bounded: LLMElement {
    switch self {
    case .user, .assistant: return self
    case .toolUse(var use):
      use.bound()
      return .toolUse(use)
    case .toolResult(let id, let name, let text, let isError):
      let limit = LLMRequest.nameLimit
      return .toolResult(id: id?.cut(to: limit), name: name?.cut(to: limit), text: text, isError: isError)
    }
  }

  var isOfAssistant: Bool {
    switch self {
    case .assistant, .toolUse: true
    case .user, .toolResult: false
    }
  }
}

/// A tool call as the model wrote it.
struct LLMToolUse: Sendable, Hashable {
  var id: String?
  var name: String
  var arguments: String
  var isServerSide = false
  var isComplete = true
  /// When its last piece came; nil where pieces have no times of their own.
  var at: Timestamp?

  mutating func bound() {
    id = id?.cut(to: LLMRequest.nameLimit)
    name = name.cut(to: LLMRequest.nameLimit)
  }
}

/// What a request says, the same for all APIs.
struct LLMRequest: Sendable {
  /// Bytes kept of an id or name; those of the known agents and services are far shorter.
  static let nameLimit = 512

  var model: String?
  var system: [String] = []
  var elements: [LLMElement] = []
  /// What follows the elements is missing.
  var isCut = false
  /// The last of `system` is not all of it.
  var isSystemCut = false
  /// Where the elements of the last message begin.
  var lastStart = 0
  /// The start of a user's text that is cut; no element, for its whole is not known.
  var cutText: LLMElement?
  var previousID: String?
  /// Session, thread or conversation.
  var sessionID: String?
  var turnID: String?
  var agent: String?
  var agentID: String?
  var parentAgentID: String?
  var human: String?
  /// Where what this request sends first begins: what stands before the last answer was sent at an earlier time, and
  /// of a cut request nothing is known to be new.
  private(set) var current = 0

  /// Sets `current` from the elements.
  mutating func findCurrent() {
    current = isCut ? elements.count : (elements.lastIndex { $0.isOfAssistant } ?? -1) + 1
  }
}

/// What an answer says, the same for all APIs.
struct LLMReply: Sendable {
  var id: String?
  var model: String?
  var text = ""
  var reasoning = ""
  var toolUses: [LLMToolUse] = []
  var stopReason: String?
  var error: String?
  var isComplete = false
  /// The time of the last event that was seen; nil where events have no times of their own.
  var endedAt: Timestamp?
  var inputTokens: UInt64?
  var outputTokens: UInt64?
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    if first == scalars.startIndex, scalars.index(after: last) == scalars.endIndex { return self }
    return String(scalars[first...last])
  }

  /// At most so many bytes, cut between characters.
  func cut(to byteCount: Int) -> String {
    guard utf8.count > byteCount else { return self }
    var end = utf8.index(startIndex, offsetBy: byteCount)
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}

extension Conversation {
  /// Bytes of its ids and names.
  var byteCount: Int {
    let names = [id, nativeID, parentID, parentCallID, agent, agentID, parentAgentID, model, human]
    return names.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
  }
}
