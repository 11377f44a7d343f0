/// What a policy says of all approvals.
public struct ApprovalSettings: Sendable, Hashable {
  /// What shows that an approval was there before the action.
  public enum TimeDemand: String, Sendable, Hashable, CaseIterable {
    /// A time stamp of RFC 3161, or the word of whoever checks (`check --approvals-as-of`).
    case proven
    /// Nothing: a signature without a time counts. A time that is proven must still be before the action.
    case unproven
  }

  /// Emergencies: one of these may approve at once, even himself; somebody else must review it in time.
  public struct BreakGlass: Sendable, Hashable {
    var from: Set<String>
    var reviewWithinSeconds: Int64
  }

  /// The names of the files, relative to the policy's folder: allowed signers as ssh-keygen reads them, revoked keys,
  /// certificates of time stamping authorities.
  public var signersFile: String?
  public var revokedFile: String?
  public var timeStampFile: String?
  /// Signatures are made for `approval@` and this.
  public var namespace = "exhibit"
  public var time = TimeDemand.proven
  /// Whether approvals of a shape count.
  public var takesClasses = false
  public var breakGlass: BreakGlass?

  public init() {}
}

/// How many must approve what a rule matches, and who.
public struct ApprovalTerms: Sendable, Hashable {
  /// People, not keys.
  var count = 1
  /// Principals; empty means everybody among the signers.
  var from: Set<String> = []
  /// Seconds from the last signature that is needed to the action, at most.
  var withinSeconds: Int64?
  /// Signatures of security keys that asked for a PIN or finger alone.
  var needsVerifiedUser = false
}
