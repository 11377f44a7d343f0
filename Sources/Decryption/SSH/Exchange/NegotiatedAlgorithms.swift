import Model

/// What both offers come to (RFC 4253 §7.1).
struct NegotiatedAlgorithms: Sendable {
  /// Nil where the ends share none.
  let keyExchange: String?
  let hostKey: String?
  let ciphers: PerDirection<String?>
  let macs: PerDirection<String?>
  let compressions: PerDirection<String?>
  /// Sequence numbers start again at each NEWKEYS (kex-strict-*-v00@openssh.com).
  let isStrict: Bool
  /// A packet sent on a guess is to be ignored.
  let isGuessWrong: Bool

  init(client: KeyExchangeInit, server: KeyExchangeInit) {
    keyExchange = Self.choose(client.keyExchange, server.keyExchange)
    hostKey = Self.choose(client.hostKey, server.hostKey)
    func both(_ list: (KeyExchangeInit) -> PerDirection<[String]>) -> PerDirection<String?> {
      PerDirection(
        Self.choose(list(client).fromClient, list(server).fromClient),
        Self.choose(list(client).fromServer, list(server).fromServer))
    }
    ciphers = both(\.ciphers)
    macs = both(\.macs)
    compressions = both(\.compressions)
    isStrict =
      client.keyExchange.contains("kex-strict-c-v00@openssh.com")
      && server.keyExchange.contains("kex-strict-s-v00@openssh.com")
    isGuessWrong =
      client.keyExchange.first != server.keyExchange.first || client.hostKey.first != server.hostKey.first
  }

  /// The client's first that the server has too; a set keeps lists of a hundred thousand names harmless.
  private static func choose(_ client: [String], _ server: [String]) -> String? {
    let offered = Set(server)
    return client.first { offered.contains($0) }
  }
}
