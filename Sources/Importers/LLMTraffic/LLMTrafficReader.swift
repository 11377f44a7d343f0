import Bytes
public import Model

/// Finds the prompts, tool calls and answers in traffic with language models.
///
/// A request sends the history again. What a conversation is, is therefore told by the chain of digests over its elements:
/// a request goes on with the conversation whose chain it repeats furthest, and only what comes after is new.
public struct LLMTrafficReader {
  /// Places in conversations that are remembered, a digest each.
  static let placeLimit = 1 << 18
  /// Conversations and tool calls that are remembered.
  static let nounLimit = 1 << 16
  /// Bytes of the ids and names in each table of them.
  static let tableByteLimit = 32 << 20
  /// Bytes kept of a prompt, of a command, and of an answer's text.
  static let textLimit = 256 << 10
  /// Bytes kept of a tool's result.
  static let resultLimit = 16 << 10

  struct Place: Sendable {
    var conversation: String
    var ordinal: Int
  }

  struct State: Sendable {
    var noun: Conversation
    var tip: Digest
    /// The place where the last request ended.
    var requestEnd: Digest
    var ordinal = 0
    var promptID: String?
    var replyWasComplete = false
  }

  var places = BoundedTable<Digest, Place>(limit: placeLimit)
  var states = BoundedTable<String, State>(limit: nounLimit, byteLimit: tableByteLimit) { key, state in
    key.utf8.count + state.noun.byteCount
  }
  /// The conversation of a session's main agent.
  var sessions = Self.names { (_, id: String) in id.utf8.count }
  /// The place of an answer's id.
  var answers = Self.names { (_, _: Digest) in 32 }
  /// The conversation of a tool call's native id.
  var calls = Self.names { (_, id: String) in id.utf8.count }
  /// The call that gave a text to a sub-agent.
  var delegations = BoundedTable<Digest, (call: String?, conversation: String)>(
    limit: nounLimit, byteLimit: tableByteLimit
  ) { ($1.call?.utf8.count ?? 0) + $1.conversation.utf8.count }
  /// System prompts that were told.
  var systems = Self.names { (_, _: Bool) in 1 }
  /// Places after which the start of a cut prompt was told.
  var cuts = BoundedTable<Digest, Bool>(limit: nounLimit)
  var pending = PendingCalls()

  public init() {}

  private static func names<Value: Sendable>(
    _ weight: @escaping @Sendable (String, Value) -> Int
  ) -> BoundedTable<String, Value> {
    BoundedTable(limit: nounLimit, byteLimit: tableByteLimit) { $0.utf8.count + weight($0, $1) }
  }

  /// Whether a call talks to a language model, by path, headers and body shape (never by host alone).
  public static func recognizes(_ call: Call) -> Bool { LLMDialect(call) != nil }

  /// Whether the path of a call is that of a language model's API.
  public static func isByPath(_ call: Call) -> Bool { LLMDialect.isOwnPath(call.head.path) }

  /// Takes a call that was recognised; `origin` becomes that of what is found.
  public mutating func read(
    _ call: Call, startedAt: Timestamp, endedAt: Timestamp?, origin: Origin, into events: inout [ConversationEvent]
  ) {
    guard let dialect = LLMDialect(call) else { return }
    if call.upgrade == "websocket" {
      readSocket(call, startedAt: startedAt, endedAt: endedAt, origin: origin, into: &events)
      return
    }
    var request = LLMRequest()
    if let body = call.requestBody?.content {
      do throws(DecodeError) {
        let text = try JSONText(body.bytes)
        request = LLMRequest(text, dialect: dialect, head: call.head)
        if text.isCut || body.isCut {
          note("llm-request-cut", "the end of a request to a model is missing", origin, startedAt, &events)
        }
        let duplicateCount = text.value.duplicateCount
        if duplicateCount > 0 {
          note("json-duplicate-member", "\(duplicateCount) members came twice", origin, startedAt, &events)
        }
      } catch {
        note("llm-request-unreadable", "\(error)", origin, startedAt, &events)
        request.isCut = true
      }
    } else {
      request.isCut = true
      note("llm-request-missing", "the body of a request to a model was not seen", origin, startedAt, &events)
    }
    let end = endedAt ?? startedAt
    let reply = self.reply(call, dialect: dialect, origin: origin, at: end, into: &events)
    take(request, reply, startedAt: startedAt, endedAt: endedAt, origin: origin, into: &events)
  }

  /// Tells the tool calls whose result was never seen.
  public mutating func finish(into events: inout [ConversationEvent]) {
    for call in pending.removeAll() { events.append(.toolCall(call)) }
  }

  func note(
    _ code: Anomaly.Code, _ detail: String, _ origin: Origin, _ time: Timestamp, _ events: inout [ConversationEvent]
  ) { events.append(.anomaly(Anomaly(code, detail, origin: origin, time: time))) }
}
