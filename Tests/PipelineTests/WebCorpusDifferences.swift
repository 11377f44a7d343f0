/// Where tshark and we differ on the HTTP captures of the corpus, and why we are right or what it costs.
enum WebCorpusDifferences {
  private static let chatter = "tshark takes what s_client and s_server said for HTTP; we see more answers"

  private static let reasons: [(path: String, reason: String)] = [
    ("all_ciphers_test", chatter), ("feature_test/feature_test.pcap", chatter),
    ("http2-16-ssl.pcap", "tshark was given a key that is not here"),
  ]

  static func reason(_ path: String) -> String? { reasons.first { path.contains($0.path) }?.reason }
}
