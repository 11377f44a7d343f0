/// A prompt as the case file holds it; a row of the `prompts` view.
public struct StoredPrompt: Sendable, Hashable {
  public var id: String
  public var nativeID: String?
  public var kind: Prompt.Kind
  public var agent: String?
  public var agentID: String?
  public var model: String?
  public var human: String?
  public var conversation: String
  /// Nil when only a later message shows that it had been given.
  public var at: Timestamp?
  public var seenAt: Timestamp
  /// The prompt at the root, which a person typed where the evidence leads to one; its own id if it is that.
  public var rootID: String
  public var text: String
  /// What the program around the model added to it.
  public var context: String?
  /// Whether `text` is not all of it.
  public var isCut = false
  public var sourceID: String?
  public var packet: UInt64?
  public var toolCalls: [StoredToolCall]

  public init(id: String, kind: Prompt.Kind, conversation: String, seenAt: Timestamp, text: String) {
    self.id = id
    rootID = id
    self.kind = kind
    self.conversation = conversation
    self.seenAt = seenAt
    self.text = text
    toolCalls = []
  }
}

/// A tool call as the case file holds it; a row of the `tool_calls` view.
public struct StoredToolCall: Sendable, Hashable {
  public var id: String
  public var nativeID: String?
  public var tool: String
  public var command: String
  public var status: ToolCall.Status
  public var at: Timestamp?
  public var endedAt: Timestamp?
  /// When the evidence shows it first; nil where that was not read.
  public var seenAt: Timestamp?
  /// The arguments as sent: JSON, or free text. `CaseReading.forEachToolCall` alone gives them.
  public var arguments = ""
  public var result: String?
  public var exitCode: Int?
  /// The turn it belongs to, as the source names it.
  public var turnID: String?
  /// It went on after its result had been given.
  public var isBackground = false
  /// Whether `arguments` is not all of them.
  public var isCut = false
  /// The call that started the agent which made this one, where the case has that call.
  public var parentCall: CallPlace?
  public var sourceID: String?
  public var conversation = ""
  public var agent: String?
  /// Which of the program's agents.
  public var agentID: String?
  public var workingDirectory: String?
  /// The prompt that it serves, which of a sub-agent is its task.
  public var promptID: String?
  /// What the wire says of it; nil where no capture could.
  public var witness: CallVerdict.Verdict?
  public var witnessDetail: String?

  public init(id: String, tool: String, command: String, status: ToolCall.Status) {
    self.id = id
    self.tool = tool
    self.command = command
    self.status = status
  }
}
