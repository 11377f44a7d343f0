import Bytes
import Model
import NIOCore
import NIOSSL
import Synchronization

/// The keys of an issuer: of a file, or asked for at an address, kept, and asked for again. Safe to use from any thread.
final class IssuerKeys: Sendable {
  enum Source: Sendable, Hashable {
    case file
    /// Of the set itself.
    case address(WebAddress)
    /// Of the document that names it (OpenID Connect Discovery 1.0 §4).
    case discovery(WebAddress, issuer: String)
  }

  /// Before they are asked for again because a token names a key that is not among them, or because they could not be had.
  private static let pauseSeconds: Int64 = 10
  /// Keys that are older count no more: a key that was taken back would go on for ever where nobody can be asked.
  private static let ageSecondsLimit: Int64 = 86_400
  private static let patience: TimeAmount = .seconds(10)

  let source: Source
  /// How long keys are kept before they are asked for again.
  private let refreshSeconds: Int64
  private let tls: NIOSSLContext?

  private struct State {
    var keys: JSONWebKeySet?
    var readAt: Timestamp?
    var askedAt: Timestamp?
    var isAsking = false
    /// A token named a key that is not among them.
    var isWanting = false
  }
  private let state: Mutex<State>

  init(file keys: JSONWebKeySet) {
    (source, refreshSeconds, tls) = (.file, 0, nil)
    state = Mutex(State(keys: keys))
  }

  /// - Throws: `GatewayError` when the authority's certificates cannot be read.
  init(_ source: Source, refreshSeconds: Int64) throws {
    (self.source, self.refreshSeconds) = (source, refreshSeconds)
    switch source {
    case .file: tls = nil
    case .address(var address), .discovery(var address, _):
      // What is found on this machine may name keys on another.
      address.isEncrypted = true
      tls = try address.makeTLS()
    }
    state = Mutex(State())
  }

  /// Nil when no keys are known.
  func verdict(on token: JSONWebToken) -> JSONWebKeySet.Verdict? {
    state.withLock { state in
      guard let verdict = state.keys?.verdict(on: token) else { return nil }
      if verdict == .unknownKey { state.isWanting = true }
      return verdict
    }
  }

  var isAsking: Bool { state.withLock { $0.isAsking } }

  /// Asks for the keys when it is time to, and says whether it does. `told`: why they could not be had, or nil when they were
  /// changed.
  @discardableResult
  func refresh(
    at time: Timestamp, on loop: any EventLoop, _ told: @escaping @Sendable (_ problem: String?) -> Void
  ) -> Bool {
    let isDue = state.withLock { state in
      guard source != .file, !state.isAsking else { return false }
      if let read = state.readAt, time >= read.adding(seconds: max(Self.ageSecondsLimit, 2 * refreshSeconds)) {
        state.keys = nil
      }
      if let asked = state.askedAt {
        let isOld = state.readAt.map { time >= $0.adding(seconds: refreshSeconds) } ?? true
        guard time >= asked.adding(seconds: Self.pauseSeconds), state.isWanting || isOld else { return false }
      }
      (state.isAsking, state.isWanting, state.askedAt) = (true, false, time)
      return true
    }
    guard isDue else { return false }
    switch source {
    case .file: break
    case .address(let address): ask(address, at: time, on: loop, told)
    case .discovery(let address, let issuer):
      fetch(address, on: loop) { [self] document in
        do throws(GatewayError) {
          ask(try Self.keyAddress(try document.get(), issuer, address), at: time, on: loop, told)
        } catch {
          finish(nil, at: time)
          told("\(error)")
        }
      }
    }
    return true
  }

  /// Where the document says that the keys are: it must be about that issuer (§4.3), and the keys come from another machine
  /// encrypted, as the document does.
  private static func keyAddress(
    _ document: [UInt8], _ issuer: String, _ address: WebAddress
  ) throws(GatewayError) -> WebAddress {
    guard let value = JSONValue.document(in: document), value["issuer"]?.string == issuer else {
      throw GatewayError("\(address.authority)\(address.target) is not about \(issuer)")
    }
    guard var keys = value["jwks_uri"]?.string.flatMap({ WebAddress($0) }),
      keys.isEncrypted || !address.isEncrypted && keys.isLoopback
    else { throw GatewayError("\(address.authority)\(address.target) has no jwks_uri that can be used") }
    keys.authorityFile = address.authorityFile
    return keys
  }

  private func ask(
    _ address: WebAddress, at time: Timestamp, on loop: any EventLoop,
    _ told: @escaping @Sendable (_ problem: String?) -> Void
  ) {
    fetch(address, on: loop) { [self] answer in
      do {
        let keys = try JSONWebKeySet(parsing: try answer.get())
        if finish(keys, at: time) { told(nil) }
      } catch {
        finish(nil, at: time)
        told("\(error)")
      }
    }
  }

  private func fetch(
    _ address: WebAddress, on loop: any EventLoop,
    _ done: @escaping @Sendable (Result<[UInt8], GatewayError>) -> Void
  ) {
    let request = WebRequestSide.Request(address: address, answerLimit: JSONWebKeySet.byteLimit)
    WebRequestSide.send(request, tls: address.isEncrypted ? tls : nil, on: loop, within: Self.patience) { outcome in
      switch outcome {
      case .answered(200, let body): done(.success(body))
      case .answered(let status, _): done(.failure(GatewayError("\(address.host) answered \(status)")))
      case .failed(let why): done(.failure(GatewayError(why)))
      }
    }
  }

  /// Whether the keys are others than before.
  @discardableResult
  private func finish(_ keys: JSONWebKeySet?, at time: Timestamp) -> Bool {
    state.withLock { state in
      state.isAsking = false
      guard let keys else { return false }
      defer { (state.keys, state.readAt) = (keys, time) }
      return state.keys != keys
    }
  }
}
