import Foundation
import Store

/// Signals as bytes of a pipe, so that they are waited for together with keys and dealt with between two frames.
///
/// They are blocked in every thread but for one that takes them with `sigwait`.
struct SignalPipe {
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH]

  /// Readable when a signal has come.
  let descriptor: Int32

  /// Takes over the signals for the rest of the program.
  ///
  /// - Throws: `CommandError` when the system has no descriptor left.
  init() throws {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw CommandError("no pipe for signals: too many files are open") }
    descriptor = ends[0]
    let end = ends[1]
    _ = Self.mask(SIG_BLOCK, Self.signals)
    // The thread inherits the mask.
    Thread.detachNewThread {
      var set = Self.set(Self.signals)
      while true {
        var number: Int32 = 0
        guard unsafe sigwait(&set, &number) == 0 else { continue }
        StandardOutput.write([UInt8(truncatingIfNeeded: number)], to: end)
      }
    }
  }

  /// The signals that have come; waits for one when there is none.
  func take() -> [Int32] {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    return bytes.prefix(max(0, count)).map(Int32.init)
  }

  /// Does to the program what the signal does by itself: ends or stops it. Returns when the program goes on.
  func deliver(_ signal: Int32) {
    _ = Self.mask(SIG_UNBLOCK, [signal])
    raise(signal)
    _ = Self.mask(SIG_BLOCK, [signal])
  }

  private static func mask(_ how: Int32, _ signals: [Int32]) -> Int32 {
    var set = set(signals)
    return unsafe pthread_sigmask(how, &set, nil)
  }

  private static func set(_ signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    return set
  }
}
