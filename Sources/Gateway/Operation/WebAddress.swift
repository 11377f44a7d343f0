import NIOSSL

/// A server of HTTP that the gateway itself asks or tells something.
struct WebAddress: Sendable, Hashable {
  var isEncrypted: Bool
  var host: String
  var port: Int
  /// Path and query.
  var target: String
  /// Certificates that are believed in place of the system's.
  var authorityFile: String?

  /// Reads `https://host[:port]/path`; nil for what is none.
  init?(_ text: String) {
    guard text.utf8.count <= 2_048, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
      let match = text.wholeMatch(of: #/(https?)://([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?(/[^#]*)?/#)
    else { return nil }
    isEncrypted = match.1 == "https"
    host = match.2.filter { $0 != "[" && $0 != "]" }
    let port = match.3.map { Int($0) ?? 0 } ?? (isEncrypted ? 443 : 80)
    guard (1...65_535).contains(port) else { return nil }
    self.port = port
    target = match.4.map(String.init) ?? "/"
  }

  /// Nobody else's machine hears it.
  var isLoopback: Bool { SocketPlace(host: host, port: port).isLoopback }

  /// What a Host field says (RFC 9110 §7.2).
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isEncrypted ? 443 : 80) ? name : "\(name):\(port)"
  }

  /// What browsers say that a page of it comes from (RFC 6454 §6.2).
  var origin: String { "\(isEncrypted ? "https" : "http")://\(authority)" }

  /// An address is no name that TLS could send; the certificate is held against it all the same.
  var serverName: String? {
    SocketPlace(host: host, port: port).isAddress ? nil : host
  }

  /// For the connection; nil where it is not encrypted.
  ///
  /// - Throws: `GatewayError` when the certificates cannot be read.
  func makeTLS() throws -> NIOSSLContext? {
    guard isEncrypted else { return nil }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    if let authorityFile { configuration.trustRoots = .file(authorityFile) }
    do { return try NIOSSLContext(configuration: configuration) } catch { throw GatewayError("TLS: \(error)") }
  }
}
