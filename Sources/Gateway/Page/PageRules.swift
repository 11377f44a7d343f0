/// The page on which people see what waits, and decide: where it is, and how long they stay logged in.
struct PageRules: Sendable {
  var place: SocketPlace
  /// Nil means plain TCP, on loopback only.
  var tls: GatewayConfiguration.ServerTLS?
  /// What people type, `https://gateway.example`; nil means this machine's own names.
  var origin: WebAddress?
  /// The longest that a login counts, and what it is certified for.
  var longestSeconds: Int64 = 12 * 3_600
  /// The gateway's socket, for the command that people are shown.
  var socket: String?

  /// What browsers say that the page's own requests come from; `port` is where it listens.
  func origins(port: Int) -> Set<String> {
    if let origin { return [origin.origin] }
    let scheme = tls == nil ? "http" : "https"
    return Set(["localhost", "127.0.0.1", "[::1]"].map { "\(scheme)://\($0):\(port)" })
  }

  /// Whether browsers reach it by TLS.
  var isEncrypted: Bool { tls != nil || origin?.isEncrypted == true }
}
