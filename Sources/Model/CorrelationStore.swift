public import Bytes

/// The case as the attribution of actions to prompts needs it: read session by session, written at the end.
public protocol CorrelationStore {
  /// Whether there are both tool calls and sessions.
  func hasBothSides() throws -> Bool
  func prompts() throws -> [PromptPlace]
  func conversations() throws -> [ConversationPlace]
  /// Tool calls in order of time, those without times in the order of their source.
  func forEachToolCall(_ body: (StoredCall) throws -> Void) throws
  /// Native ids of calls that started an agent, each with the prompt that it serves, in order of time.
  func startingCalls() throws -> [(id: String, prompt: String)]
  /// How many calls refer to each prompt, by the prompt's id.
  func callCounts() throws -> [String: Int]
  /// Sessions with all their actions, in a stable order; one at a time is in memory.
  func forEachSession(_ body: (_ number: Int64, Session, [Action]) throws -> Void) throws
  /// Other facts of a session by name.
  func facts(ofSession number: Int64) throws -> [(name: String, value: String)]
  /// The heads of a request and its response, by the action's row.
  func callHead(ofAction number: Int64) throws -> CallHead?
  /// The start of a request's body, by the action's row; nil when it has none.
  func requestBody(ofAction number: Int64, limit: Int) throws -> [UInt8]?
  /// Pairs of conversations of which one's answers ask for calls that the other tells.
  func sharedCalls() throws -> [(String, String)]
  /// Takes the place of all that was known of prompts that several sources tell.
  func replaceTwins(_ twins: [(prompt: Int64, sameAs: Int64)]) throws
  /// Takes the place of all that was known of prompts that go back to others.
  func replaceRoots(_ roots: [(prompt: Int64, root: Int64)]) throws
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
  /// When it was typed; nil when the source has no times.
  public var at: Timestamp?
  /// The row of its source.
  public var source: Int64 = 0
  /// Of its words; nil when it has none.
  public var digest: Digest?

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
