/// What a security token says of how it signed (OpenSSH PROTOCOL.u2f, "SSH U2F signatures").
public struct TokenUse: Hashable, Sendable {
  /// As signed; bits that have no meaning here included.
  public let flags: UInt8
  /// Of all signatures of the token; some tokens leave it at zero.
  public let counter: UInt32

  public init(flags: UInt8, counter: UInt32) {
    self.flags = flags
    self.counter = counter
  }

  /// Someone touched the token.
  public var isUserPresent: Bool { flags & 0x01 != 0 }
  /// The token saw a PIN or a fingerprint.
  public var isUserVerified: Bool { flags & 0x04 != 0 }
}
