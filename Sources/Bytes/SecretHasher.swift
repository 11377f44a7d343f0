/// Turns a secret into a short keyed hash: equal secrets can be recognised within one case and none can be recovered.
public struct SecretHasher: Sendable {
  private let inner: [UInt8]
  private let outer: [UInt8]

  /// - Parameter key: 32 random bytes that belong to one case file.
  public init(key: [UInt8]) {
    let block = Array(key.prefix(64)) + [UInt8](repeating: 0, count: max(0, 64 - key.count))
    inner = block.map { $0 ^ 0x36 }
    outer = block.map { $0 ^ 0x5c }
  }

  /// The first 16 hexadecimal digits of HMAC-SHA256 (RFC 2104) under the case's key, after `hmac:`.
  public func hash(_ secret: Span<UInt8>) -> String {
    let hash = SHA256()
    hash.update(inner.span)
    hash.update(secret)
    let first = hash.finish()
    hash.update(outer.span)
    hash.update(first.bytes.span)
    return "hmac:" + hash.finish().bytes.prefix(8).hex
  }
}
