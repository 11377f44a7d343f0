public import Model

/// Follows the transactions of one session, so that a change says whether it lasted.
///
/// The session's statements are cut into segments: a new one begins with each transaction, each SAVEPOINT and each
/// ROLLBACK TO. A segment ends committed, rolled back or undecided as a whole.
public struct TransactionTracker: Sendable {
  /// Savepoints followed at once; deeper ones share the segment of the last.
  static let savepointLimit = 4096

  /// The segment that the next statement belongs to.
  public private(set) var segment: UInt32 = 1
  /// Segments whose outcome became known and is not `committed`.
  public private(set) var outcomes: [(segment: UInt32, outcome: Action.Transaction)] = []

  /// The highest segment that was given out.
  private var last: UInt32 = 1
  /// Segments of the transaction that is open, the current one included.
  private var open: [UInt32] = [1]
  /// Savepoints by name, with the position in `open` of the first segment after them.
  private var savepoints: [(name: String, position: Int)] = []
  private var isExplicit = false
  private var hasCycleFailed = false
  private var hasStatements = false

  public init() {}

  /// Takes a statement that ran to its end, with its command tag: a COMMIT of a failed transaction answers `ROLLBACK`.
  public mutating func completed(_ control: TransactionControl?, tag: String) {
    hasStatements = true
    switch control {
    case nil: break
    case .begin: isExplicit = true
    case .commit: close(tag == "ROLLBACK" ? .rolledBack : .committed)
    case .rollback: close(.rolledBack)
    case .prepare: close(tag == "ROLLBACK" ? .rolledBack : .undecided)
    case .savepoint(let name): mark(name)
    case .rollbackTo(let name): rollBack(to: name)
    case .release(let name): release(name)
    }
  }

  /// Takes a statement that failed.
  public mutating func failed() {
    hasStatements = true
    hasCycleFailed = true
  }

  /// Takes a statement that never ran, because one before it in the same request failed.
  ///
  /// - Returns: a segment of its own.
  public mutating func skipped() -> UInt32 {
    failed()
    last &+= 1
    outcomes.append((last, .notRun))
    return last
  }

  /// Takes a statement whose end was not captured.
  public mutating func lost() { hasStatements = true }

  /// Takes the end of a request cycle with the state that the server reported, nil when it was not captured.
  public mutating func endCycle(_ state: TransactionState?) {
    defer { hasCycleFailed = false }
    switch state {
    case .open, .failed: isExplicit = true
    case .idle where isExplicit: close(.undecided)  // Its COMMIT or ROLLBACK was not captured.
    case .idle: close(hasCycleFailed ? .rolledBack : .committed)
    case nil where isExplicit: break
    case nil: close(hasCycleFailed ? .rolledBack : .undecided)
    }
  }

  /// Takes the end of the session. A server rolls back what is open when its client goes.
  public mutating func finish(isEndCaptured: Bool) {
    if hasStatements { close(isEndCaptured ? .rolledBack : .undecided) }
  }

  /// Gives the outcomes and forgets them.
  public mutating func takeOutcomes() -> [(segment: UInt32, outcome: Action.Transaction)] {
    defer { outcomes.removeAll(keepingCapacity: true) }
    return outcomes
  }

  private mutating func close(_ outcome: Action.Transaction) {
    if hasStatements {
      if outcome != .committed { outcomes += open.map { ($0, outcome) } }
      last &+= 1
      segment = last
    }
    open = [segment]
    savepoints.removeAll(keepingCapacity: true)
    (isExplicit, hasStatements) = (false, false)
  }

  private mutating func begin() {
    last &+= 1
    segment = last
    open.append(segment)
  }

  private mutating func mark(_ name: String) {
    guard savepoints.count < TransactionTracker.savepointLimit else { return }
    begin()
    savepoints.append((name, open.count - 1))
  }

  private mutating func rollBack(to name: String) {
    guard let index = savepoints.lastIndex(where: { $0.name == name }) else { return }
    let position = savepoints[index].position
    outcomes += open[position...].map { ($0, .rolledBack) }
    open.removeSubrange(position...)
    savepoints.removeSubrange((index + 1)...)
    begin()
    savepoints[index].position = open.count - 1
    hasCycleFailed = false
  }

  private mutating func release(_ name: String) {
    guard let index = savepoints.lastIndex(where: { $0.name == name }) else { return }
    savepoints.removeSubrange(index...)
  }
}
