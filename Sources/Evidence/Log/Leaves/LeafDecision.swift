public import Bytes

/// `decision`: what was decided of a request, before it went on.
public struct LeafDecision: LeafContent {
  static let kind = "decision"

  public var session: String
  /// The request, as events of the session name it.
  public var request: String
  /// `allow`, `deny`, `approved`, `rejected`, `expired`, …
  public var outcome: String
  /// The rule of the policy.
  public var rule: String
  /// Of the exact change that was decided on; nil where nothing had to be approved.
  public var subject: Digest?
  /// People who approved or rejected it.
  public var people: [String]
  /// SHA-256 over the signed decisions, in the order of `people`; nil when nobody signed.
  public var signatures: Digest?

  public init(
    session: String, request: String, outcome: String, rule: String, subject: Digest?, people: [String] = [],
    signatures: Digest? = nil
  ) {
    self.session = session
    self.request = request
    self.outcome = outcome
    self.rule = rule
    self.subject = subject
    self.people = people
    self.signatures = signatures
  }

  func write(to json: inout JSONWriter) {
    json.member("session", session)
    json.member("request", request)
    json.member("outcome", outcome)
    json.member("rule", rule)
    json.member("subject", subject?.hex)
    json.member("people", people)
    json.member("signatures", signatures?.hex)
  }

  init(_ fields: LeafFields) throws(LeafError) {
    session = try fields.text("session")
    request = try fields.text("request")
    outcome = try fields.text("outcome")
    rule = try fields.text("rule")
    subject = try fields.optionalDigest("subject")
    people = try fields.texts("people")
    signatures = try fields.optionalDigest("signatures")
  }
}
