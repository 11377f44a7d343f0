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

  public init(
    offset: UInt64, subject: Digest, stance: Approval.Stance, approver: String? = nil, key: String? = nil,
    reason: String? = nil
  ) {
    self.offset = offset
    self.subject = subject
    self.stance = stance
    self.approver = approver
    self.key = key
    self.reason = reason
  }
}
