import Model

/// An action with all that decides whether it was approved.
struct Deed {
  let action: Action
  let session: Session
  let prompt: PromptFacts?
  let terms: ApprovalTerms
  /// Statements before it in its session that decide what it means.
  let before: [String]
  /// Settings that the connection began with.
  let startSettings: [String]
  /// SHA-256 of what was sent besides its text, hexadecimal.
  let bodySHA256: String?
  /// It is asked before it runs, and what it takes comes then.
  var isBodyAhead = false

  /// When it was done: what a gateway held was done when the gateway let it go.
  let at: Timestamp
  /// Signatures that a gateway saw before it let it go.
  var seen: [GatewayRelease.Witness: Timestamp] = [:]
  /// As `ApprovalChange` has it.
  var text: String { ApprovalChange.normalised(action.text, kind: action.kind) }
  var parameters: [String?] { action.parameters.flatMap(ApprovalText.anyValues) ?? [] }

  /// The names of everybody who is behind it, as far as the evidence tells.
  var actors: [String] {
    [session.human, prompt?.human, action.identity.user, session.user].compactMap(\.self)
  }
}
