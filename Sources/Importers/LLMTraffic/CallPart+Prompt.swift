public import Model

extension CallPart {
  /// A call that talks to a language model. Asking changes nothing; what the model asked for in turn is done by calls of its
  /// own.
  public mutating func becomePrompt(to model: String?) {
    kind = "llm"
    classification = Classification(
      verb: "PROMPT", effect: .read, resources: model.map { [Resource("use", "model", $0)] } ?? [],
      fingerprint: classification.fingerprint)
  }
}
