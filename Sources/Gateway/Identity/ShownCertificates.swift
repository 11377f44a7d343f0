import Model
import NIOCore
import NIOSSL

/// The certificates that a client showed while TLS was set up. Used on the connection's event loop.
final class ShownCertificates {
  private var chain: [ClientCertificate] = []
  private weak var handler: NIOSSLServerHandler?

  /// The server's end of TLS, which asks for certificates and lets nobody on who shows one that does not count; `refused`
  /// is told why it does not.
  func handler(
    _ tls: NIOSSLContext, _ authorities: @escaping () -> ClientAuthorities?, now: @escaping () -> Timestamp,
    refused: @escaping (String) -> Void
  ) -> NIOSSLServerHandler {
    let handler = NIOSSLServerHandler(context: tls) { [weak self] shown, promise in
      let chain = shown.compactMap { Self.certificate($0) }
      let objection =
        chain.count == shown.count ? authorities()?.objection(to: chain, at: now()) : "a certificate cannot be read"
      guard let self, objection == nil else {
        refused(objection ?? "the connection is over")
        return promise.succeed(.failed)
      }
      self.chain = chain
      promise.succeed(.certificateVerified)
    }
    self.handler = handler
    return handler
  }

  /// The client's certificate first. When TLS was resumed nothing was shown again, and only the client's own is known.
  var all: [ClientCertificate] {
    if !chain.isEmpty { return chain }
    return handler?.peerCertificate.flatMap { Self.certificate($0) }.map { [$0] } ?? []
  }

  private static func certificate(_ certificate: NIOSSLCertificate) -> ClientCertificate? {
    (try? certificate.toDERBytes()).flatMap { ClientCertificate(der: $0) }
  }
}
