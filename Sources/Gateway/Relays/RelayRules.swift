/// Where relays connect, and who may be one.
struct RelayRules: Sendable {
  var place: SocketPlace
  /// With who certifies relays.
  var tls: GatewayConfiguration.ServerTLS
  /// In lower case: names (DNS) of their certificates.
  var names: [String]
}

extension GatewayConfiguration {
  /// Stands for the relays' listener where listeners go by their names; none has it.
  static let relayListener = ""
}
