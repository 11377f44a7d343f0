/// Captures in which our reading differs from tshark's, and why. In all others they agree.
enum HTTPCorpusDifferences {
  /// By capture.
  static let reasons: [String: String] = [:]

  /// Why a capture may differ; nil when it must not.
  static func reason(_ path: String) -> String? { reasons[path] }
}
