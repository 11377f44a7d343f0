/// One action of an exchange that is neither a statement nor a call, with what Policy says of it; all secrets redacted.
public struct ActionPart: Sendable {
  /// `exec`, `shell`, `sftp`, `scp`, `forward`, `git`, …
  public var kind: String
  /// The command line, or the operation and what it was done to.
  public var text: String
  public var classification: Classification
  public var status: Action.Status
  /// JSON array of strings and nulls, or nil.
  public var parameters: String?
  /// An exit code, or the protocol's name of the failure.
  public var code: String?
  public var message: String?
  public var rowCount: UInt64?
  public var request: Payload?
  public var response: Payload?
  /// What was typed and shown, with times; layout `records`.
  public var records: Payload?
  /// It was read off a screen rather than said by the protocol.
  public var isInferred = false
  /// When it began and ended; nil where it is the exchange's.
  public var startedAt: Timestamp?
  public var endedAt: Timestamp?
  /// Keyed hashes of the secrets that were redacted.
  public var secretHashes: [String] = []
  /// Of what those were part that were more than words of the request.
  public var secretPlaces: [String: SecretSighting.Place] = [:]
  /// Words worth finding beside the text.
  public var searchText: [UInt8] = []
  /// Of what was masked: see `ActionDraft`.
  public var maskedSubject: String?

  public init(kind: String, text: String, classification: Classification, status: Action.Status) {
    self.kind = kind
    self.text = text
    self.classification = classification
    self.status = status
  }
}
