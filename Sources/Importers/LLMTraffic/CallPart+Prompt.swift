public import Model

extension CallPart {
  /// A call that talks to a language model. Asking changes nothing; what the model asked for in turn is done by calls of its
  /// own.
  ///
  /// `isByPath`: the path is that of such an API. Where the body alone shows it, anybody may have written it into a request that
  /// does something else: the effect is what it would be without.
  public mutating func becomePrompt(to model: String?, isByPath: Bool) {
    kind = "llm"
    var prompt = Classification(
      verb: "PROMPT", effect: isByPath ? .read : classification.effect,
      resources: model.map { [Resource("use", "model", $0)] } ?? [], fingerprint: classification.fingerprint)
    if !isByPath { prompt.note = "its body alone shows that it asks a language model" }
    classification = prompt
  }
}
