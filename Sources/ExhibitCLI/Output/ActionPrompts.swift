import Model
import Policy
import Store

/// The prompt behind each action, as policies ask for it.
struct ActionPrompts {
  /// Whether the case has transcripts with tool calls at all.
  let isPresent: Bool
  private let marks: [String: [AttributionMark]]
  private let prompts: [String: StoredPrompt]

  init(_ file: CaseFile) throws {
    let marks = try file.attributionMarks()
    isPresent = marks != nil
    self.marks = marks ?? [:]
    var prompts: [String: StoredPrompt] = [:]
    if !self.marks.isEmpty { try file.forEachPrompt { prompts[$0.id] = $0 } }
    self.prompts = prompts
  }

  /// Nil when no prompt that is known explains the action.
  func facts(of actionID: String) -> PromptFacts? {
    guard let mark = marks[actionID]?.first else { return nil }
    let prompt = mark.promptID.flatMap { prompts[$0] }
    let root = prompt.flatMap { prompts[$0.rootID] } ?? prompt
    return PromptFacts(
      promptID: mark.promptID, human: root?.human, agent: prompt?.agent, confidence: mark.confidence,
      isAmbiguous: mark.isAmbiguous)
  }

  /// The prompt at the root; nil when none is known, or several are possible.
  func text(of actionID: String) -> String? {
    guard let mark = marks[actionID]?.first, !mark.isAmbiguous, let prompt = mark.promptID.flatMap({ prompts[$0] })
    else {
      return nil
    }
    return (prompts[prompt.rootID] ?? prompt).text
  }
}
