import Dispatch
import Synchronization

/// Hands values from one thread to another and holds the giver back when the taker is slower.
public final class BoundedChannel<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isFinished = false
    var isCancelled = false
  }

  private let state = Mutex(State())
  private let free: DispatchSemaphore
  private let filled = DispatchSemaphore(value: 0)

  /// - Parameter capacity: elements that may wait.
  public init(capacity: Int) {
    // Begun at zero: a semaphore traps when it goes with less than it began with, and a cancelled channel would.
    free = DispatchSemaphore(value: 0)
    for _ in 0..<capacity { free.signal() }
  }

  /// Gives an element; waits while the channel is full.
  ///
  /// - Returns: false when the taker wants no more.
  public func send(_ element: Element) -> Bool {
    free.wait()
    let isOpen = state.withLock { state in
      if !state.isCancelled { state.elements.append(element) }
      return !state.isCancelled
    }
    filled.signal()
    return isOpen
  }

  /// Says that nothing follows.
  public func finish() {
    state.withLock { $0.isFinished = true }
    filled.signal()
  }

  /// The next element; waits for it. Nil at the end.
  public func receive() -> Element? {
    while true {
      filled.wait()
      let (element, isOver) = state.withLock { state -> (Element?, Bool) in
        if !state.elements.isEmpty { return (state.elements.removeFirst(), false) }
        return (nil, state.isFinished)
      }
      if let element {
        free.signal()
        return element
      }
      if isOver {
        filled.signal()
        return nil
      }
    }
  }

  /// The taker wants no more; the giver is let go.
  public func cancel() {
    state.withLock { state in
      state.isCancelled = true
      state.elements.removeAll()
    }
    for _ in 0..<64 { free.signal() }
  }
}
