import Dispatch
import Evidence
import Foundation
import Synchronization

/// The thread that keeps the evidence log, so that nobody waits for its signatures but those who must.
final class LogKeeper: Sendable {
  enum Job: Sendable {
    /// Leaves that come later tell of bytes of this file: they must be on disk before.
    case sync(any SegmentFile)
    case leaf(LeafRecord)
    /// A file of which a leaf before this says that it is deleted.
    case delete(String)
  }

  /// How the log ends.
  private enum End: Sendable {
    case whole
    case failed
  }

  private struct Queue: Sendable {
    var jobs: [Job] = []
    /// Leaves that were ever given.
    var count: UInt64 = 0
    var end: End?
  }

  /// Let go when it is over, so that another recorder may go on with it.
  private let log: Mutex<EvidenceLog?>
  private let queue = Mutex(Queue())
  private let signal = DispatchSemaphore(value: 0)
  private let isOver = DispatchSemaphore(value: 0)
  private let committedCount = Atomic<UInt64>(0)

  init(_ log: EvidenceLog) { self.log = Mutex(log) }

  /// Leaves that are committed, of those that were given.
  var committed: UInt64 { committedCount.load(ordering: .acquiring) }

  func start(committed: @escaping @Sendable () -> Void, failed: @escaping @Sendable (RecorderError) -> Void) {
    let thread = Thread { [self] in
      if let log = log.withLock({ $0 }) { run(log, committed, failed) }
      log.withLock { $0 = nil }
      isOver.signal()
    }
    thread.name = "exhibit-evidence-log"
    thread.start()
  }

  /// Takes over a leaf.
  ///
  /// - Returns: how many leaves must be committed for this one to be.
  @discardableResult
  func add(_ leaf: LeafRecord) -> UInt64 {
    let count = queue.withLock { queue in
      queue.jobs.append(.leaf(leaf))
      queue.count += 1
      return queue.count
    }
    signal.signal()
    return count
  }

  func add(_ jobs: [Job]) {
    guard !jobs.isEmpty else { return }
    queue.withLock { queue in
      for job in jobs {
        queue.jobs.append(job)
        if case .leaf = job { queue.count += 1 }
      }
    }
    signal.signal()
  }

  /// Commits what is there and ends; with a `close` leaf when all was recorded.
  func stop(isWhole: Bool) {
    queue.withLock { $0.end = isWhole ? .whole : .failed }
    signal.signal()
    isOver.wait()
  }

  private func run(_ log: EvidenceLog, _ committed: () -> Void, _ failed: (RecorderError) -> Void) {
    while true {
      let (jobs, count, end) = queue.withLock { queue in
        defer { queue.jobs = [] }
        return (queue.jobs, queue.count, queue.end)
      }
      do throws(RecorderError) {
        if !jobs.isEmpty {
          try keep(jobs, log)
          committedCount.store(count, ordering: .releasing)
          committed()
        } else if let end {
          if end == .whole { try close(log) }
          return
        }
      } catch {
        failed(error)
        if end != nil { return }
      }
      if end == nil { signal.wait() }
    }
  }

  private func keep(_ jobs: [Job], _ log: EvidenceLog) throws(RecorderError) {
    var deleted: [String] = []
    for job in jobs {
      switch job {
      case .sync(let file): try file.sync()
      case .leaf(let leaf): try logging { () throws(EvidenceLogError) in _ = try log.append(leaf) }
      case .delete(let path): deleted.append(path)
      }
    }
    try logging { () throws(EvidenceLogError) in _ = try log.commit() }
    // Only now: a segment that is missing without a leaf would look like one that was taken away.
    for path in deleted { try SystemDisk.remove(path) }
  }

  private func close(_ log: EvidenceLog) throws(RecorderError) {
    try logging { () throws(EvidenceLogError) in _ = try log.close(reason: "recorder shut down") }
  }

  private func logging(_ body: () throws(EvidenceLogError) -> Void) throws(RecorderError) {
    do throws(EvidenceLogError) { try body() } catch { throw RecorderError(error) }
  }
}
