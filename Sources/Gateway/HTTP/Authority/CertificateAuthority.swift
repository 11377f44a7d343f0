import Bytes
import CCrypto
import Foundation
import NIOSSL
import Synchronization

/// The gateway's own authority: certifies the names of servers that it stands for, a day at a time.
final class CertificateAuthority: Sendable {
  /// Contexts that are kept; of more the oldest are made again.
  static let cacheLimit = 1_024
  /// Seconds that a server's certificate holds, and how long before its end another is made.
  private static let leafSeconds = 86_400
  private static let earlySeconds = 7_200

  private struct Made {
    var context: NIOSSLContext
    var endsAt: Date
    var number: UInt64
  }

  /// Of one thread at a time.
  private struct Maker {
    let issuer: X509Certificate
    let issuerKey: SigningKey
    /// Of all servers' certificates; of this process alone.
    let leafKey: SigningKey
    var made: [String: Made] = [:]
    var next: UInt64 = 0
  }

  private let maker: Mutex<Maker>

  /// Reads certificate and key, both PEM.
  ///
  /// - Throws: `GatewayError` when they cannot be used, or do not belong to each other.
  init(certificateFile: String, keyFile: String) throws {
    guard let pem = FileManager.default.contents(atPath: certificateFile),
      let issuer = X509Certificate(pem: Array(pem))
    else { throw GatewayError("\(certificateFile) has no certificate; it takes PEM") }
    guard let secret = FileManager.default.contents(atPath: keyFile), let key = SigningKey(pem: Array(secret)) else {
      throw GatewayError("\(keyFile) has no private key without a passphrase; it takes PEM")
    }
    guard issuer.isAuthority else { throw GatewayError("\(certificateFile) is no certificate of an authority") }
    guard issuer.isOf(key) else { throw GatewayError("\(keyFile) is not the key of \(certificateFile)") }
    guard let leafKey = SigningKey() else { throw GatewayError("no key can be made") }
    maker = Mutex(Maker(issuer: issuer, issuerKey: key, leafKey: leafKey))
  }

  /// For the server's end of TLS as that host, which speaks these protocols of HTTP (names of ALPN).
  ///
  /// - Throws: `GatewayError` when libcrypto does not make it.
  func context(
    for host: String, protocols: [String] = ["http/1.1"], at now: Date = Date()
  ) throws -> NIOSSLContext {
    let name = ([host] + protocols).joined(separator: " ")
    if let known = maker.withLock({ $0.made[name] }), known.endsAt > now { return known.context }
    let parts = maker.withLock { maker in
      (
        X509Certificate.der(
          of: host, key: maker.leafKey, by: maker.issuer, maker.issuerKey, seconds: Self.leafSeconds), maker.leafKey.der
      )
    }
    guard let der = parts.0, let key = parts.1 else { throw GatewayError("no certificate can be made for \(host)") }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(try NIOSSLCertificate(bytes: der, format: .der))],
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: key, format: .der)))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = protocols
    let context = try NIOSSLContext(configuration: configuration)
    let end = now.addingTimeInterval(TimeInterval(Self.leafSeconds - Self.earlySeconds))
    maker.withLock { maker in
      if maker.made.count >= Self.cacheLimit, let oldest = maker.made.min(by: { $0.value.number < $1.value.number }) {
        maker.made[oldest.key] = nil
      }
      maker.next += 1
      maker.made[name] = Made(context: context, endsAt: end, number: maker.next)
    }
    return context
  }

  var cachedCount: Int { maker.withLock { $0.made.count } }
}
