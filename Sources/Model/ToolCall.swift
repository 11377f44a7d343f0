/// A tool that a model asked for, with what came of it.
public struct ToolCall: Sendable, Hashable {
  /// How far the evidence follows the call.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    /// Asked for in full; no result was seen.
    case pending
    /// A result was seen that is no failure.
    case succeeded
    /// The result says that it failed.
    case failed
    /// The request for it was cut short: its arguments are not whole.
    case incomplete
  }

  /// `tcl-` and 12 hexadecimal digits, derived from the native id, or from place and arguments when there is none.
  public var id: String
  /// `toolu_…`, `call_…`; nil in formats without ids.
  public var nativeID: String?
  public var conversationID: String
  /// The prompt that it serves.
  public var promptID: String?
  public var agent: String?
  /// Which agent asked, where the source tells agents apart.
  public var agentID: String?
  /// The agent that started this one.
  public var parentAgentID: String?
  /// The native id of the call that started the agent which made this one.
  public var parentCallID: String?
  /// When the model had asked; nil when only later history shows it.
  public var at: Timestamp?
  /// When the result was known at the latest; nil when only later history shows it.
  public var endedAt: Timestamp?
  /// When the evidence shows the call first.
  public var seenAt: Timestamp
  /// Empty when only its result was seen.
  public var tool: String
  /// The shell command, or else the arguments as JSON.
  public var command: String
  /// The arguments as sent: JSON, or free text.
  public var arguments: String
  public var status: Status
  /// The start of the result's text.
  public var result: String?
  public var exitCode: Int?
  /// The turn it belongs to, as the source names it: Claude Code's `promptId`, Codex's `turn_id`.
  public var turnID: String?
  /// The directory in which it ran.
  public var workingDirectory: String?
  /// It went on after its result had been given.
  public var isBackground: Bool
  /// The native id of an earlier call whose running program this one types into; its `id` where it has no native one.
  public var continuesCallID: String?
  /// Trace contexts of spans that tell of it, as W3C's traceparent has them in its middle: `trace id-span id`.
  public var spans: [String]
  /// The model's provider ran it, such as a web search.
  public var isServerSide: Bool
  /// Whether `arguments` is not all of them.
  public var isCut: Bool
  public var origin: Origin

  public init(
    nativeID: String?, conversationID: String, ordinal: Int, tool: String, arguments: String, seenAt: Timestamp,
    origin: Origin
  ) {
    // A native id is unique by itself; the conversation is left out so that a transcript and the traffic agree.
    id =
      nativeID.map { evidenceID("tcl-", [$0]) }
      ?? evidenceID("tcl-", [conversationID, String(ordinal), tool, arguments])
    self.nativeID = nativeID
    self.conversationID = conversationID
    self.tool = tool
    self.arguments = arguments
    self.seenAt = seenAt
    self.origin = origin
    command = arguments
    status = .pending
    isServerSide = false
    spans = []
    isBackground = false
    isCut = false
  }
}
