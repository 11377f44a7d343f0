/// The kinds of key that sign here (RFC 8709, RFC 5656, RFC 4253 §6.6, OpenSSH PROTOCOL.u2f).
///
/// DSA and XMSS, which OpenSSH 9.2 still reads, are none of them.
public enum SSHKeyType: String, CaseIterable, Hashable, Sendable {
  case ed25519 = "ssh-ed25519"
  case ecdsaP256 = "ecdsa-sha2-nistp256"
  case ecdsaP384 = "ecdsa-sha2-nistp384"
  case ecdsaP521 = "ecdsa-sha2-nistp521"
  case rsa = "ssh-rsa"
  /// On a security token: its signatures say whether someone touched it.
  case tokenEd25519 = "sk-ssh-ed25519@openssh.com"
  /// On a security token: its signatures say whether someone touched it.
  case tokenECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"

  /// The name of certificates of such keys (PROTOCOL.certkeys).
  public var certificateName: String {
    switch self {
    case .tokenEd25519: "sk-ssh-ed25519-cert-v01@openssh.com"
    case .tokenECDSA: "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com"
    default: rawValue + "-cert-v01@openssh.com"
    }
  }

  /// Whether the key is held by a security token.
  public var isToken: Bool { self == .tokenEd25519 || self == .tokenECDSA }

  /// The curve, as SSH names it (RFC 5656 §10.1).
  var curve: String? {
    switch self {
    case .ecdsaP256, .tokenECDSA: "nistp256"
    case .ecdsaP384: "nistp384"
    case .ecdsaP521: "nistp521"
    case .ed25519, .rsa, .tokenEd25519: nil
    }
  }

  /// Bytes of one coordinate of a point; 0 for keys that are none.
  var coordinateLength: Int {
    switch self {
    case .ecdsaP256, .tokenECDSA: 32
    case .ecdsaP384: 48
    case .ecdsaP521: 66
    case .ed25519, .rsa, .tokenEd25519: 0
    }
  }

  /// Takes the name of a key or of a certificate.
  static func named(_ name: String) -> (type: SSHKeyType, isCertificate: Bool)? {
    if let type = SSHKeyType(rawValue: name) { return (type, false) }
    return allCases.first { $0.certificateName == name }.map { ($0, true) }
  }
}
