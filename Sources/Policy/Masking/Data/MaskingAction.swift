/// What masking does with a value.
public enum MaskingAction: String, CaseIterable, Sendable, Hashable {
  /// A fixed mark that tells the class and nothing else.
  case redact
  /// What `MaskedForm` shows of the class.
  case partial
  /// A keyed hash, the same for the same value.
  case hash
  /// No value: NULL, `null`, or nothing where the format has no word for it.
  case null
  /// The value stays, and no later rule is asked.
  case keep
}
