import Synchronization

/// The keys that the gateway gave to clients, and whose sessions they cancel.
final class CancelBook: Sendable {
  private struct Entry: Sendable {
    var secret: UInt32
    var cancel: @Sendable () -> Void
  }

  private let entries = Mutex<[UInt32: Entry]>([:])

  /// A new key for a session.
  func add(_ cancel: @escaping @Sendable () -> Void) -> (processID: UInt32, secret: UInt32) {
    entries.withLock { entries in
      var random = SystemRandomNumberGenerator()
      var processID: UInt32
      // Clients show it as a process id, which is positive.
      repeat { processID = UInt32.random(in: 1...UInt32(Int32.max), using: &random) } while entries[processID] != nil
      let secret = UInt32.random(in: .min ... .max, using: &random)
      entries[processID] = Entry(secret: secret, cancel: cancel)
      return (processID, secret)
    }
  }

  func remove(_ processID: UInt32) { entries.withLock { $0[processID] = nil } }

  /// Cancels what the session with that key does; nothing happens without the right secret.
  func cancel(processID: UInt32, secret: UInt32) {
    let entry = entries.withLock { $0[processID] }
    guard let entry, (entry.secret ^ secret) == 0 else { return }
    entry.cancel()
  }
}
