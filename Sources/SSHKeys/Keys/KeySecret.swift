/// What makes a key private.
enum KeySecret: Sendable {
  /// The seed of RFC 8032 §5.1.5.
  case ed25519(seed: [UInt8])
  case ecdsa(scalar: [UInt8])
  /// d, p, q and q⁻¹ mod p.
  case rsa(exponent: [UInt8], p: [UInt8], q: [UInt8], coefficient: [UInt8])
}
