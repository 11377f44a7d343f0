import Model
import Synchronization

/// The requests that wait for people now, of all sessions, and what became of the last that did.
final class HeldBook: Sendable {
  /// How a wait ended.
  struct End: Sendable {
    var outcome: GatewayDecision.Outcome
    var reason: String
  }

  /// A request that waits no more.
  struct Past: Sendable {
    var request: HeldRequest
    var end: End
  }

  /// Ends that are remembered.
  static let endLimit = 256

  private struct State {
    var held: [UInt64: HeldRequest] = [:]
    var past: [UInt64: Past] = [:]
    var order: [UInt64] = []
  }

  private let state = Mutex(State())

  /// Those that wait, the oldest first.
  var all: [HeldRequest] { state.withLock { Array($0.held.values) }.sorted { $0.id < $1.id } }

  subscript(id: UInt64) -> HeldRequest? { state.withLock { $0.held[id] } }

  func end(of id: UInt64) -> End? { state.withLock { $0.past[id]?.end } }

  /// The last that wait no more, the latest first; of one identity, if one is given.
  func past(of identity: String? = nil, limit: Int) -> [Past] {
    state.withLock { state in
      var found: [Past] = []
      for id in state.order.reversed() where found.count < limit {
        guard let past = state.past[id], identity == nil || past.request.identity == identity else { continue }
        found.append(past)
      }
      return found
    }
  }

  func add(_ request: HeldRequest) { state.withLock { $0.held[request.id] = request } }

  func note(reason: String, of id: UInt64) { state.withLock { $0.held[id]?.reason = reason } }

  func remove(_ id: UInt64, _ end: End) {
    state.withLock { state in
      guard var request = state.held.removeValue(forKey: id) else { return }
      request.forgetContent()
      state.past[id] = Past(request: request, end: end)
      state.order.append(id)
      if state.order.count > HeldBook.endLimit { state.past[state.order.removeFirst()] = nil }
    }
  }
}
