public import Model

/// What a gateway decided of an action, or what a person said of it while it was held; a row of the `decisions` view.
public struct StoredVerdict: Sendable, Hashable {
  /// `decision`, `approval`.
  public var kind: String
  public var at: Timestamp
  /// `allowed`, `denied`, `approve`, …
  public var outcome: String
  public var rule: String?
  public var reason: String?
  public var people: [String]
  /// Fingerprint of the key that signed.
  public var key: String?
  /// Over the request that was signed, hexadecimal.
  public var requestSHA256: String?
  /// When the gateway saw the signature first.
  public var seenAt: Timestamp?
}
