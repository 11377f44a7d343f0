import Bytes
import Model
import Policy

/// Asks Policy what was done over SSH and with git.
struct RemoteReader {
  private let classifier: RemoteClassifier

  init(secrets: SecretHasher) { classifier = RemoteClassifier(secrets: secrets) }

  /// The actions of an exchange: the whole first, then what was done within it.
  func parts(of exchange: Exchange, on host: String) -> [ActionPart] {
    switch exchange.shape {
    case .command(let command): [classifier.part(of: command, exchange, on: host)]
    case .file(let file): [classifier.part(of: file, on: host)]
    case .forwarding(let forwarding): [classifier.part(of: forwarding)]
    case .repository(let repository): [classifier.part(of: repository, exchange, on: host)]
    case .login, .statement, .call, .cancellation, .notification, .marker, .opaque: []
    }
  }
}
