import Bytes
import Model

/// What stands for all evidence of a case: the digests of its sources, each once, sorted, a line each.
struct CaseRoot {
  /// The lines, as `sha256sum` would be given them.
  let lines: String
  /// SHA-256 of the lines.
  let digest: String

  init(_ sources: [Source]) {
    lines = Set(sources.map(\.sha256)).sorted().map { $0 + "\n" }.joined()
    digest = SHA256.digest(of: lines).hex
  }
}
