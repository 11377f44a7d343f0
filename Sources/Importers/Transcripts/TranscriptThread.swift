import Model

/// One conversation while its transcript is read.
struct TranscriptThread: Sendable {
  /// An answer whose records are still coming.
  struct Answer: Sendable {
    /// What its records have in common.
    var key: String
    var nativeID: String?
    var ordinal: Int
    var promptID: String?
    var model: String?
    var at: Timestamp
    var endedAt: Timestamp
    var text = ""
    var reasoning = ""
    var stopReason: String?
    var error: String?
    var isCut = false
    var toolCallIDs: [String] = []
    var inputTokens: UInt64?
    var outputTokens: UInt64?
    var origin: Origin

    init(key: String, nativeID: String?, ordinal: Int, at: Timestamp, origin: Origin) {
      self.key = key
      self.nativeID = nativeID
      self.ordinal = ordinal
      self.at = at
      endedAt = at
      self.origin = origin
    }

    /// Adds a part of the text, up to the limit.
    mutating func append(text part: String) { Self.append(part, to: &text) }

    /// Adds a part of what the model showed of its reasoning.
    mutating func append(reasoning part: String) { Self.append(part, to: &reasoning) }

    private static func append(_ part: String, to whole: inout String) {
      guard !part.isEmpty, whole.utf8.count < TranscriptNouns.textLimit else { return }
      if !whole.isEmpty { whole += "\n" }
      whole += part
      whole = whole.cut(to: TranscriptNouns.textLimit)
    }
  }

  var noun: Conversation
  /// Whether the conversation was told, which is done when there is something in it.
  var isTold = false
  /// How many elements came before.
  var ordinal = 0
  /// The last prompt.
  var promptID: String?
  var turnID: String?
  var workingDirectory: String?
  var model: String?
  var answer: Answer?

  init(_ noun: Conversation) { self.noun = noun }

  /// The place of the next element.
  mutating func next() -> Int {
    defer { ordinal += 1 }
    return ordinal
  }
}
