import Synchronization

/// The keys that the gateway gave to clients, and whose sessions they cancel.
///
/// The process id is the target's, which its notifications and `pg_backend_pid()` tell too, so several targets may have the
/// same; the secret is the gateway's own, so that nobody cancels behind its back.
final class CancelBook: Sendable {
  struct Key: Hashable, Sendable {
    var processID: UInt32
    var secret: UInt32
  }

  private let entries = Mutex<[Key: @Sendable () -> Void]>([:])

  /// A new key for a session, with that process id where the target told one.
  func add(processID: UInt32?, _ cancel: @escaping @Sendable () -> Void) -> Key {
    entries.withLock { entries in
      var random = SystemRandomNumberGenerator()
      // Clients show it as a process id, which is positive.
      let processID = processID ?? UInt32.random(in: 1...UInt32(Int32.max), using: &random)
      var key: Key
      repeat {
        key = Key(processID: processID, secret: UInt32.random(in: .min ... .max, using: &random))
      } while entries[key] != nil
      entries[key] = cancel
      return key
    }
  }

  func remove(_ key: Key) { entries.withLock { $0[key] = nil } }

  /// Cancels what the session with that key does; nothing happens without the right secret.
  func cancel(_ key: Key) {
    let cancel = entries.withLock { $0[key] }
    cancel?()
  }
}
