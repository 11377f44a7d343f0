import Model
import Synchronization

/// The requests that wait for people now, of all sessions, and what became of the last that did.
final class HeldBook: Sendable {
  /// How a wait ended.
  struct End: Sendable {
    var outcome: GatewayDecision.Outcome
    var reason: String
  }

  /// Ends that are remembered.
  static let endLimit = 256

  private struct State {
    var held: [UInt64: HeldRequest] = [:]
    var ends: [UInt64: End] = [:]
    var order: [UInt64] = []
  }

  private let state = Mutex(State())

  /// Those that wait, the oldest first.
  var all: [HeldRequest] { state.withLock { Array($0.held.values) }.sorted { $0.id < $1.id } }

  subscript(id: UInt64) -> HeldRequest? { state.withLock { $0.held[id] } }

  func end(of id: UInt64) -> End? { state.withLock { $0.ends[id] } }

  func add(_ request: HeldRequest) { state.withLock { $0.held[request.id] = request } }

  func note(reason: String, of id: UInt64) { state.withLock { $0.held[id]?.reason = reason } }

  func remove(_ id: UInt64, _ end: End) {
    state.withLock { state in
      guard state.held.removeValue(forKey: id) != nil else { return }
      state.ends[id] = end
      state.order.append(id)
      if state.order.count > HeldBook.endLimit { state.ends[state.order.removeFirst()] = nil }
    }
  }
}
