import Bytes
import Captures
import Foundation
import Synchronization

/// Hashes a source on a thread of its own, so that reading does not wait for it.
final class ThreadedHash: ContentHash, Sendable {
  /// Chunks that may wait.
  static let capacity = 4

  private let channel = BoundedChannel<Chunk>(capacity: ThreadedHash.capacity)
  private let result = BoundedChannel<Digest>(capacity: 1)

  private struct Chunk: Sendable {
    var bytes: [UInt8]
    var range: Range<Int>
  }

  init() {
    let channel = channel
    let result = result
    let thread = Thread {
      let hash = SHA256()
      while let chunk = channel.receive() { hash.update(chunk.bytes.span.extracting(chunk.range)) }
      _ = result.send(hash.finish())
    }
    thread.name = "exhibit-hash"
    thread.start()
  }

  func update(_ chunk: [UInt8], _ range: Range<Int>) {
    _ = channel.send(Chunk(bytes: chunk, range: range))
  }

  func finish() -> Digest {
    channel.finish()
    return result.receive() ?? SHA256().finish()
  }
}
