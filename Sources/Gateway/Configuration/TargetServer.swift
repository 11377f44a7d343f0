/// A server behind the gateway, with the credentials that only the gateway has.
public struct TargetServer: Sendable {
  /// How the connection to it is encrypted.
  enum Encryption: Sendable, Hashable {
    /// TLS, certificate and name verified; `authorityFile` in place of the system's, `name` in place of the host's.
    case verified(authorityFile: String?, name: String?)
    /// TLS with anybody: said so in the file.
    case unverified
    case none
  }

  /// Chain and key, both PEM, by which the gateway proves itself in TLS.
  struct Certificate: Sendable, Hashable {
    var file: String
    var keyFile: String
  }

  public var name: String
  public var place: SocketPlace
  var encryption: Encryption
  var certificate: Certificate?
  /// By which it is reached, and in no other way.
  var relay: String?
  /// Who the gateway is there.
  public var user: String
  var password: Secret?
  /// Databases that clients may ask for; the first is for those who ask for none that is listed under another name.
  public var databases: [String]

  /// What its certificate must be for; nil for an address, which NIOSSL takes from the connection.
  var serverName: String? {
    if case .verified(_, let given?) = encryption { return given }
    return place.isAddress ? nil : place.host
  }
}

/// A value that is never shown.
struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  let value: String

  var description: String { "[redacted]" }
  var debugDescription: String { "[redacted]" }
  var customMirror: Mirror { Mirror(self, children: []) }
}
