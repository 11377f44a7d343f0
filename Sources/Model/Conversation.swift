import Bytes

/// A line of prompts and answers; one that was cut, edited or delegated goes on as a child.
public struct Conversation: Sendable, Hashable {
  /// Why a conversation has a parent.
  public enum Link: String, Sendable, Hashable, CaseIterable {
    /// Earlier history was edited or taken back, or one history was continued twice.
    case branch
    /// A summary took the place of earlier history.
    case compaction
    /// An agent of its own does a part of the work.
    case subagent
    /// Another conversation of the same session, such as the making of a title.
    case side
  }

  /// What the times of its records are worth.
  public enum Clock: String, Sendable, Hashable, CaseIterable {
    /// Points in time, to be compared with others' up to the clocks' difference.
    case utc
    /// Wall clock of an unknown time zone, held as if it were UTC.
    case local
    /// Only the beginning is known; what follows has its time.
    case start
    /// None: the file's own time stands for all.
    case none
  }

  /// `cnv-` and 12 hexadecimal digits.
  public var id: String
  /// The session, thread or conversation id that the source gives.
  public var nativeID: String?
  public var parentID: String?
  public var link: Link?
  /// The native id of the tool call that started it.
  public var parentCallID: String?
  public var agent: String?
  public var agentID: String?
  public var parentAgentID: String?
  public var model: String?
  public var human: String?
  /// `2.1.62`.
  public var agentVersion: String?
  /// The directory in which the agent was started.
  public var workingDirectory: String?
  public var clock: Clock
  public var startedAt: Timestamp
  public var origin: Origin

  public init(id: String, startedAt: Timestamp, origin: Origin) {
    self.id = id
    self.startedAt = startedAt
    clock = .utc
    self.origin = origin
  }

  /// An id from what sets the conversation apart.
  public static func identifier(_ parts: [String]) -> String { evidenceID("cnv-", parts) }
}

/// `prefix` and the first 12 hexadecimal digits of SHA-256 over the parts, each with its length before it.
func evidenceID(_ prefix: String, _ parts: [String]) -> String {
  var text: [UInt8] = []
  for part in parts {
    text += String(part.utf8.count).utf8
    text.append(UInt8(ascii: ":"))
    text += part.utf8
  }
  return prefix + SHA256.digest(of: text.span).bytes.prefix(6).hex
}
