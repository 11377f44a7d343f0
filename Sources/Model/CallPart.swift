/// One action of a call, with what Policy says of it; all secrets redacted. A batch of operations has several.
public struct CallPart: Sendable {
  /// `http`, `exec`, `shell`, `git`, `sql`, `forward`, …
  public var kind: String
  /// `METHOD URL`, the command line, the statement, or the operation.
  public var text: String
  public var classification: Classification
  /// JSON array of strings and nulls, or nil.
  public var parameters: String?
  /// What takes the place of the HTTP status: an exit code, a gRPC or JSON-RPC error.
  public var code: String?
  /// Set where the status line alone does not say it: an error within a 200 response, a program that failed.
  public var status: Action.Status?
  public var message: String?
  public var rowCount: UInt64?
  public var head: CallHead
  public var requestBody: CallBody?
  public var responseBody: CallBody?
  /// Layout `records`; of an exec or shell, what was typed and shown.
  public var records: Payload?
  public var identity: Identity
  /// Keyed hashes of the secrets that were redacted.
  public var secretHashes: [String]
  /// Of what those were part that were more than words of the request.
  public var secretPlaces: [String: SecretSighting.Place] = [:]
  /// Words worth finding beside the text.
  public var searchText: [UInt8]
  /// Of what was masked: see `ActionDraft`.
  public var maskedSubject: String?

  public init(kind: String, text: String, classification: Classification, head: CallHead) {
    self.kind = kind
    self.text = text
    self.classification = classification
    self.head = head
    identity = Identity()
    secretHashes = []
    searchText = []
  }
}
