/// What a model answered.
public struct Completion: Sendable, Hashable {
  /// How the answer ended.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    case complete
    /// The stream ended, or was lost, before the answer did.
    case incomplete
    /// The answer is an error.
    case failed
  }

  /// `cmp-` and 12 hexadecimal digits.
  public var id: String
  /// `msg_…`, `chatcmpl-…`, `resp_…`.
  public var nativeID: String?
  public var conversationID: String
  /// The last prompt before it.
  public var promptID: String?
  public var model: String?
  public var at: Timestamp
  public var endedAt: Timestamp?
  /// Without the reasoning and the tool calls.
  public var text: String
  /// What the model showed of its reasoning.
  public var reasoning: String
  /// The API's word for why it ended: `end_turn`, `tool_calls`, `STOP`.
  public var stopReason: String?
  public var status: Status
  /// The API's error, as `type: message`.
  public var error: String?
  public var toolCallIDs: [String]
  public var inputTokens: UInt64?
  public var outputTokens: UInt64?
  public var origin: Origin

  public init(
    nativeID: String?, conversationID: String, ordinal: Int, text: String, at: Timestamp, status: Status,
    origin: Origin
  ) {
    id = evidenceID("cmp-", [conversationID, String(ordinal), nativeID ?? "", text])
    self.nativeID = nativeID
    self.conversationID = conversationID
    self.text = text
    self.at = at
    self.status = status
    self.origin = origin
    reasoning = ""
    toolCallIDs = []
  }
}
