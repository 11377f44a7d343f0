public import Bytes

/// One person's word on a request that was held: an `approval` event.
public struct GatewayApproval: Sendable, Hashable {
  /// Bytes that the client had sent before the message that it is about.
  public var offset: UInt64
  /// SHA-256 of what was approved or rejected.
  public var subject: Digest
  public var stance: Approval.Stance
  /// The principal; nil when the key is nobody's.
  public var approver: String?
  /// Fingerprint of the key, `SHA256:…`.
  public var key: String?
  public var reason: String?
  /// SHA-256 over the request that was signed, its file.
  public var request: Digest?
  /// When the gateway saw the signature first.
  public var seenAt: Timestamp?
  /// SHA-256 over the signature, in armour as `ssh-keygen -Y sign` writes it.
  public var signature: Digest?

  public init(
    offset: UInt64, subject: Digest, stance: Approval.Stance, approver: String? = nil, key: String? = nil,
    reason: String? = nil, request: Digest? = nil, seenAt: Timestamp? = nil, signature: Digest? = nil
  ) {
    self.offset = offset
    self.subject = subject
    self.stance = stance
    self.approver = approver
    self.key = key
    self.reason = reason
    self.request = request
    self.seenAt = seenAt
    self.signature = signature
  }
}
