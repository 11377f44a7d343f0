/// A statement without its constants, and what Policy says of it. All actions that ran it share one.
public final class StatementForm: Sendable {
  /// The text with `?` in the place of each constant, or the text itself.
  public let shape: String
  public let classification: Classification

  public init(shape: String, classification: Classification) {
    self.shape = shape
    self.classification = classification
  }
}
