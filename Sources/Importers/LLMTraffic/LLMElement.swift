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
}

/// What a request says, the same for all APIs.
struct LLMRequest: Sendable {
  var model: String?
  var system: [String] = []
  var elements: [LLMElement] = []
  var isCut = false
  var previousID: String?
  /// Session, thread or conversation.
  var sessionID: String?
  var turnID: String?
  var agent: String?
  var agentID: String?
  var parentAgentID: String?
  var human: String?
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
  var inputTokens: UInt64?
  var outputTokens: UInt64?
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return String(self[first...last])
  }

  /// At most so many bytes, cut between characters.
  func cut(to byteCount: Int) -> String {
    guard utf8.count > byteCount else { return self }
    var end = utf8.index(startIndex, offsetBy: byteCount)
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}
