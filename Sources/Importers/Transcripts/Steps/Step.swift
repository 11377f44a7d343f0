import Bytes
import Model

/// What a span, a log record, a run or an observation says of an agent's work: they come in any order.
struct Step: Sendable {
  enum Shape: Sendable {
    /// A piece of work that begins with what a person asked for; `text` is nil where the record does not tell it.
    case task(text: String?)
    /// What was typed; `text` is nil where the source does not record it.
    case prompt(text: String?)
    /// An exchange with the model, with the last text of a user that it sent.
    case model(Dialogue.Answer, asked: String?)
    case tool(Tool)
    /// Tells facts of its conversation and nothing else.
    case facts
  }

  /// A tool call, or what one of several records of it tells.
  struct Tool: Sendable {
    var use: LLMToolUse
    /// The shell command where the arguments as sent do not hold it.
    var command: String?
    var workingDirectory: String?
    var result: String?
    var failed: Bool?
    var exitCode: Int?
    /// Trace and span of its records.
    var spans: [String] = []
    /// It was recorded after the fact, so that its beginning is not known.
    var isCut = false
    /// No result was seen, although the record has an end.
    var isOpen = false
    /// It went on after its result had been given.
    var isBackground = false
  }

  var id: String?
  var parentID: String?
  var traceID: String?
  /// The session, thread or conversation that the record names itself.
  var sessionID: String?
  /// The prompt or turn that it names.
  var turnID: String?
  var at: Timestamp
  var endedAt: Timestamp?
  /// The source's own number, for records of one time.
  var sequence = 0
  var shape: Shape
  var facts = Facts()
  /// What the record itself says of a prompt that the text does not show: who is behind it, what was added to it.
  var promptKind: Prompt.Kind?
  var promptContext: String?
  /// Why its conversation has a parent.
  var link: Conversation.Link?
  var origin: Origin

  /// What the record tells of its conversation.
  struct Facts: Sendable {
    var agent: String?
    var agentID: String?
    var agentVersion: String?
    var model: String?
    var human: String?
    var workingDirectory: String?
  }
}
