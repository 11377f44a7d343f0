/// What a language model was asked to do, by a person or by the program around it.
public struct Prompt: Sendable, Hashable {
  /// Who is behind the text.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Typed by a person.
    case human
    /// Typed by a person while the model was at work.
    case queued
    /// A command of the agent's own, such as `/compact`, typed by a person.
    case command
    /// Instructions of the program: the system or developer prompt.
    case system
    /// Given by an agent to its sub-agent.
    case delegated
    /// The program's report of an event, such as a background task that ended.
    case notification
    /// A summary that takes the place of earlier history.
    case summary

    /// Whether a person typed it.
    public var isTyped: Bool { self == .human || self == .queued || self == .command }
  }

  /// `prm-` and 12 hexadecimal digits, derived from conversation, ordinal, role and text.
  public var id: String
  /// The source's own id of the turn or message.
  public var nativeID: String?
  /// The program that talked to the model: `claude-cli/2.1.86`.
  public var agent: String?
  /// Which of its agents, where it says so.
  public var agentID: String?
  public var model: String?
  /// The person or account, as the source names it.
  public var human: String?
  public var conversationID: String
  /// Its place among the elements of the conversation, from 0; that of a system prompt is 0.
  public var ordinal: Int
  /// Nil when only a later message shows that it had been given.
  public var at: Timestamp?
  /// When the evidence shows it first; never before `at`.
  public var seenAt: Timestamp
  /// As typed: what the program wrapped around it is in `context`.
  public var text: String
  public var kind: Kind
  /// What the program added to the message: reminders, the environment, project instructions.
  public var context: String?
  /// Whether `text` is not all of it.
  public var isCut: Bool
  public var origin: Origin

  public init(
    conversationID: String, ordinal: Int, kind: Kind, text: String, at: Timestamp?, seenAt: Timestamp, origin: Origin
  ) {
    let role = kind == .system ? "system" : "user"
    id = evidenceID("prm-", [conversationID, String(ordinal), role, text])
    self.conversationID = conversationID
    self.ordinal = ordinal
    self.kind = kind
    self.text = text
    self.at = at
    self.seenAt = seenAt
    self.origin = origin
    isCut = false
  }
}
