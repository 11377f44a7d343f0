import Bytes

/// A server of HTTP behind the gateway, or a group of them that a pattern names.
struct HTTPTarget: Sendable {
  /// A host's name or address, or `*.example.com` for all under it, or `*`.
  struct Host: Sendable, Hashable {
    let text: String

    /// Nil for what is no host and no pattern.
    init?(_ text: String) {
      let plain = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
      guard text == "*" || HTTPAuthority(plain.contains(":") ? "[\(plain)]" : plain)?.port == nil && !plain.isEmpty
      else { return nil }
      guard text == "*" || !plain.contains("*") else { return nil }
      self.text = text.lowercased()
    }

    var isPattern: Bool { text.hasPrefix("*") }

    func matches(_ host: String) -> Bool {
      if text == "*" { return true }
      guard isPattern else { return host == text }
      return host.hasSuffix(text.dropFirst()) && host.utf8.count > text.utf8.count - 1
    }
  }

  var name: String
  var isSecure: Bool
  var host: Host
  var port: Int
  /// Of TLS: what its certificate must be for, and who certifies it.
  var encryption: TargetServer.Encryption
  /// By which the gateway proves itself in TLS.
  var certificate: TargetServer.Certificate?
  /// SHA-256 of public keys (SubjectPublicKeyInfo) of which it must have one; empty where any that is certified does.
  var pins: Set<Digest> = []
  /// By what the gateway is let in.
  var credential: HTTPCredential?
  /// Whether it is spoken to in HTTP/2. Nil: within TLS, if it says that it does. `true`: in the clear without asking.
  var http2: Bool?
  /// By which it is reached, and in no other way.
  var relay: String?
}

/// One server that a client is led to.
struct HTTPPlace: Sendable {
  var target: HTTPTarget
  /// In lower case.
  var host: String
  var port: Int

  /// `host:port`, as sessions have it.
  var server: String { SocketPlace(host: host, port: port).description }
  var address: SocketPlace { SocketPlace(host: host, port: port) }

  /// What is sent as `Host` where the gateway chooses it.
  var authority: String {
    let shown = host.contains(":") ? "[\(host)]" : host
    return port == (target.isSecure ? 443 : 80) ? shown : "\(shown):\(port)"
  }

  func isSame(as other: HTTPPlace?) -> Bool {
    other.map { $0.host == host && $0.port == port && $0.target.isSecure == target.isSecure } ?? false
  }

  /// What its certificate must be for; nil for an address, which NIOSSL takes from the connection.
  var serverName: String? {
    if case .verified(_, let given?) = target.encryption { return given }
    return SocketPlace(host: host, port: 0).isAddress ? nil : host
  }
}
