/// That a gateway let a request go on which people had approved, by a recording that verifies.
public struct GatewayRelease: Sendable, Hashable {
  /// One signature under the request, and when the gateway saw it first.
  public struct Witness: Sendable, Hashable {
    /// SHA-256 over the request that was signed, hexadecimal.
    public var requestSHA256: String
    /// Fingerprint of the key, `SHA256:…`.
    public var key: String
    public var stance: Approval.Stance

    public init(requestSHA256: String, key: String, stance: Approval.Stance) {
      self.requestSHA256 = requestSHA256
      self.key = key
      self.stance = stance
    }
  }

  /// When it went on.
  public var at: Timestamp
  /// No signature that came later than `at` is among them.
  public var seen: [Witness: Timestamp]

  public init(at: Timestamp, seen: [Witness: Timestamp] = [:]) {
    self.at = at
    self.seen = seen
  }
}
