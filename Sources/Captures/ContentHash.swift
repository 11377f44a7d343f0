public import Bytes

/// Hashes what is read; may do so on another thread.
public protocol ContentHash: AnyObject {
  /// Takes the bytes of `chunk` within `range`; the array is shared, not copied.
  func update(_ chunk: [UInt8], _ range: Range<Int>)
  /// The digest of everything.
  func finish() -> Digest
}

/// Hashes at once, on the caller's thread.
public final class InlineHash: ContentHash {
  private let hash = SHA256()

  public init() {}

  public func update(_ chunk: [UInt8], _ range: Range<Int>) { hash.update(chunk.span.extracting(range)) }
  public func finish() -> Digest { hash.finish() }
}
