/// A variable that names the gateway's proxy with credentials: what goes through it says of which call it comes, behind the user's name.
/// Programs that know nothing of traces send it with each CONNECT. Another proxy would not know such a user.
struct MarkedProxy: Sendable, Hashable {
  private static let variables = [
    "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
  ]

  private let variable: String
  private let scheme: String
  private let user: String

  /// `places`: the gateway's proxies as `host:port`.
  static func all(in environment: [String: String], at places: [String]) -> [MarkedProxy] {
    variables.compactMap { name in environment[name].flatMap { MarkedProxy(name, $0, at: places) } }
  }

  /// `http://NAME:SECRET@host:port`; nil for what leads elsewhere, has no credentials, or a name that a shell or an address would have to
  /// quote.
  private init?(_ variable: String, _ value: String, at places: [String]) {
    let parts = value.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "http" || parts[0] == "https", let at = parts[1].firstIndex(of: "@"),
      let colon = parts[1][..<at].firstIndex(of: ":"),
      let place = parts[1].split(separator: "@").last?.prefix(while: { $0 != "/" }), places.contains(String(place))
    else { return nil }
    let user = parts[1][..<colon].prefix { $0 != ";" }
    let isPlain = user.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "-_.".utf8.contains(byte)
    }
    guard isPlain, !user.isEmpty else { return nil }
    (self.variable, scheme, self.user) = (variable, String(parts[0]), String(user))
  }

  /// For a shell (POSIX, Parameter Expansion): the secret is taken from the variable, and stands in no text.
  func export(_ traceparent: String) -> String {
    "export \(variable)=\"\(scheme)://\(user);\(traceparent):${\(variable)#*//\(user)*:}\""
  }
}
