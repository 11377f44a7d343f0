import NIOCore
import Synchronization

/// The relays that are connected. Safe to use from any thread.
final class RelayBook: Sendable {
  /// Connections of one name: a relay that lost its way comes again before the gateway has found that out.
  private static let perName = 8

  private struct State {
    var next: UInt64 = 0
    /// The newest last.
    var lines: [String: [RelayLine]] = [:]
  }
  private let state = Mutex(State())
  /// Those of the configuration.
  private let names: [String]

  init(_ names: [String] = []) { self.names = names }

  func nextID() -> UInt64 {
    state.withLock { state in
      state.next += 1
      return state.next
    }
  }

  /// Takes new connections from here on; one that came before keeps its own.
  func add(_ line: RelayLine) {
    let oldest = state.withLock { state -> RelayLine? in
      state.lines[line.name, default: []].append(line)
      guard let lines = state.lines[line.name], lines.count > Self.perName else { return nil }
      return state.lines[line.name]?.removeFirst()
    }
    oldest?.end("too many connections of its name")
  }

  /// It takes no new connections any more. False when it was not there.
  @discardableResult func remove(_ id: UInt64, _ name: String) -> Bool {
    state.withLock { state in
      guard let index = state.lines[name]?.firstIndex(where: { $0.id == id }) else { return false }
      state.lines[name]?.remove(at: index)
      return true
    }
  }

  /// Connections that are there.
  var lines: [RelayLine] { state.withLock { $0.lines.values.flatMap { $0 } } }

  /// How many each of the configuration's relays has.
  var counts: [String: Int] {
    let lines = state.withLock { $0.lines }
    return Dictionary(names.map { ($0, lines[$0]?.count ?? 0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Ends those whose certificate does not count any more.
  func end(_ objection: ([ClientCertificate]) -> String?) {
    for line in lines {
      if let why = objection(line.certificates) { line.end(why) }
    }
  }

  private func newest(_ name: String) -> RelayLine? { state.withLock { $0.lines[name]?.last } }

  /// A socket that leads to a target by way of a relay.
  ///
  /// - Returns: its descriptor, which is the caller's; or a `GatewayError` that says why there is none.
  func descriptor(to place: SocketPlace, over name: String, on loop: any EventLoop) -> EventLoopFuture<Int32> {
    guard let line = newest(name) else {
      return loop.makeFailedFuture(GatewayError("the relay \(name) is not connected"))
    }
    let promise = loop.makePromise(of: Int32.self)
    line.open(place, promise)
    return promise.futureResult
  }

  /// The same, for a thread that waits for it.
  ///
  /// - Throws: `GatewayError`.
  func descriptor(to place: SocketPlace, over name: String) throws -> Int32 {
    guard let line = newest(name) else { throw GatewayError("the relay \(name) is not connected") }
    return try descriptor(to: place, over: name, on: line.loop).wait()
  }
}
