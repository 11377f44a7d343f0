import Bytes
import Dispatch
import Gateway
import Synchronization

/// A disk in memory that can be made slow, full or broken.
final class TestDisk: RecordingDisk {
  struct State: Sendable {
    var files: [String: [UInt8]] = [:]
    var syncedCount = 0
    var writtenCount = 0
    /// Bytes that still go onto it; nil for as many as come.
    var room: Int?
    var failsToSync = false
  }

  let state = Mutex(State())
  /// Held while nothing may be written, or synced.
  let writing = Gate()
  let syncing = Gate()

  func create(_ path: String) throws(RecorderError) -> any SegmentFile {
    state.withLock { $0.files[path] = [] }
    return TestFile(self, path)
  }

  func freeBytes(in folder: String) throws(RecorderError) -> UInt64 {
    state.withLock { UInt64(clamping: $0.room ?? .max) }
  }

  /// All segments, one after the other.
  var bytes: [[UInt8]] { state.withLock { state in state.files.sorted { $0.key < $1.key }.map(\.value) } }
}

final class TestFile: SegmentFile {
  private let disk: TestDisk
  private let path: String

  init(_ disk: TestDisk, _ path: String) { (self.disk, self.path) = (disk, path) }

  func write(_ bytes: Span<UInt8>) throws(RecorderError) {
    disk.writing.pass()
    let all = bytes.array
    let isWhole = disk.state.withLock { state in
      let count = min(all.count, state.room ?? .max)
      state.room = state.room.map { $0 - count }
      state.files[path, default: []] += all.prefix(count)
      state.writtenCount += count
      return count == all.count
    }
    guard isWhole else { throw RecorderError(.full, "\(path): No space left on device") }
  }

  func sync() throws(RecorderError) {
    disk.syncing.pass()
    let fails = disk.state.withLock { state in
      state.syncedCount = state.writtenCount
      return state.failsToSync
    }
    if fails { throw RecorderError(.disk, "\(path): Input/output error") }
  }

  func truncate(to byteCount: UInt64) throws(RecorderError) {
    disk.state.withLock { state in
      state.files[path] = Array((state.files[path] ?? []).prefix(Int(clamping: byteCount)))
    }
  }
}

/// Lets threads pass, or holds them up until it is opened.
final class Gate: Sendable {
  private let isOpen = Mutex(true)
  private let turn = DispatchSemaphore(value: 0)

  func close() { isOpen.withLock { $0 = false } }

  func open() {
    isOpen.withLock { $0 = true }
    turn.signal()
  }

  func pass() {
    while !isOpen.withLock({ $0 }) { _ = turn.wait(timeout: .now() + .milliseconds(20)) }
  }
}

/// What became of a ticket, once somebody was called back.
final class Answer: Sendable {
  private let value = Mutex<RecorderError??>(nil)
  private let turn = DispatchSemaphore(value: 0)

  init(_ ticket: Ticket, of recorder: Recorder) {
    recorder.whenPassed(ticket) { [self] error in
      value.withLock { value in
        precondition(value == nil, "called back twice")
        value = .some(error)
      }
      turn.signal()
    }
  }

  var isGiven: Bool { value.withLock { $0 != nil } }

  /// The error, or nil when the ticket was passed; waits for it.
  func wait() -> RecorderError? {
    guard turn.wait(timeout: .now() + .seconds(20)) == .success else {
      return RecorderError(.disk, "nobody called back")
    }
    return value.withLock { $0 ?? nil }
  }
}
