/// One person's signed word on one change, and what it is worth; a row of the `approvals` view.
public struct Approval: Sendable, Hashable {
  /// What the signer said; the namespace of the signature tells.
  public enum Stance: String, Sendable, Hashable, CaseIterable {
    case approve
    case reject
    /// Takes back what was approved.
    case revoke
    /// In an emergency, without waiting for others; somebody else must review it.
    case breakGlass = "break-glass"
    /// Looked at what was done in an emergency, and stands by it.
    case review
  }

  /// What the word is worth for this action.
  public enum State: String, Sendable, Hashable, CaseIterable {
    case valid
    /// The key or the request was out of its time when the action ran.
    case expired
    /// The key or the request was not yet in force.
    case early
    /// By who asked for it, or who did it.
    case own = "self"
    /// What ran is not what was signed.
    case mismatch
    /// Given after the action.
    case late
    /// Nothing proves that it was given before the action.
    case undated
    case revoked
    /// Nobody who may approve has this key, or the signature does not hold.
    case untrusted
    /// All uses were spent before.
    case spent
    /// Somebody who may approve rejected the request.
    case rejected
    /// It holds, but too few people signed.
    case incomplete
    /// For this the policy does not take such an approval.
    case excluded
    /// Nothing of the case used it.
    case unused
  }

  /// It is one of the signatures that let the action pass.
  public var counts: Bool { state == .valid && stance == .approve && actionID != nil }

  public var id: String
  /// Nil for what no action used.
  public var actionID: String?
  /// Over what was approved: statement, parameters, place, limits.
  public var subjectSHA256: String
  /// The principal of the signer; nil when the key is nobody's.
  public var approver: String?
  /// Fingerprint of the key as ssh-keygen shows it, `SHA256:…`.
  public var key: String?
  public var stance: Stance?
  public var reason: String
  /// When it is proven to have existed at the latest.
  public var decidedAt: Timestamp?
  /// Until when it may be used.
  public var expiresAt: Timestamp?
  public var state: State
  /// Name of the file that was signed.
  public var file: String
  /// Of that file.
  public var fileSHA256: String

  public init(
    id: String, actionID: String?, subjectSHA256: String, approver: String?, key: String?, stance: Stance?,
    reason: String, decidedAt: Timestamp?, expiresAt: Timestamp?, state: State, file: String, fileSHA256: String
  ) {
    self.id = id
    self.actionID = actionID
    self.subjectSHA256 = subjectSHA256
    self.approver = approver
    self.key = key
    self.stance = stance
    self.reason = reason
    self.decidedAt = decidedAt
    self.expiresAt = expiresAt
    self.state = state
    self.file = file
    self.fileSHA256 = fileSHA256
  }
}
