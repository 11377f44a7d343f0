import Bytes
import Model
import NIOCore
import Policy
import Synchronization

/// Asks a target how many rows a statement would touch: EXPLAIN, and never ANALYZE, in a read-only transaction on a
/// connection of its own, with a short limit of time. Only for statements that classification calls one SELECT, INSERT,
/// UPDATE, DELETE or MERGE.
///
/// Planning reads the tables' statistics, takes their weakest lock, and may call functions that are declared immutable or
/// stable, as it would for the statement itself.
final class RowEstimator: Sendable {
  /// Connections for this at once, of a gateway.
  static let connectionLimit = 4
  /// From the first byte to the last.
  static let patience = TimeAmount.seconds(5)
  /// Bytes of a statement.
  static let textLimit = 128 << 10
  private static let verbs: Set<String> = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"]
  private static let running = Mutex(0)

  private let listener: PostgresListener
  private let startup: ClientStartup

  init(_ listener: PostgresListener, _ startup: ClientStartup) { (self.listener, self.startup) = (listener, startup) }

  /// One statement, to be asked about as often as somebody looks at it; the target is asked once.
  final class Question: Sendable {
    private enum State {
      case unasked
      case asked([@Sendable (RowEstimate) -> Void])
      case answered(RowEstimate)
    }

    private let text: String
    private let parameters: [String?]
    private let estimator: RowEstimator
    private let loop: any EventLoop
    private let state = Mutex(State.unasked)

    fileprivate init(_ text: String, _ parameters: [String?], _ estimator: RowEstimator, _ loop: any EventLoop) {
      (self.text, self.parameters, self.estimator, self.loop) = (text, parameters, estimator, loop)
    }

    /// Calls back once, on any thread.
    func ask(_ done: @escaping @Sendable (RowEstimate) -> Void) {
      let (known, isFirst): (RowEstimate?, Bool) = state.withLock { state in
        switch state {
        case .answered(let estimate): return (estimate, false)
        case .asked(let others):
          state = .asked(others + [done])
          return (nil, false)
        case .unasked:
          state = .asked([done])
          return (nil, true)
        }
      }
      if let known { return done(known) }
      if isFirst { estimator.run(text, parameters, on: loop) { [self] in finish($0) } }
    }

    private func finish(_ estimate: RowEstimate) {
      let waiting: [@Sendable (RowEstimate) -> Void] = state.withLock { state in
        guard case .asked(let waiting) = state else { return [] }
        state = .answered(estimate)
        return waiting
      }
      for done in waiting { done(estimate) }
    }
  }

  /// Nil for what is not asked about.
  func question(_ statement: Statement, _ action: Action, on loop: any EventLoop) -> Question? {
    guard action.kind == "sql", action.effect != .unknown, Self.verbs.contains(action.verb),
      statement.mode != .functionCall, statement.text.utf8.count <= Self.textLimit, !statement.text.utf8.contains(0)
    else { return nil }
    return Question(statement.text, statement.parameters.map(\.text), self, loop)
  }

  private func run(
    _ text: String, _ parameters: [String?], on loop: any EventLoop, _ done: @escaping @Sendable (RowEstimate) -> Void
  ) {
    let isFree = Self.running.withLock { count in
      guard count < Self.connectionLimit else { return false }
      count += 1
      return true
    }
    guard isFree else { return done(RowEstimate(.unknown("too many estimates are being made"))) }
    let finish: @Sendable (RowEstimate) -> Void = { estimate in
      Self.running.withLock { $0 -= 1 }
      done(estimate)
    }
    loop.execute { [listener, startup] in
      listener.connect(startup, on: loop) { result in
        switch result {
        case .failure(let failure): finish(RowEstimate(.unknown(failure.trouble.message)))
        case .success(let (channel, side, _)):
          let estimate = EstimateSide(text, parameters, finish)
          let pipeline = channel.pipeline.syncOperations
          pipeline.removeHandler(side).assumeIsolated().whenComplete { _ in
            do { try channel.pipeline.syncOperations.addHandler(estimate) } catch {
              finish(RowEstimate(.unknown("\(error)")))
              channel.close(promise: nil)
            }
          }
        }
      }
    }
  }
}
