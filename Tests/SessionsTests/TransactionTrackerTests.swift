import Model
import Testing

@testable import Sessions

@Suite struct TransactionTrackerTests {
  /// Runs steps and gives the outcome of the segment that each statement was in; committed when nothing else was said.
  private func outcomes(_ steps: [Step]) -> [Action.Transaction] {
    var tracker = TransactionTracker()
    var segments: [UInt32] = []
    var known: [UInt32: Action.Transaction] = [:]
    for step in steps {
      switch step {
      case .run(let control, let tag):
        segments.append(tracker.segment)
        tracker.completed(control, tag: tag)
      case .fail:
        segments.append(tracker.segment)
        tracker.failed()
      case .cycle(let state): tracker.endCycle(state)
      case .end(let isCaptured): tracker.finish(isEndCaptured: isCaptured)
      }
      for (segment, outcome) in tracker.takeOutcomes() { known[segment] = outcome }
    }
    return segments.map { known[$0] ?? .committed }
  }

  private enum Step {
    case run(TransactionControl?, tag: String)
    case fail
    case cycle(TransactionState?)
    case end(isCaptured: Bool)

    static let statement = Step.run(nil, tag: "UPDATE 1")
    static let begin = Step.run(.begin, tag: "BEGIN")
    static let commit = Step.run(.commit, tag: "COMMIT")
    static let rollback = Step.run(.rollback, tag: "ROLLBACK")
  }

  @Test func `a statement on its own commits at the end of its cycle`() {
    #expect(outcomes([.statement, .cycle(.idle)]) == [.committed])
  }

  @Test func `an error undoes the statements before it in the same request`() {
    #expect(
      outcomes([.statement, .fail, .cycle(.idle), .statement, .cycle(.idle)]) == [
        .rolledBack, .rolledBack, .committed,
      ])
  }

  @Test func `ROLLBACK undoes everything since BEGIN`() {
    let steps: [Step] = [
      .begin, .cycle(.open), .statement, .cycle(.open), .rollback, .cycle(.idle), .statement, .cycle(.idle),
    ]
    #expect(outcomes(steps) == [.rolledBack, .rolledBack, .rolledBack, .committed])
  }

  @Test func `COMMIT of a failed transaction is a rollback`() {
    let steps: [Step] = [
      .begin, .cycle(.open), .statement, .cycle(.open), .fail, .cycle(.failed), .run(.commit, tag: "ROLLBACK"),
      .cycle(.idle),
    ]
    #expect(outcomes(steps) == [.rolledBack, .rolledBack, .rolledBack, .rolledBack])
  }

  @Test func `ROLLBACK TO undoes only what came after its savepoint`() {
    let steps: [Step] = [
      .begin, .cycle(.open), .statement, .cycle(.open), .run(.savepoint("s"), tag: "SAVEPOINT"), .cycle(.open),
      .statement, .cycle(.open), .fail, .cycle(.failed), .run(.rollbackTo("s"), tag: "ROLLBACK"), .cycle(.open),
      .statement, .cycle(.open), .commit, .cycle(.idle),
    ]
    #expect(
      outcomes(steps) == [
        .committed, .committed, .committed, .rolledBack, .rolledBack, .rolledBack, .committed, .committed,
      ])
  }

  @Test func `a savepoint can be rolled back to twice`() {
    let steps: [Step] = [
      .begin, .run(.savepoint("s"), tag: "SAVEPOINT"), .statement, .run(.rollbackTo("s"), tag: "ROLLBACK"), .statement,
      .run(.rollbackTo("s"), tag: "ROLLBACK"), .statement, .commit, .cycle(.idle),
    ]
    #expect(
      outcomes(steps) == [
        .committed, .committed, .rolledBack, .rolledBack, .rolledBack, .rolledBack, .committed, .committed,
      ])
  }

  @Test func `what a released savepoint held commits with the transaction`() {
    let steps: [Step] = [
      .begin, .run(.savepoint("s"), tag: "SAVEPOINT"), .statement, .run(.release("s"), tag: "RELEASE"), .commit,
      .cycle(.idle),
    ]
    #expect(outcomes(steps) == [.committed, .committed, .committed, .committed, .committed])
  }

  @Test func `a client that leaves rolls back`() {
    #expect(
      outcomes([.begin, .cycle(.open), .statement, .cycle(.open), .end(isCaptured: true)]) == [
        .rolledBack, .rolledBack,
      ])
  }

  @Test func `a capture that ends inside a transaction leaves it undecided`() {
    #expect(
      outcomes([.begin, .cycle(.open), .statement, .cycle(.open), .end(isCaptured: false)]) == [
        .undecided, .undecided,
      ])
  }

  @Test func `a transaction whose end a gap hides is undecided`() {
    #expect(outcomes([.begin, .cycle(.open), .statement, .cycle(.idle)]) == [.undecided, .undecided])
  }
}
