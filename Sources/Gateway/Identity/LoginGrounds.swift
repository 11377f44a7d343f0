import Model
import SSHKeys

/// By what somebody was let in.
enum LoginGrounds: Sendable, Hashable {
  /// The token's secret.
  case secret
  /// The chain that was shown, the client's certificate first; with the token's secret besides, or without.
  case certificate([ClientCertificate], withSecret: Bool)
  /// A token that a person signed.
  case signature(SignedToken)
  /// A key that is the token's.
  case publicKey(SSHPublicKey)
  /// A certificate of a key, by an authority of users.
  case userCertificate(SSHPublicKey)
  /// A JSON Web Token of an issuer.
  case issued(IssuedToken)

  /// How a recording tells it of a token.
  func text(_ token: String) -> String {
    switch self {
    case .secret: "token:\(token)"
    case .certificate(_, let withSecret): "certificate\(withSecret ? "+token" : ""):\(token)"
    case .signature(let signed): "ssh-key:\(signed.signature.key.fingerprint)"
    case .publicKey(let key): "public-key:\(key.fingerprint)"
    case .userCertificate(let key): "ssh-certificate:\(key.fingerprint)"
    case .issued(let issued): "issuer:\(issued.issuer)"
    }
  }

  /// SHA-256 of the client's certificate.
  var certificate: String? {
    guard case .certificate(let chain, _) = self else { return nil }
    return chain.first?.fingerprint
  }

  /// Id of the signed token.
  var signedID: String? {
    switch self {
    case .secret, .certificate, .publicKey, .userCertificate: nil
    case .signature(let signed): signed.claims.id
    case .issued(let issued): issued.id
    }
  }
}
