/// Of one action: a prompt that it may go back to, by ids.
public struct AttributionMark: Sendable, Hashable {
  public var promptID: String?
  public var callID: String?
  public var method: Attribution.Method
  /// Probability that the prompt is the right one, 0 to 1.
  public var confidence: Double
  public var reason: String
  /// Several prompts remain, or nobody's that is known.
  public var isAmbiguous: Bool
  /// The action of the agent's that made an application do this.
  public var viaActionID: String?
  /// That of the call, or else of the prompt; nil where it was not asked for (`CaseReading.attributionMarks()`).
  public var conversationID: String?

  public init(
    promptID: String?, callID: String?, method: Attribution.Method, confidence: Double, reason: String,
    isAmbiguous: Bool, viaActionID: String? = nil
  ) {
    self.promptID = promptID
    self.callID = callID
    self.method = method
    self.confidence = confidence
    self.reason = reason
    self.isAmbiguous = isAmbiguous
    self.viaActionID = viaActionID
  }
}
