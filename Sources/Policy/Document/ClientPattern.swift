/// One or more clients: an address, a network, or names with `*` and `?`, with a port or without.
struct ClientPattern: Sendable, Hashable {
  private enum Form: Sendable, Hashable {
    case network(Network)
    case host(Glob)
    case endpoint(Glob)
  }

  private let form: Form

  /// Nil for what is none, and for what stands for every client.
  init?(_ text: String) {
    if let network = Network(text), !text.hasSuffix("/0") {
      form = .network(network)
      return
    }
    let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._*?:[]".contains($0)) }
    // What looks like an address and is none is a slip of the pen: 10.0.0.300
    let isNumeric = text.allSatisfy { $0.isNumber || $0 == "." }
    guard isPlain, !isNumeric, text.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
    let hasPort = text.contains("]:") || !text.hasPrefix("[") && text.contains(":")
    form = hasPort ? .endpoint(Glob(text)) : .host(Glob(text))
  }

  /// Of `host:port`.
  func matches(endpoint: String) -> Bool {
    switch form {
    case .network(let network): network.contains(endpoint: endpoint)
    case .host(let glob): glob.matches(RuleSubject.host(endpoint))
    case .endpoint(let glob): glob.matches(endpoint)
    }
  }
}
