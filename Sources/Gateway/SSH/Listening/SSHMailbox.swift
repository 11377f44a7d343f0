import CSSH
import Glibc
import Synchronization

/// How other threads reach the one of a connection: with things to look at, and with what is recorded by now. Safe to use from
/// any thread.
final class SSHMailbox: Sendable {
  enum Letter: Sendable {
    /// The policy or the approvals may have changed; asks again for the request that waits under this number.
    case again
    /// Another policy holds.
    case reread
    case drain(isNow: Bool)
    case revoke(String)
    case lose
  }

  private struct State {
    var letters: [Letter] = []
    /// For each batch that is not on disk, how many of its records are not.
    var pending: [UInt64: Int] = [:]
    var last: UInt64 = 0
    var failure: (any Error)?
  }

  private let state = Mutex(State())
  /// Can be read when there is something new.
  let descriptor: Int32

  init() throws(SSHFault) {
    descriptor = eventfd(0, O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw SSHFault("too many open files") }
  }

  deinit { Glibc.close(descriptor) }

  private func wake() {
    var one: UInt64 = 1
    _ = unsafe write(descriptor, &one, 8)
  }

  // MARK: Letters

  func post(_ letter: Letter) {
    state.withLock { $0.letters.append(letter) }
    wake()
  }

  /// Takes all letters, and waits to be woken again.
  func take() -> [Letter] {
    var count: UInt64 = 0
    _ = unsafe read(descriptor, &count, 8)
    return state.withLock { state in
      defer { state.letters = [] }
      return state.letters
    }
  }

  // MARK: Records

  /// A batch of records ends, of which so many are not on disk yet.
  func expect(_ batch: UInt64, _ count: Int) {
    state.withLock { state in
      state.last = batch
      if count > 0 { state.pending[batch, default: 0] += count }
    }
  }

  func recorded(_ batch: UInt64, _ error: (any Error)?) {
    state.withLock { state in
      let left = state.pending[batch, default: 1] - 1
      state.pending[batch] = left == 0 ? nil : left
      if let error, state.failure == nil { state.failure = error }
    }
    wake()
  }

  /// All batches up to this one are recorded.
  ///
  /// - Throws: why nothing is recorded any more.
  func recordedBatch() throws -> UInt64 {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.pending.keys.min().map { $0 - 1 } ?? state.last
    }
  }
}
