import Bytes
import Model
import SSHKeys
import Synchronization

/// Who is about to log in to the page, and who is logged in. All of it is gone with the gateway.
final class PageLogins: Sendable {
  /// A browser that wants to log in.
  struct Pending: Sendable {
    /// What the person reads on the page and types beside his key.
    let code: String
    /// The browser's own key; nil for one that asks a security token.
    let key: SSHPublicKey?
    /// What is signed to log in.
    let text: String
    /// What the browser says of itself, and where it is.
    let browser: String
    let address: String
    let since: Timestamp
    /// The key's, as soon as somebody certified it.
    var certificate: SSHPublicKey?
  }

  /// Logins under way, and people who are logged in.
  static let pendingLimit = 64
  static let readerLimit = 256
  /// For a login to be done, in seconds.
  static let patience: Int64 = 600
  /// Without letters that look like others.
  private static let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")

  private struct State {
    var pending: [String: Pending] = [:]
    /// By the SHA-256 of what the browser shows.
    var readers: [Digest: PageReader] = [:]
  }

  private let state = Mutex(State())

  /// Takes a browser that wants to log in, and where too many do in place of the first; nil when there are no random numbers.
  func begin(key: SSHPublicKey?, page: String, browser: String, address: String, at time: Timestamp) -> Pending? {
    guard let bytes = PasswordHashing.random(8), let nonce = PasswordHashing.random(16) else { return nil }
    let letters = bytes.map { Self.alphabet[Int($0) % Self.alphabet.count] }
    let code = String(letters[..<4]) + "-" + String(letters[4...])
    let text = """
      Log in to the page with what waits at a gateway.
      page: \(page)
      code: \(code)
      key: \(key?.fingerprint ?? "of a security token")
      time: \(time.formatted(fractionDigits: 0))
      nonce: \(nonce.hex)

      """
    let pending = Pending(
      code: code, key: key, text: text, browser: String(browser.prefix(200)), address: address, since: time)
    return state.withLock { state in
      Self.forget(&state, at: time)
      guard state.pending[code] == nil else { return nil }
      if state.pending.count >= Self.pendingLimit,
        let oldest = state.pending.min(by: { $0.value.since < $1.value.since })
      {
        state.pending[oldest.key] = nil
      }
      state.pending[code] = pending
      return pending
    }
  }

  func pending(_ code: String, at time: Timestamp) -> Pending? {
    state.withLock { state in
      Self.forget(&state, at: time)
      return state.pending[code.uppercased()]
    }
  }

  /// Keeps the certificate of a browser's key.
  func note(_ certificate: SSHPublicKey, of code: String) {
    state.withLock { $0.pending[code]?.certificate = certificate }
  }

  /// Lets somebody in, once for each login that was begun.
  ///
  /// - Returns: what his browser shows from then on; nil when that login is over, or too many are logged in.
  func enter(_ reader: PageReader, by code: String, at time: Timestamp) -> String? {
    guard let secret = PasswordHashing.random(32)?.hex else { return nil }
    return state.withLock { state in
      Self.forget(&state, at: time)
      guard state.pending.removeValue(forKey: code) != nil, state.readers.count < Self.readerLimit else { return nil }
      state.readers[SHA256.digest(of: secret)] = reader
      return secret
    }
  }

  func reader(showing secret: String, at time: Timestamp) -> PageReader? {
    state.withLock { $0.readers[SHA256.digest(of: secret)] }.flatMap { $0.until > time ? $0 : nil }
  }

  func leave(showing secret: String) { state.withLock { $0.readers[SHA256.digest(of: secret)] = nil } }

  private static func forget(_ state: inout State, at time: Timestamp) {
    let oldest = time.adding(seconds: -patience)
    state.pending = state.pending.filter { $0.value.since > oldest }
    state.readers = state.readers.filter { $0.value.until > time }
  }
}
