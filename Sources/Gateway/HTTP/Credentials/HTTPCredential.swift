import Foundation

/// By what the gateway proves to a target who it is.
enum HTTPCredential: Sendable {
  /// A field that is put in.
  case field(name: String, Secret)
  /// Requests are signed, as AWS wants it.
  case aws(AWSCredential)

  static func bearer(_ secret: Secret) -> HTTPCredential {
    .field(name: "Authorization", Secret(value: "Bearer \(secret.value)"))
  }

  /// RFC 7617.
  static func basic(_ user: String, _ password: Secret) -> HTTPCredential {
    let text = Data("\(user):\(password.value)".utf8).base64EncodedString()
    return .field(name: "Authorization", Secret(value: "Basic \(text)"))
  }

  /// Fields of a client that go no further, in lower case: of two credentials a server would take either.
  var replaced: Set<String> {
    switch self {
    case .field(let name, _): ["authorization", name.lowercased()]
    case .aws: ["authorization", "x-amz-date", "x-amz-security-token"]
    }
  }
}
