import Bytes
import Foundation

/// What a server keeps of a password for SCRAM-SHA-256 (RFC 5802 §3, RFC 7677): enough to check it, not enough to use it.
///
/// Written as PostgreSQL does in `pg_authid`: `SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>`, all in base64.
public struct ScramVerifier: Sendable, Hashable, CustomStringConvertible {
  /// RFC 7677 §4 asks for 4,096 at least; more than the other bound only costs time.
  static let iterationRange = 4096...1_000_000

  let iterations: Int
  let salt: [UInt8]
  let storedKey: [UInt8]
  let serverKey: [UInt8]

  /// Reads the text; nil when it is none.
  public init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "SCRAM-SHA-256" else { return nil }
    let first = parts[1].split(separator: ":", omittingEmptySubsequences: false)
    let second = parts[2].split(separator: ":", omittingEmptySubsequences: false)
    guard first.count == 2, second.count == 2, let iterations = Int(first[0]),
      Self.iterationRange.contains(iterations), let salt = Data(base64Encoded: String(first[1])),
      let stored = Data(base64Encoded: String(second[0])), let server = Data(base64Encoded: String(second[1])),
      (8...1024).contains(salt.count), stored.count == 32, server.count == 32
    else { return nil }
    (self.iterations, self.salt, storedKey, serverKey) = (iterations, Array(salt), Array(stored), Array(server))
  }

  /// Of a password; nil when libcrypto refuses.
  public init?(password: String, salt: [UInt8]? = nil, iterations: Int = 4096) {
    guard let salt = salt ?? PasswordHashing.random(16),
      let salted = PasswordHashing.stretched(Array(password.utf8), salt: salt, iterations: iterations),
      let clientKey = PasswordHashing.hmac(salted, Array("Client Key".utf8)),
      let serverKey = PasswordHashing.hmac(salted, Array("Server Key".utf8))
    else { return nil }
    (self.iterations, self.salt) = (iterations, salt)
    storedKey = SHA256.digest(of: clientKey.span).bytes
    self.serverKey = serverKey
  }

  /// For a name that is nobody's: the same salt each time it is asked for, and keys that no password has.
  init?(decoyFor name: String, secret: [UInt8]) {
    guard let salt = PasswordHashing.hmac(secret, Array(name.utf8)), let key = PasswordHashing.random(32) else {
      return nil
    }
    (iterations, self.salt, storedKey, serverKey) = (4096, Array(salt.prefix(16)), key, key)
  }

  public var description: String {
    func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
    return "SCRAM-SHA-256$\(iterations):\(text(salt))$\(text(storedKey)):\(text(serverKey))"
  }
}
