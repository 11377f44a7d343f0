import Dispatch
import Synchronization

/// Carries one value from a thread to the one that waits for it.
final class ResultBox<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let ready = DispatchSemaphore(value: 0)

  func put(_ new: Value) {
    value.withLock { $0 = new }
    ready.signal()
  }

  func take() -> Value {
    while true {
      ready.wait()
      if let value = value.withLock({ $0 }) { return value }
    }
  }
}
