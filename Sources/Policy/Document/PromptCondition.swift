/// What a rule says of the prompt behind an action.
enum PromptCondition: Sendable, Hashable {
  /// No prompt that is known explains the action.
  case none
  /// Several do as well.
  case ambiguous
  /// None, several, or one that is less probable than this.
  case confidenceBelow(Double)

  init?(word: String) {
    switch word {
    case "none": self = .none
    case "ambiguous": self = .ambiguous
    default: return nil
    }
  }

  func matches(_ facts: PromptFacts?) -> Bool {
    switch self {
    case .none: facts == nil
    case .ambiguous: facts?.isAmbiguous ?? false
    case .confidenceBelow(let limit): facts.map { $0.isAmbiguous || $0.confidence < limit } ?? true
    }
  }
}

/// What is known of the prompt behind an action.
public struct PromptFacts: Sendable, Hashable {
  public var promptID: String?
  /// Who gave the prompt at the root.
  public var human: String?
  public var agent: String?
  /// Probability that it is the right one, 0 to 1.
  public var confidence: Double
  public var isAmbiguous: Bool

  public init(promptID: String?, human: String?, agent: String?, confidence: Double, isAmbiguous: Bool) {
    self.promptID = promptID
    self.human = human
    self.agent = agent
    self.confidence = confidence
    self.isAmbiguous = isAmbiguous
  }
}
