import NIOSSL

/// Whom the gateway tells of what waits, and how much.
struct NoticeRules: Sendable {
  /// An address that gets a POST.
  struct Webhook: Sendable {
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
  }

  /// Path and arguments.
  var command: [String]?
  var webhook: Webhook?
  /// The statements' text, with all that is in it, goes with it.
  var tellsText = false
  /// For one try.
  var seconds: Int64 = 10
}
