/// A row of the `attributions` view, with what it names.
public struct StoredAttribution: Sendable, Hashable {
  public var actionID: String
  /// The prompt at the root; nil when only the call is known.
  public var prompt: StoredPrompt?
  public var call: StoredToolCall?
  public var method: Attribution.Method
  /// Probability that the prompt is the right one, 0 to 1.
  public var confidence: Double
  public var reason: String
  public var isAmbiguous: Bool
  /// 0 is the best.
  public var rank: Int
  /// The action of the agent's that made an application do this.
  public var viaActionID: String?

  public init(
    actionID: String, prompt: StoredPrompt?, call: StoredToolCall?, method: Attribution.Method, confidence: Double,
    reason: String, isAmbiguous: Bool, rank: Int, viaActionID: String?
  ) {
    self.actionID = actionID
    self.prompt = prompt
    self.call = call
    self.method = method
    self.confidence = confidence
    self.reason = reason
    self.isAmbiguous = isAmbiguous
    self.rank = rank
    self.viaActionID = viaActionID
  }
}

/// What came of a prompt.
public struct PromptEffects: Sendable, Hashable {
  /// Actions by effect.
  public var counts: [Effect: Int]
  /// Rows that reads returned.
  public var rowCount: Int
  /// Actions that may as well come from other prompts; they are not among `counts`.
  public var ambiguousCount: Int

  public init(counts: [Effect: Int] = [:], rowCount: Int = 0, ambiguousCount: Int = 0) {
    self.counts = counts
    self.rowCount = rowCount
    self.ambiguousCount = ambiguousCount
  }

  public var changeCount: Int { counts.reduce(0) { $0 + ($1.key.isChange ? $1.value : 0) } }
  public var isEmpty: Bool { counts.isEmpty && ambiguousCount == 0 }
}
