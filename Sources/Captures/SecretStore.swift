/// The decryption secrets of all sources, at hand as soon as they are read: before the packets that they open.
final class SecretStore {
  /// Bytes and number of secrets kept.
  static let byteLimit = 64 << 20
  static let countLimit = 10_000

  private(set) var all: [DecryptionSecrets] = []
  private var byteCount = 0

  /// False when it is one too many.
  func keep(_ secrets: DecryptionSecrets) -> Bool {
    guard all.count < SecretStore.countLimit, byteCount + secrets.bytes.count <= SecretStore.byteLimit else {
      return false
    }
    byteCount += secrets.bytes.count
    all.append(secrets)
    return true
  }
}
