/// A conversation as the case file holds it; a row of the `conversations` view.
public struct StoredConversation: Sendable, Hashable {
  public var id: String
  public var nativeID: String?
  public var parentID: String?
  public var link: Conversation.Link?
  /// The native id of the tool call that started it.
  public var parentCallID: String?
  public var agent: String?
  public var agentVersion: String?
  public var model: String?
  public var human: String?
  public var workingDirectory: String?
  public var clock: Conversation.Clock
  public var startedAt: Timestamp
  public var sourceID: String?

  public init(id: String, startedAt: Timestamp) {
    self.id = id
    self.startedAt = startedAt
    clock = .utc
  }
}

/// How far the clock of a transcript runs ahead of the captures'; a row of the `clock_offsets` view.
public struct StoredClockOffset: Sendable, Hashable {
  public var sourceID: String
  public var nanoseconds: Int64
  /// How wide the range is in which the truth lies, in nanoseconds.
  public var spread: Int64
  /// Pairs of call and action that agree on it.
  public var anchorCount: Int

  public init(sourceID: String, nanoseconds: Int64, spread: Int64, anchorCount: Int) {
    self.sourceID = sourceID
    self.nanoseconds = nanoseconds
    self.spread = spread
    self.anchorCount = anchorCount
  }
}
