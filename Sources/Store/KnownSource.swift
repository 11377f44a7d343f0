/// A source that the case has already, as far as it takes to recognise it again.
public struct KnownSource: Sendable, Hashable {
  public var byteCount: UInt64
  /// Over the first 64 KiB.
  public var headSHA256: String
  public var sha256: String

  public init(byteCount: UInt64, headSHA256: String, sha256: String) {
    self.byteCount = byteCount
    self.headSHA256 = headSHA256
    self.sha256 = sha256
  }
}
