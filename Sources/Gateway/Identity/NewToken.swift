import Bytes
import Foundation

/// A token that was just made: its secret, and what a configuration keeps of it.
public struct NewToken: Sendable {
  public let secret: String
  public let sha256: String
  public let scram: ScramVerifier

  /// 256 random bits; nil when there are none to be had.
  public init?() {
    guard let random = PasswordHashing.random(32) else { return nil }
    let text = Data(random).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    secret = "exg_" + text.replacing("=", with: "")
    sha256 = SHA256.digest(of: secret).hex
    guard let scram = ScramVerifier(password: secret) else { return nil }
    self.scram = scram
  }
}
