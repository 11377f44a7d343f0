/// Where tshark and we differ on the HTTP captures of the corpus, and why we are right or what it costs.
enum WebCorpusDifferences {
  private static let reasons: [(path: String, reason: String)] = []

  static func reason(_ path: String) -> String? { reasons.first { path.contains($0.path) }?.reason }
}
