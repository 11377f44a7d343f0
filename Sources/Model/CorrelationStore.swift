/// The case as the attribution of actions to prompts needs it: read session by session, written at the end.
public protocol CorrelationStore {
  /// Whether there are both tool calls and sessions.
  func hasBothSides() throws -> Bool
  func prompts() throws -> [PromptPlace]
  func conversations() throws -> [ConversationPlace]
  /// Tool calls in order of time, those without times in the order of their source.
  func forEachToolCall(_ body: (StoredCall) throws -> Void) throws
  /// Sessions with all their actions, in a stable order; one at a time is in memory.
  func forEachSession(_ body: (_ number: Int64, Session, [Action]) throws -> Void) throws
  /// Other facts of a session by name.
  func facts(ofSession number: Int64) throws -> [(name: String, value: String)]
  /// The heads of a request and its response, by the action's row.
  func callHead(ofAction number: Int64) throws -> CallHead?
  /// The start of a request's body, by the action's row; nil when it has none.
  func requestBody(ofAction number: Int64, limit: Int) throws -> [UInt8]?
  /// Takes the place of all attributions, verdicts and offsets that were there.
  func replaceAttributions(_ attributions: [Attribution], verdicts: [CallVerdict], offsets: [ClockOffset]) throws
  /// Takes the place of all anomalies of that kind that were there.
  func replaceCarrierConflicts(_ conflicts: [CarrierConflict]) throws
}

/// Where a prompt stands.
public struct PromptPlace: Sendable, Hashable {
  /// Its row.
  public var number: Int64
  public var id: String
  public var nativeID: String?
  public var conversation: String
  public var kind: Prompt.Kind

  public init(number: Int64, id: String, nativeID: String?, conversation: String, kind: Prompt.Kind) {
    self.number = number
    self.id = id
    self.nativeID = nativeID
    self.conversation = conversation
    self.kind = kind
  }
}

/// Where a conversation stands.
public struct ConversationPlace: Sendable, Hashable {
  public var id: String
  public var nativeID: String?
  public var parentID: String?
  /// The native id of the tool call that started it.
  public var parentCallID: String?
  public var clock: Conversation.Clock

  public init(id: String, nativeID: String?, parentID: String?, parentCallID: String?, clock: Conversation.Clock) {
    self.id = id
    self.nativeID = nativeID
    self.parentID = parentID
    self.parentCallID = parentCallID
    self.clock = clock
  }
}

/// A tool call with its rows.
public struct StoredCall: Sendable {
  /// Its row.
  public var number: Int64
  /// The row of the source that tells of it.
  public var source: Int64
  public var call: ToolCall

  public init(number: Int64, source: Int64, call: ToolCall) {
    self.number = number
    self.source = source
    self.call = call
  }
}
