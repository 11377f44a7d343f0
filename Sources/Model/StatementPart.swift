/// One statement of a request, with what Policy says of it.
public struct StatementPart: Sendable {
  /// As sent, secrets redacted.
  public var text: String
  public var form: StatementForm
  /// The constants and comments that the form lacks, separated by spaces: worth finding in a search.
  public var constants: [UInt8]
  /// Keyed hashes of the secrets that were redacted.
  public var secretHashes: [String]
  /// Of the first of several statements: the whole request, where secrets were taken out of it.
  public var redactedRequest: String?
  /// Of what was masked: see `ActionDraft`.
  public var maskedSubject: String?

  public init(text: String, form: StatementForm, constants: [UInt8] = [], secretHashes: [String] = []) {
    self.text = text
    self.form = form
    self.constants = constants
    self.secretHashes = secretHashes
  }

  /// A statement that shares its form with no other.
  public init(text: String, classification: Classification, secretHashes: [String] = []) {
    self.init(
      text: text, form: StatementForm(shape: text, classification: classification), secretHashes: secretHashes)
  }

  public var classification: Classification { form.classification }
}
