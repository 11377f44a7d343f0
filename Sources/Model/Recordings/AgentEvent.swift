public import Bytes

/// What an agent's own hook told the gateway: a prompt, or a call of a tool; an `agent` event.
public struct AgentEvent: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Somebody asked the agent for something.
    case prompt
    /// A tool is about to run.
    case call
    /// It has run.
    case result
  }

  /// Bytes of a text that are kept; with all of them escaped an event is still short enough.
  public static let textLimit = 8 << 10
  private static let wordLimit = 256

  /// `claude-code`, `codex`.
  public var agent: String
  public var kind: Kind
  /// The agent's own ids, as its transcript has them.
  public var conversation: String
  public var turn: String?
  public var call: String?
  /// The agent within the agent.
  public var subagent: String?
  public var tool: String?
  /// The prompt; the command of a shell, or else the arguments as JSON.
  public var text: String?
  /// SHA-256 of all of the text, where not all of it is there.
  public var textDigest: Digest?
  /// Of a result.
  public var hasFailed: Bool?
  /// Who runs the agent: the user of the machine, by its own word.
  public var human: String?
  /// What the hook gave the command to say on the wire.
  public var traceparent: String?

  public init(agent: String, kind: Kind, conversation: String) {
    (self.agent, self.kind, self.conversation) = (agent, kind, conversation)
  }

  /// Sets the text, cut to what is kept.
  public mutating func set(text: String) {
    guard text.utf8.count > Self.textLimit else {
      (self.text, textDigest) = (text, nil)
      return
    }
    textDigest = SHA256.digest(of: text)
    var end = text.utf8.index(text.startIndex, offsetBy: Self.textLimit)
    while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    self.text = String(text[..<end])
  }

  func write(to json: inout JSONWriter) {
    json.member("agent", agent)
    json.member("kind", kind.rawValue)
    json.member("conversation", conversation)
    for (name, value) in words { if let value { json.member(name, value) } }
    if let text { json.member("text", text) }
    if let textDigest { json.member("text_sha256", textDigest.hex) }
    if let hasFailed { json.member("failed", hasFailed) }
  }

  private var words: [(String, String?)] {
    [
      ("turn", turn), ("call", call), ("subagent", subagent), ("tool", tool), ("human", human),
      ("traceparent", traceparent),
    ]
  }

  /// The members of the event, as hooks send them and recordings hold them.
  public var members: [UInt8] {
    var json = JSONWriter()
    json.object { write(to: &$0) }
    return json.bytes
  }

  /// Reads the members.
  ///
  /// - Throws: `DecodeError` when one is missing, or has no such value.
  public init(members value: JSONValue) throws(DecodeError) { try self.init(EventFields(value)) }

  init(_ fields: EventFields) throws(DecodeError) {
    agent = try Self.word(try fields.required("agent"))
    kind = try fields.required(Kind.self, "kind")
    conversation = try Self.word(try fields.required("conversation"))
    func word(_ name: String) throws(DecodeError) -> String? {
      guard let text = fields.text(name) else { return nil }
      return try Self.word(text)
    }
    (turn, call, subagent) = (try word("turn"), try word("call"), try word("subagent"))
    (tool, human, traceparent) = (try word("tool"), try word("human"), try word("traceparent"))
    if let text = fields.text("text") { set(text: text) }
    textDigest = textDigest ?? fields.digest("text_sha256")
    hasFailed = fields.flag("failed")
  }

  private static func word(_ text: String) throws(DecodeError) -> String {
    guard !text.isEmpty, text.utf8.count <= wordLimit,
      text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
      throw DecodeError(.outOfRange, "agent event", offset: 0, expected: "1 to \(wordLimit) bytes without controls")
    }
    return text
  }
}
