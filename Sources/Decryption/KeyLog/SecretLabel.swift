/// What a line of an NSS key log holds, by its label.
enum SecretLabel: String, Sendable, Hashable {
  /// TLS 1.0 to 1.2: the master secret.
  case master = "CLIENT_RANDOM"
  /// TLS 1.0 to 1.2: the premaster secret (Wireshark's extension).
  case preMaster = "PMS_CLIENT_RANDOM"
  case clientEarly = "CLIENT_EARLY_TRAFFIC_SECRET"
  case clientHandshake = "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
  case serverHandshake = "SERVER_HANDSHAKE_TRAFFIC_SECRET"
  case clientTraffic = "CLIENT_TRAFFIC_SECRET_0"
  case serverTraffic = "SERVER_TRAFFIC_SECRET_0"

  /// Labels that open no record: they are well formed and are not kept.
  static func isIgnored(_ text: String) -> Bool {
    switch text {
    case "EXPORTER_SECRET", "EARLY_EXPORTER_SECRET", "EARLY_EXPORTER_MASTER_SECRET", "ECH_SECRET", "ECH_CONFIG": true
    default: text.hasPrefix("CLIENT_TRAFFIC_SECRET_") || text.hasPrefix("SERVER_TRAFFIC_SECRET_")
    }
  }
}
