/// A conversation as the case file holds it; a row of the `conversations` view.
public struct StoredConversation: Sendable, Hashable {
  public var id: String
  public var nativeID: String?
  /// The conversation of which this is a branch, or whose agent started this one's.
  public var parentID: String?
  public var link: Conversation.Link?
  /// The call that started it, where the case has that call.
  public var parentCall: CallPlace?
  public var agent: String?
  public var agentID: String?
  public var model: String?
  public var human: String?
  public var agentVersion: String?
  public var workingDirectory: String?
  public var clock: Conversation.Clock
  /// How far its clock runs ahead of the captures', in nanoseconds; nil where nothing tells.
  public var clockOffset: Int64?
  public var startedAt: Timestamp
  public var sourceID: String?

  public init(id: String, startedAt: Timestamp) {
    self.id = id
    self.startedAt = startedAt
    clock = .utc
  }
}

/// Where a tool call stands.
public struct CallPlace: Sendable, Hashable {
  public var id: String
  public var conversation: String
  /// When it was made, or when the evidence shows it first.
  public var at: Timestamp

  public init(id: String, conversation: String, at: Timestamp) {
    self.id = id
    self.conversation = conversation
    self.at = at
  }
}
