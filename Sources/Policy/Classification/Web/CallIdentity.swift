import Bytes
import Model

/// On whose behalf a call was made, as far as its head says.
enum CallIdentity {
  static func read(_ head: CallHead) -> (identity: Identity, note: String?) {
    var identity = Identity(target: head.authority.map { String($0.split(separator: "@").last ?? "") })
    identity.application = head.requestFields["user-agent"].map { String($0.prefix { $0 != " " }) }
    var note: String?
    let words = (head.requestFields["authorization"] ?? "").split(separator: " ", maxSplits: 1)
    if words.count == 2 {
      switch words[0].lowercased() {
      case "basic":
        if let basic = BasicCredentials(words[1]), !basic.isKey {
          identity.user = String(decoding: basic.user, as: UTF8.self)
        }
      case "bearer":
        if let user = subject(of: words[1]) {
          identity.user = user
          note = "the user is what the token claims; its signature was not verified"
        }
      default: identity.user = AWSSignature(head)?.accessKey
      }
    } else {
      identity.user = AWSSignature(head)?.accessKey
    }
    return (identity, note)
  }

  /// A claim of a JSON Web Token.
  private static func subject(of token: Substring) -> String? {
    let parts = token.split(separator: ".")
    guard parts.count >= 2, let bytes = Base64.decode(parts[1]), let claims = JSONValue.document(in: bytes) else {
      return nil
    }
    return (claims["email"] ?? claims["sub"] ?? claims["client_id"])?.string
  }
}
