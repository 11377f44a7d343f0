/// What a signature by a security token must say.
public struct SignatureDemands: Hashable, Sendable {
  /// Someone must have touched the token, unless its certificate says `no-touch-required`.
  public var userPresence: Bool
  /// The token must have seen a PIN or a fingerprint.
  public var userVerification: Bool

  /// Presence is demanded as `sshd` does it; `ssh-keygen -Y verify` demands neither, which is `SignatureDemands.none`.
  public init(userPresence: Bool = true, userVerification: Bool = false) {
    self.userPresence = userPresence
    self.userVerification = userVerification
  }

  /// As `ssh-keygen -Y verify` has it.
  public static let none = SignatureDemands(userPresence: false)
}
