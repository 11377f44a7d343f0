public import Bytes

/// Hashes the bytes of one source as they are read; an implementation may do so on another thread.
public protocol ContentHash: AnyObject {
  /// Takes the bytes of `chunk` in `range`.
  ///
  /// The array may be kept: its storage is not written to for as long as anyone else holds it.
  func update(_ chunk: [UInt8], _ range: Range<Int>)

  /// The digest of everything taken, once.
  func finish() -> Digest
}

/// Hashes at once, on the thread that reads.
final class InlineHash: ContentHash {
  private let hash = SHA256()

  func update(_ chunk: [UInt8], _ range: Range<Int>) { hash.update(chunk.span.extracting(range)) }

  func finish() -> Digest { hash.finish() }
}
