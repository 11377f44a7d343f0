/// How a key signs (RFC 8332, RFC 8709, RFC 5656, PROTOCOL.u2f).
enum SignatureAlgorithm: String, Hashable, Sendable {
  case ed25519 = "ssh-ed25519"
  case ecdsaP256 = "ecdsa-sha2-nistp256"
  case ecdsaP384 = "ecdsa-sha2-nistp384"
  case ecdsaP521 = "ecdsa-sha2-nistp521"
  case rsaSHA256 = "rsa-sha2-256"
  case rsaSHA512 = "rsa-sha2-512"
  /// Known so that it can be refused by name.
  case rsaSHA1 = "ssh-rsa"
  case tokenEd25519 = "sk-ssh-ed25519@openssh.com"
  case tokenECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
  /// A token that was asked by a browser.
  case webauthnECDSA = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"

  /// What kind of key signs so.
  var keyType: SSHKeyType {
    switch self {
    case .ed25519: .ed25519
    case .ecdsaP256: .ecdsaP256
    case .ecdsaP384: .ecdsaP384
    case .ecdsaP521: .ecdsaP521
    case .rsaSHA256, .rsaSHA512, .rsaSHA1: .rsa
    case .tokenEd25519: .tokenEd25519
    case .tokenECDSA, .webauthnECDSA: .tokenECDSA
    }
  }

  /// libcrypto's name of the hash; nil for Ed25519, which has its own (RFC 5656 §6.2.1 ties the others to curves).
  var hashName: String? {
    switch self {
    case .ed25519, .tokenEd25519: nil
    case .ecdsaP256, .rsaSHA256, .tokenECDSA, .webauthnECDSA: "SHA256"
    case .ecdsaP384: "SHA384"
    case .ecdsaP521, .rsaSHA512: "SHA512"
    case .rsaSHA1: "SHA1"
    }
  }
}
