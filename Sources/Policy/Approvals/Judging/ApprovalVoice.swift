public import Model

/// One signature that decided over an action, with what it is under.
public struct ApprovalVoice: Sendable, Hashable {
  /// The principal, by one of the names.
  public var name: String
  /// Fingerprint of the key, `SHA256:…`.
  public var key: String
  public var stance: Approval.Stance
  /// When whoever judged saw it first; nil when that was not noted.
  public var seenAt: Timestamp?
  /// The signature in armour, as `ssh-keygen -Y sign` writes it.
  public var armored: String
  /// SHA-256 over the request's file, hexadecimal.
  public var requestSHA256: String
  /// Of the change in it, hexadecimal.
  public var subjectSHA256: String
}
