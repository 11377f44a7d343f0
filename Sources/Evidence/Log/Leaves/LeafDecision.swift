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
  /// Fingerprints of their keys, `SHA256:…`, one for each signature that decided.
  public var keys: [String]
  /// When the recorder saw each of these signatures first, in the order of `keys`; UTC, empty where that is not known.
  public var seen: [String]
  /// SHA-256 over the request that they signed.
  public var approval: Digest?
  /// SHA-256 over the signatures in armour, in the order of `keys`; nil when nobody signed.
  public var signatures: Digest?

  public init(
    session: String, request: String, outcome: String, rule: String, subject: Digest?, people: [String] = [],
    keys: [String] = [], seen: [String] = [], approval: Digest? = nil, signatures: Digest? = nil
  ) {
    self.session = session
    self.request = request
    self.outcome = outcome
    self.rule = rule
    self.subject = subject
    self.people = people
    self.keys = keys
    self.seen = seen
    self.approval = approval
    self.signatures = signatures
  }

  func write(to json: inout JSONWriter) {
    json.member("session", session)
    json.member("request", request)
    json.member("outcome", outcome)
    json.member("rule", rule)
    json.member("subject", subject?.hex)
    json.member("people", people)
    if !keys.isEmpty {
      json.member("keys", keys)
      json.member("seen", seen)
    }
    if let approval { json.member("approval", approval.hex) }
    json.member("signatures", signatures?.hex)
  }

  init(_ fields: LeafFields) throws(LeafError) {
    session = try fields.text("session")
    request = try fields.text("request")
    outcome = try fields.text("outcome")
    rule = try fields.text("rule")
    subject = try fields.optionalDigest("subject")
    people = try fields.texts("people")
    keys = try fields.optionalTexts("keys")
    seen = try fields.optionalTexts("seen")
    guard seen.count == keys.count else { throw LeafError("has other counts of keys and of times") }
    approval = try fields.optionalDigest("approval")
    signatures = try fields.optionalDigest("signatures")
  }
}
