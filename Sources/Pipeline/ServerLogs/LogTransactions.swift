import Model
import Policy
import Sessions

/// Follows the transactions of a connection that only a server's log tells of.
struct LogTransactions {
  private var tracker = TransactionTracker()
  private var classifier: StatementReader
  private var context = SQLContext()
  private var isOpen = false
  private var hasFailed = false
  /// The log tells of the connection's end.
  var hasEnd = false

  init(_ classifier: StatementReader) { self.classifier = classifier }

  /// Takes the next statement; gives the stretch of the session's transactions that it belongs to.
  mutating func take(_ text: String, isFailure: Bool) -> UInt32 {
    let segment = tracker.segment
    let parts = classifier.parts(of: Statement(mode: .simple, text: text), in: &context)
    if isFailure {
      tracker.failed()
      hasFailed = isOpen
    } else {
      let control = parts.first?.classification.transactionControl
      tracker.completed(control, tag: hasFailed ? "ROLLBACK" : "")
      switch control {
      case .begin: isOpen = true
      case .commit, .rollback, .prepare: (isOpen, hasFailed) = (false, false)
      case .rollbackTo: hasFailed = false
      case .savepoint, .release, nil: break
      }
    }
    tracker.endCycle(isOpen ? (hasFailed ? .failed : .open) : .idle)
    return segment
  }

  /// Stretches so far.
  var segmentCount: UInt32 { tracker.segment }

  /// The stretches that were not committed.
  mutating func finish() -> [(segment: UInt32, outcome: Action.Transaction)] {
    tracker.finish(isEndCaptured: hasEnd)
    return tracker.takeOutcomes()
  }
}
