/// Why nothing was signed.
public struct SigningError: Error, Hashable, Sendable {
  /// What kind of reason; an open set.
  public struct Code: Hashable, Sendable, ExpressibleByStringLiteral {
    public let name: String

    public init(stringLiteral value: String) { name = value }

    /// The file is no private key of OpenSSH.
    public static let notPrivateKey: Code = "not-private-key"
    /// The key needs a passphrase; ssh-agent asks for it.
    public static let encrypted: Code = "encrypted"
    /// A kind of key that does not sign here.
    public static let unsupported: Code = "unsupported"
    /// The private half is in a security token; ssh-agent talks to it.
    public static let onToken: Code = "on-token"
    /// A certificate or an agent's answer is of another key.
    public static let otherKey: Code = "other-key"
    /// A namespace that is empty or too long.
    public static let badNamespace: Code = "bad-namespace"
    /// libcrypto failed, and says why.
    public static let libcrypto: Code = "libcrypto"
  }

  public var code: Code
  /// One line, lower case, no full stop.
  public var detail: String

  public init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }
}

extension SigningError: CustomStringConvertible {
  public var description: String { detail }
}
