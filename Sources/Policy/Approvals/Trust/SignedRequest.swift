/// A request with the signatures that lie beside it.
public struct SignedRequest: Sendable {
  /// The file's name, for people.
  public var file: String
  public var sha256: String
  public var request: ApprovalRequest
  var ballots: [Ballot]

  /// Whose signatures were read, whatever they are worth.
  public var signatureCount: Int { ballots.count }
}
