/// One statement of a request, with what Policy says of it.
public struct StatementPart: Sendable {
  /// As sent, secrets redacted.
  public var text: String
  /// The text with constants replaced, or the text itself.
  public var shape: String
  public var classification: Classification
  /// The constants that `shape` lacks, separated by spaces: worth finding in a search.
  public var constants: [UInt8]
  /// Keyed hashes of the secrets that were redacted.
  public var secretHashes: [String]

  public init(
    text: String, shape: String, classification: Classification, constants: [UInt8] = [], secretHashes: [String] = []
  ) {
    self.text = text
    self.shape = shape
    self.classification = classification
    self.constants = constants
    self.secretHashes = secretHashes
  }
}
