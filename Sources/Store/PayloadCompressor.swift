import Bytes
import Foundation
import Synchronization

/// Compresses payloads on a thread of its own while rows are written.
final class PayloadCompressor: Sendable {
  /// Payloads that may wait; each is at most `--body-limit` large.
  static let capacity = 16
  /// Payloads from this many bytes on are worth the way to the other thread.
  static let threshold = 4096

  /// A payload on its way into its table.
  struct Job: Sendable {
    var number: Int64
    var digest: String
    var layout: String
    var byteCount: UInt64
    var bytes: [UInt8]
  }

  /// A payload that is compressed; `frame` is nil when zstd refused.
  struct Done: Sendable {
    var job: Job
    var keptCount: Int
    var frame: [UInt8]?
  }

  private let jobs = BoundedChannel<Job>(capacity: PayloadCompressor.capacity)
  private let over = BoundedChannel<Void>(capacity: 1)
  private let done = Mutex<[Done]>([])

  init() {
    let thread = Thread { [weak self, jobs, over] in
      let codec = ZstdCodec()
      while let job = jobs.receive() {
        var result = Done(job: job, keptCount: job.bytes.count, frame: codec.compress(job.bytes))
        result.job.bytes = []
        self?.done.withLock { $0.append(result) }
      }
      _ = over.send(())
    }
    thread.name = "exhibit-zstd"
    thread.start()
  }

  deinit { jobs.finish() }

  /// Hands a payload over; waits while too many wait.
  func submit(_ job: Job) { _ = jobs.send(job) }

  /// What is compressed by now.
  func take() -> [Done] {
    done.withLock { done in
      defer { done.removeAll() }
      return done
    }
  }

  /// Everything that is still to come; nothing may be submitted afterwards.
  func finish() -> [Done] {
    jobs.finish()
    _ = over.receive()
    return take()
  }
}
