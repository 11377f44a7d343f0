import Dispatch
import Foundation
import Model
import Synchronization

/// The thread that keeps the evidence log, so that nobody waits for its signatures but those who must.
final class LogKeeper: Sendable {
  enum Job: Sendable {
    /// Leaves that come later tell of bytes of this file: they must be on disk before.
    case sync(any SegmentFile)
    case leaf(RecorderLeaf)
  }

  private struct Queue: Sendable {
    var jobs: [Job] = []
    /// Leaves that were ever given.
    var count: UInt64 = 0
    var isStopping = false
    var isFailed = false
  }

  private let log: any ExtentLog
  private let queue = Mutex(Queue())
  private let signal = DispatchSemaphore(value: 0)
  private let isOver = DispatchSemaphore(value: 0)
  private let committedCount = Atomic<UInt64>(0)

  init(_ log: any ExtentLog) { self.log = log }

  /// Leaves that are committed, of those that were given.
  var committed: UInt64 { committedCount.load(ordering: .acquiring) }

  /// Writes the first leaves, before anything is recorded.
  func begin(_ leaves: [RecorderLeaf]) throws(RecorderError) {
    for leaf in leaves { try log.append(leaf) }
    try log.commit()
  }

  func start(committed: @escaping @Sendable () -> Void, failed: @escaping @Sendable (RecorderError) -> Void) {
    let thread = Thread { [self] in
      run(committed, failed)
      isOver.signal()
    }
    thread.name = "exhibit-evidence-log"
    thread.start()
  }

  /// - Returns: how many leaves must be committed for this one to be.
  func add(_ leaf: RecorderLeaf) -> UInt64 {
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

  /// Commits what is there and ends; with a leaf that says so when all was recorded.
  func stop(isWhole: Bool, at time: Timestamp) {
    if isWhole { _ = add(.close(at: time)) }
    queue.withLock { $0.isStopping = true }
    signal.signal()
    isOver.wait()
  }

  private func run(_ committed: () -> Void, _ failed: (RecorderError) -> Void) {
    while true {
      let (jobs, count, isStopping) = queue.withLock { queue in
        defer { queue.jobs = [] }
        return (queue.jobs, queue.count, queue.isStopping)
      }
      if !jobs.isEmpty {
        do throws(RecorderError) {
          for job in jobs {
            switch job {
            case .sync(let file): try file.sync()
            case .leaf(let leaf): try log.append(leaf)
            }
          }
          try log.commit()
          committedCount.store(count, ordering: .releasing)
          committed()
        } catch {
          failed(error)
        }
      } else if isStopping {
        return
      }
      if !isStopping { signal.wait() }
    }
  }
}
