import Bytes
import Foundation

/// The one thread that PostgreSQL's grammar runs on, with the stack that its recursion may need.
///
/// It stays for the life of the process: libpg_query takes a key of thread-specific data for each thread that it meets and
/// gives none back. A process has 1,024 of them (PTHREAD_KEYS_MAX), and without one libcrypto has no random numbers: a
/// thread for each statement would stop signatures and logins after the thousandth.
final class GrammarThread: Sendable {
  static let shared = GrammarThread()
  /// Bytes of stack for the grammar's recursion.
  static let stackSize = 64 << 20

  private let jobs = BoundedChannel<@Sendable () -> Void>(capacity: 64)

  private init() {
    let jobs = jobs
    let thread = Thread {
      while let job = jobs.receive() { job() }
    }
    thread.stackSize = GrammarThread.stackSize
    thread.start()
  }

  /// Runs the body there, and waits for what it gives.
  func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
    let box = ResultBox<Value>()
    guard jobs.send({ box.put(body()) }) else { preconditionFailure("the grammar's thread is never ended") }
    return box.take()
  }
}
