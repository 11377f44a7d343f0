import Bytes

/// Names what a flow looks like when no parser can look into it.
enum FlowLabel {
  static let unknown = "unknown"

  /// `tls`, `ssh`, `http` or `unknown`, by the first bytes of either end.
  static func name(client: Span<UInt8>, server: Span<UInt8>) -> String {
    if isTLS(client) || isTLS(server) { return "tls" }
    if client.starts(with: "SSH-") || server.starts(with: "SSH-") { return "ssh" }
    if server.starts(with: "HTTP/1.") || isRequest(client) { return "http" }
    return unknown
  }

  /// A handshake record of TLS 1.x (RFC 8446 §5.1): type 22, version 3.x.
  private static func isTLS(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 3 else { return false }
    return bytes[0] == 22 && bytes[1] == 3 && bytes[2] <= 4
  }

  private static func isRequest(_ bytes: Span<UInt8>) -> Bool {
    bytes.starts(with: "GET ") || bytes.starts(with: "POST ") || bytes.starts(with: "HEAD ")
      || bytes.starts(with: "PUT ") || bytes.starts(with: "DELETE ") || bytes.starts(with: "PATCH ")
      || bytes.starts(with: "OPTIONS ") || bytes.starts(with: "CONNECT ") || bytes.starts(with: "PRI * HTTP/2")
  }
}
