import Model

/// By what somebody was let in.
enum LoginGrounds: Sendable, Hashable {
  /// The token's secret.
  case secret
  /// The chain that was shown, the client's certificate first; with the token's secret besides, or without.
  case certificate([ClientCertificate], withSecret: Bool)

  /// How a recording tells it of a token.
  func text(_ token: String) -> String {
    switch self {
    case .secret: "token:\(token)"
    case .certificate(_, let withSecret): "certificate\(withSecret ? "+token" : ""):\(token)"
    }
  }

  /// SHA-256 of the client's certificate.
  var certificate: String? {
    guard case .certificate(let chain, _) = self else { return nil }
    return chain.first?.fingerprint
  }
}
