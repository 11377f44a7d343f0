import Bytes
import Model

/// What is known of the user's authentication (RFC 4252).
struct SSHAuthentication {
  /// One USERAUTH_REQUEST and what belongs to it.
  struct Attempt {
    var user: String
    /// As the request names it.
    var method: String
    /// The method with what identifies the credential: `publickey ssh-ed25519 SHA256:…`.
    var title: String
    var begin: StreamPosition
    /// A publickey request without a signature: would the key do?
    var isQuery = false
    var isKeyAcceptable = false
    var key: SSHPublicKey?
    var firstResponseAt: Timestamp?
    var requestByteCount: UInt64
    var responseByteCount: UInt64 = 0
    var incompleteReason: String?
    /// Which prompts of keyboard-interactive hide what is typed.
    var hiddenPrompts: [Bool] = []
  }

  /// Attempts that wait for the server's verdict.
  var pending = SSHRequestQueue<Attempt>()
  /// The last attempt that the server answered with a question; the next answers are its own.
  var current: Attempt?
  /// A refused probe with method `none`, told only when nothing else was tried.
  var probe: Exchange?
  /// A key that would do; the signature is expected next.
  var acceptable: Attempt?
  var user: String?
  var isDone = false
  var attemptCount = 0

  mutating func note(_ reason: String) {
    for index in 0..<pending.count { pending.update(at: index) { $0.incompleteReason = $0.incompleteReason ?? reason } }
    if let current, current.incompleteReason == nil { self.current?.incompleteReason = reason }
  }

  /// The attempt that the server speaks of.
  mutating func takeCurrent() -> Attempt? {
    if let attempt = current {
      current = nil
      return attempt
    }
    return pending.popFirst()
  }
}
