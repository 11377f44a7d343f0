/// A public key by its numbers, for signatures of other standards than SSH's: those of JSON Web Signature (RFC 7518 §3,
/// RFC 8037 §3).
public struct VerificationKey: Hashable, Sendable {
  /// The algorithms, as RFC 7518 §3.1 and RFC 8037 §3.1 name them; those with a shared secret are not among them.
  public enum Algorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// libcrypto's name of the hash; nil for Ed25519, which has its own.
    var hashName: String? {
      switch self {
      case .rs256, .ps256, .es256: "SHA256"
      case .rs384, .ps384, .es384: "SHA384"
      case .rs512, .ps512, .es512: "SHA512"
      case .edDSA: nil
      }
    }

    var isPSS: Bool { self == .ps256 || self == .ps384 || self == .ps512 }
  }

  /// Bits of a modulus at least (RFC 7518 §3.3).
  static let modulusBitMinimum = 2_048

  private let type: SSHKeyType
  private let material: KeyMaterial

  /// Of RSA, both numbers big-endian; nil for a key that is too short or none.
  public init?(modulus: [UInt8], exponent: [UInt8]) {
    let modulus = Array(modulus.drop { $0 == 0 })
    let exponent = Array(exponent.drop { $0 == 0 })
    let bits = modulus.first.map { modulus.count * 8 - $0.leadingZeroBitCount } ?? 0
    guard bits >= Self.modulusBitMinimum, modulus.count <= SSHPublicKey.modulusLimit, exponent.count <= 8 else {
      return nil
    }
    self.init(.rsa, .rsa(modulus: modulus, exponent: exponent))
  }

  /// Of a curve that RFC 7518 §6.2.1.1 names; both coordinates as long as the curve's numbers. Nil when it is no such point.
  public init?(curve: String, x: [UInt8], y: [UInt8]) {
    let types = ["P-256": SSHKeyType.ecdsaP256, "P-384": .ecdsaP384, "P-521": .ecdsaP521]
    guard let type = types[curve], x.count == type.coordinateLength, y.count == type.coordinateLength else {
      return nil
    }
    self.init(type, .ecdsa(point: [0x04] + x + y, application: nil))
  }

  /// Of Ed25519; nil unless it has 32 bytes.
  public init?(ed25519 bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.init(.ed25519, .ed25519(bytes, application: nil))
  }

  private init?(_ type: SSHKeyType, _ material: KeyMaterial) {
    guard PublicKeyHandle(material, type) != nil else { return nil }
    (self.type, self.material) = (type, material)
  }

  /// Whether an algorithm is one for such a key.
  public func fits(_ algorithm: Algorithm) -> Bool {
    switch algorithm {
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: type == .rsa
    case .es256: type == .ecdsaP256
    case .es384: type == .ecdsaP384
    case .es512: type == .ecdsaP521
    case .edDSA: type == .ed25519
    }
  }

  /// Whether the key signed the message. An ECDSA signature is both numbers, each as long as the curve's (RFC 7518 §3.4).
  public func verifies(_ signature: [UInt8], over message: [UInt8], _ algorithm: Algorithm) -> Bool {
    guard fits(algorithm), let handle = PublicKeyHandle(material, type) else { return false }
    var signature = signature
    switch material {
    case .ecdsa:
      guard let numbers = ECDSASignature(concatenated: signature, each: type.coordinateLength) else { return false }
      signature = numbers.der
    case .rsa(let modulus, _):
      guard signature.count == modulus.count else { return false }
    case .ed25519: break
    }
    return handle.verify(signature, over: message, hash: algorithm.hashName, isPSS: algorithm.isPSS)
  }
}
